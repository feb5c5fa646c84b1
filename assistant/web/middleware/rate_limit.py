"""Limits how many requests a client may make in a minute."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.middleware.responses import route_path, send_error

_MAX_CLIENTS = 10_000
_LIMITED_PATHS = ("/api/", "/gradio_api/", "/editor")


class RateLimit:
    """Refuses the requests of a client that makes too many; the page's static files do not count.

    Args:
        app: The next application.
        per_minute: How many a client may make, all of them at once if it likes; 0 is no limit.
        clock: Returns seconds.
    """

    def __init__(self, app: ASGIApp, *, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> requests left, as of when

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        is_limited = scope["type"] == "http" and self._per_minute > 0 and route_path(scope).startswith(_LIMITED_PATHS)
        if is_limited and not self._admits(str((scope.get("client") or ("",))[0])):
            await send_error(send, 429, "too_many", "Too many requests; try again in a minute.")
        else:
            await self._app(scope, receive, send)

    def _admits(self, client: str) -> bool:
        """Count a request of a client; what it has used comes back evenly over the minute (a token bucket)."""
        now = self._clock()
        left, since = self._left.pop(client, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - since) * self._per_minute / 60)
        is_admitted = left >= 1
        self._left[client] = (left - is_admitted, now)
        if len(self._left) > _MAX_CLIENTS:
            self._left.popitem(last=False)
        return is_admitted
