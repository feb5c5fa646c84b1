"""Limits how many requests a client may make in a minute, and how many wrong tokens it may try."""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.middleware.body_limit import holds_token
from assistant.web.middleware.responses import route_path, send_error

_MAX_CLIENTS = 10_000
_WRONG_TOKENS = 10  # a minute: enough for mistakes; 5 million a year are no use against a long random token
_LOG = logging.getLogger(__name__)
_LIMITED_PATHS = ("/api/", "/gradio_api/", "/editor", "/ask", "/articles", "/entries/", "/sitemap.xml")
NOTED_PATHS = ("/api/feedback",)
"""Requests to these end in the journal, whose size is limited: one client must not push out all others' notes."""
NOTES_PER_MINUTE = 60


class Allowance:
    """What each client has left of so many a minute; what it has used comes back evenly (a token bucket).

    Of more than 10,000 clients, those that were not seen for longest are forgotten.

    Args:
        per_minute: How many a client has, all of them at once if it likes.
        clock: Returns seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> how many are left, as of when

    def has_any(self, client: str) -> bool:
        """Return whether a client has one left."""
        return self._now(client)[0] >= 1

    def take(self, client: str) -> bool:
        """Take one; return whether there was one."""
        left, now = self._now(client)
        is_there = left >= 1
        self._left[client] = (left - is_there, now)
        self._left.move_to_end(client)
        if len(self._left) > _MAX_CLIENTS:
            self._left.popitem(last=False)
        return is_there

    def _now(self, client: str) -> tuple[float, float]:
        now = self._clock()
        left, since = self._left.get(client, (float(self._per_minute), now))
        return min(self._per_minute, left + (now - since) * self._per_minute / 60), now


class RateLimit:
    """Refuses the requests of a client that makes too many; the page's static files do not count.

    Args:
        app: The next application.
        per_minute: How many a client may make; 0 is no limit.
        paths: How the paths begin that are limited.
        clock: Returns seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        per_minute: int,
        paths: tuple[str, ...] = _LIMITED_PATHS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._per_minute = per_minute
        self._paths = paths
        self._allowance = Allowance(per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_limited = scope["type"] == "http" and self._per_minute > 0 and route_path(scope).startswith(self._paths)
        if is_limited and not self._allowance.take(client_of(scope)):
            wait_s = math.ceil(60 / self._per_minute)  # until there is one more
            await send_error(send, 429, "too_many", "Too many requests; try again later.", retry_after_s=wait_s)
        else:
            await self._app(scope, receive, send)


class WrongTokens:
    """Logs each wrong token, and refuses every token of a client that tried too many, right or wrong.

    Args:
        app: The next application.
        token: The right one; empty where there is none.
        per_minute: How many wrong ones a client may try.
        clock: Returns seconds.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        per_minute: int = _WRONG_TOKENS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._token = token
        self._allowance = Allowance(per_minute, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and self._token and "authorization" in (headers := Headers(scope=scope)):
            client = client_of(scope)
            if not self._allowance.has_any(client):
                message = "Too many wrong tokens; try again in a minute."
                await send_error(send, 429, "too_many", message, retry_after_s=60)
                return
            if not holds_token(headers, self._token):
                self._allowance.take(client)
                _LOG.warning("a wrong token from %s for %s", ascii(client), ascii(route_path(scope)))
        await self._app(scope, receive, send)


def client_of(scope: Scope) -> str:
    """Return the address that a request came from; of IPv6 the network (/64), for a client has all of its addresses."""
    host = str((scope.get("client") or ("",))[0])
    if ":" not in host:
        return host
    try:
        address = ipaddress.IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((address, 64), strict=False))
