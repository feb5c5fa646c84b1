"""The one call that the page makes to Gradio, held against what the page really sends.

Gradio answers a body that it does not expect with a fault. Here such a body is refused, and what is passed on is
written anew: texts, and nothing else.
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
_PARTS = 3  # the box, what is asked beside it, the generation that is shown


class PageCalls:
    """Lets through only calls as the page makes them; stands behind the body limit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) != PATH:
            await self._app(scope, receive, send)
            return
        body = _clean(bytes((await receive()).get("body", b"")))
        if body is None:
            await send_error(send, 422, "invalid_request", "This is not a call that the page makes.")
            return
        kept = [(name, value) for name, value in scope["headers"] if name not in {b"content-type", b"content-length"}]
        headers = [*kept, (b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._app({**scope, "headers": headers, "query_string": b""}, replay(body, receive), send)


def _clean(body: bytes) -> bytes | None:
    """Return the call written anew, or None where it is none."""
    try:
        values: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict):
        return None
    data, session = values.get("data"), values.get("session_hash")
    trigger = values.get("trigger_id")
    if (
        not isinstance(data, list)
        or len(data) != _PARTS
        or not all(each is None or isinstance(each, str) for each in data)
    ):
        return None
    if not isinstance(session, str) or not _SESSION.fullmatch(session) or values.get("fn_index") != 0:
        return None
    whole = [
        (each or "").encode(errors="replace").decode() for each in data
    ]  # halves of characters cannot be sent back
    call = {"data": whole, "fn_index": 0, "session_hash": session, "event_data": None}
    return json.dumps(call | ({"trigger_id": trigger} if type(trigger) is int and 0 <= trigger < 1000 else {})).encode()
