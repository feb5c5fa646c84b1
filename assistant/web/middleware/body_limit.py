"""Limits the body of a request: how large it may be, and how long it may take to arrive."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import METHODS_THAT_READ, route_path, send_error

MAX_BODY = 256_000  # bytes
_MAX_DISCARDED = 20_000_000  # bytes that are read of a body that is too large; then the connection is closed
_TIMEOUT_S = 30.0


def holds_token(headers: Headers, token: str) -> bool:
    """Return whether a request carries `Authorization: Bearer <token>`; takes the same time for every wrong one."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class BodyLimit:
    """Reads the whole body of a request and passes it on in one message, or refuses the request.

    Args:
        app: The next application.
        limit: Bytes.
        limits: Bytes by path, for requests with the token; without it anybody could fill the memory.
        open_limits: Bytes by path, for everybody; something else has to limit how many such requests there are at once.
        token: The editor's token.
        timeout_s: In how many seconds the body has to arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = MAX_BODY,
        limits: Mapping[str, int] | None = None,
        open_limits: Mapping[str, int] | None = None,
        token: str = "",
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits or {}
        self._open_limits = open_limits or {}
        self._token = token
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] in METHODS_THAT_READ:
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope)
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await _read_body(scope, receive, limit)
        except TimeoutError:
            await send_error(send, 408, "too_slow", f"The request had not arrived after {self._timeout_s:g} seconds.")
            return
        if body is None:
            await send_error(send, 413, "too_large", f"The request is larger than {limit:,} bytes.")
        else:
            await self._app(scope, replay(body, receive), send)

    def _limit_of(self, scope: Scope) -> int:
        limit = self._limits.get(route_path(scope))
        if limit is None or not self._token or not holds_token(Headers(scope=scope), self._token):
            return self._open_limits.get(route_path(scope), self._limit)
        return limit


async def _read_body(scope: Scope, receive: Receive, limit: int) -> bytes | None:
    """Return the body, or None where it is too large.

    Most of what is too large is still read: a client that is sending does not see the response before it is done.
    """
    announced = Headers(scope=scope).get("content-length", "0")
    if announced.isdecimal() and int(announced) > _MAX_DISCARDED:
        return None
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        if message["type"] == "http.disconnect" or not message.get("more_body", False) or size > _MAX_DISCARDED:
            return b"".join(parts) if size <= limit else None


def replay(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body that was already read, then what comes after it."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return unread.pop() if unread else await receive()

    return receive_again
