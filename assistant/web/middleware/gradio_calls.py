"""Checks the one call that the page makes to Gradio.

Gradio fails with an internal error on a body that it does not expect. Here such a body is refused, and an accepted one
is written anew from the checked values: texts, and nothing else.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.middleware.body_limit import replay
from assistant.web.middleware.responses import route_path, send_error

PATH = "/gradio_api/run/predict"
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_INPUTS = 3  # of the page's handler: the query, the page's state, the generation that is shown
_MAX_TRIGGER = 1000  # Gradio numbers the page's components


class GradioCalls:
    """Lets only calls through that the page makes; has to stand inside `BodyLimit`, which gives it the whole body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) != PATH:
            await self._app(scope, receive, send)
            return
        body = _checked(bytes((await receive()).get("body", b"")))
        if body is None:
            await send_error(send, 422, "invalid_request", "This is not a call that the page makes.")
            return
        kept = [(name, value) for name, value in scope["headers"] if name not in {b"content-type", b"content-length"}]
        headers = [*kept, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "headers": headers, "query_string": b""}, replay(body, receive), send)


def _checked(body: bytes) -> bytes | None:
    """Return the call written anew, or None where the page would not make it."""
    try:
        call: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(call, dict) or call.get("fn_index") != 0:
        return None
    inputs, session, trigger = call.get("data"), call.get("session_hash"), call.get("trigger_id")
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        return None
    if not isinstance(inputs, list) or len(inputs) != _INPUTS:
        return None
    if not all(each is None or isinstance(each, str) for each in inputs):
        return None
    # JSON can hold half of a surrogate pair, which could not be encoded in the response
    texts = [(each or "").encode(errors="replace").decode() for each in inputs]
    written = {"data": texts, "fn_index": 0, "session_hash": session, "event_data": None}
    if type(trigger) is int and 0 <= trigger < _MAX_TRIGGER:
        written["trigger_id"] = trigger
    return json.dumps(written).encode()
