"""An error on a page for people is a page, too; programs get the same error as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import METHODS_THAT_READ, route_path

ErrorPage = Callable[[str, str], str]
_PAGES = re.compile(r"/(articles|entries|ask)(/.*)?")
_FOR_PROGRAMS = ("/api/", "/gradio_api/", "/site/", "/images/", "/openapi.json")


class PageErrors:
    """Turns the JSON of an error into a page, where a person is to read it.

    Args:
        app: The next application.
        page: Returns the HTML for an error's message and id.
        headers: Of the page.
    """

    def __init__(self, app: ASGIApp, *, page: ErrorPage, headers: Mapping[str, str]) -> None:
        self._app = app
        self._page = page
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not _is_for_people(scope):
            await self._app(scope, receive, send)
            return
        start: list[Message] = []  # of an error, until its body has come
        body = bytearray()

        async def send_readable(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_error(message):
                start.append(message)
            elif not start:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._send(start[0], bytes(body), send)

        await self._app(scope, receive, send_readable)

    async def _send(self, start: Message, body: bytes, send: Send) -> None:
        html = self._html(body)
        headers = MutableHeaders(scope=start)
        if html is not None:
            body = html.encode()
            headers["Content-Type"] = "text/html; charset=utf-8"
            headers["Content-Length"] = str(len(body))
            for name, value in self._headers.items():
                headers[name] = value
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _html(self, body: bytes) -> str | None:
        try:
            error = json.loads(body)["error"]
            return self._page(str(error["message"]), str(error["id"]))
        except (ValueError, KeyError, TypeError):
            return None  # it is not one of ours


def _is_for_people(scope: Scope) -> bool:
    path = route_path(scope)
    if scope["method"] not in METHODS_THAT_READ or path.startswith(_FOR_PROGRAMS):
        return False
    return _PAGES.fullmatch(path) is not None or "text/html" in Headers(scope=scope).get("accept", "")


def _is_error(start: Message) -> bool:
    kind = MutableHeaders(scope=start).get("content-type", "")
    return int(start["status"]) >= 400 and kind.startswith("application/json")
