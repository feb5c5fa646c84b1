"""No client may ask more than its share."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.middleware.responses import route_path, send_error

_MOST_CLIENTS = 10_000
_LIMITED = ("/api/", "/gradio_api/", "/editor")


class RateLimit:
    """Refuses requests of a client that makes too many; files of the page do not count.

    Args:
        app: What a request is passed on to.
        per_minute: How many a client may make, some of them at once; 0 is no limit.
        clock: Tells the seconds.
    """

    def __init__(self, app: ASGIApp, *, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._per_minute = per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # client -> requests left, as of when

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        limited = scope["type"] == "http" and self._per_minute > 0 and route_path(scope).startswith(_LIMITED)
        if limited and not self._takes(str((scope.get("client") or ("",))[0])):
            await send_error(send, 429, "too_many", "Too many requests; try again in a minute.")
        else:
            await self._app(scope, receive, send)

    def _takes(self, client: str) -> bool:
        """Take one of the client's requests; they come back evenly over the minute."""
        now = self._clock()
        left, since = self._left.pop(client, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - since) * self._per_minute / 60)
        taken = left >= 1
        self._left[client] = (left - taken, now)
        if len(self._left) > _MOST_CLIENTS:
            self._left.popitem(last=False)
        return taken
