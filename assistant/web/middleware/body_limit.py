"""The bodies of requests: how large they may be, and how long they may take to arrive."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import METHODS_THAT_READ, route_path, send_error

MAX_BODY = 256_000  # bytes
_READ_ON = 20_000_000  # bytes; beyond this the connection is cut
_PATIENCE_S = 30.0


def holds_token(headers: Headers, token: str) -> bool:
    """Say whether a request carries `Authorization: Bearer <token>`; takes as long for every wrong one."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.casefold() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())


class BodyLimit:
    """Refuses bodies that are too large, or do not come, before anything parses them.

    Args:
        app: What the request is passed on to, with its body read.
        limit: Bytes.
        limits: Bytes, by path, for those who have the token; anybody else might fill the memory.
        token: What they send.
        patience_s: In how many seconds a body has to be here.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: int = MAX_BODY,
        limits: Mapping[str, int] | None = None,
        token: str = "",
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._app = app
        self._limit = limit
        self._limits = limits or {}
        self._token = token
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] in METHODS_THAT_READ:
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope)
        try:
            async with asyncio.timeout(self._patience_s):
                body = await _read_body(scope, receive, limit)
        except TimeoutError:
            await send_error(send, 408, "too_slow", f"The request was not here after {self._patience_s:g} seconds.")
            return
        if body is None:
            await send_error(send, 413, "too_large", f"The request is larger than {limit:,} bytes.")
        else:
            await self._app(scope, replay(body, receive), send)

    def _limit_of(self, scope: Scope) -> int:
        larger = self._limits.get(route_path(scope))
        trusted = larger is not None and self._token and holds_token(Headers(scope=scope), self._token)
        return larger if larger is not None and trusted else self._limit


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
