"""What stands in front of every route, as plain ASGI middleware.

Gradio brings some sixty routes of its own; only those in `ROUTES` can be reached. Bodies are limited before they are
parsed, requests that another site makes a browser send are refused, and every response carries the usual headers.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 256_000  # bytes
_READ_ON = 20_000_000  # bytes; beyond this the connection is cut

ROUTES: tuple[tuple[str, str], ...] = (
    ("GET", r"/"),
    ("GET", r"/site/[\w.-]+"),
    ("GET", r"/favicon\.ico"),
    ("GET", r"/images/[\w.]+"),
    ("GET", r"/(openapi\.json|healthz|readyz)"),
    ("GET", r"/api/(search|status)"),
    ("GET", r"/api/entries/.+"),
    ("GET", r"/editor"),
    ("GET", r"/api/editor/overview"),
    ("POST", r"/api/editor/(preview|compare|rollback)"),
    ("POST", r"/api/(search|feedback|rebuild)"),
    # what Gradio's own page asks for
    ("GET", r"/(theme\.css|assets/[\w./-]+|static/[\w./-]+)"),
    ("GET", r"/gradio_api/app_id"),
    ("POST", r"/gradio_api/run/predict"),
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_METHODS_THAT_READ = frozenset({"GET", "HEAD"})


def error_body(code: str, message: str, error_id: str | None = None) -> dict[str, dict[str, str]]:
    """Return the body of every error; the id finds it again in the log."""
    return {"error": {"code": code, "message": message, "id": error_id or new_error_id()}}


def new_error_id() -> str:
    """Return a short id that a person can read to another."""
    return uuid.uuid4().hex[:12]


async def send_error(send: Send, status: int, code: str, message: str, error_id: str | None = None) -> None:
    """Answer a request with an error."""
    body = json.dumps(error_body(code, message, error_id)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def route_path(scope: Scope) -> str:
    """Return the path of a request below the path that the application is served under."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path


class SecurityHeaders:
    """Gives every response the headers that tell a browser what not to do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _NOTHING_RUNS)
                del headers["server"]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class RouteList:
    """Lets through only the routes that are written down; for all others there is nothing there."""

    def __init__(self, app: ASGIApp, routes: Iterable[tuple[str, str]] = ROUTES) -> None:
        self._app = app
        self._routes = tuple((method, re.compile(pattern)) for method, pattern in routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and self._allows(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await send_error(send, 404, "not_found", "There is nothing at this address.")
        else:
            await send({"type": "websocket.close", "code": 1000})

    def _allows(self, scope: Scope) -> bool:
        path = route_path(scope)
        method = "GET" if scope["method"] in _METHODS_THAT_READ else scope["method"]
        return ".." not in path and any(
            method == allowed and pattern.fullmatch(path) for allowed, pattern in self._routes
        )


class SameSite:
    """Refuses what changes something when another site made the browser send it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and scope["method"] not in _METHODS_THAT_READ and _is_foreign(Headers(scope=scope)):
            await send_error(send, 403, "cross_site", "Requests that another site sends are refused.")
        else:
            await self._app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    """Browsers say where a request comes from; other programs say nothing, and have no user's rights to misuse."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


class BodyLimit:
    """Refuses bodies that are too large, before anything parses them.

    Args:
        app: What the request is passed on to, with its body read.
        limit: Bytes, for every path that is not in `limits`.
        limits: Bytes, by path.
    """

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY, limits: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] in _METHODS_THAT_READ:
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(route_path(scope), self._limit)
        body = await _read_body(scope, receive, limit)
        if body is None:
            await send_error(send, 413, "too_large", f"The request is larger than {limit:,} bytes.")
        else:
            await self._app(scope, replay(body, receive), send)


async def _read_body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """Return the body, or None where it is too large; that is read on for a while, so that the answer arrives."""
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdecimal() and int(announced) > _READ_ON:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if message["type"] == "http.disconnect" or not message.get("more_body", False) or size > _READ_ON:
            return b"".join(parts) if size <= limit else None


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was read already, then what comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return waiting.pop() if waiting else await receive()

    return replayed
