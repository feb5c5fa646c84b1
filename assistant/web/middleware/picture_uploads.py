"""Limits how many pictures are received and read at once: each is held in memory until it has been read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.middleware.rate_limit import client_of
from assistant.web.middleware.responses import route_path, send_error

PICTURE_PATHS = ("/api/picture", "/api/search/picture")
PICTURES_PER_MINUTE = 20  # of one client; each takes a second of the processor
_MOST = 8  # of 8 MB each
_MOST_OF_CLIENT = 2
_RETRY_S = 5


class PictureUploads:
    """Refuses a picture where too many are on their way; has to stand outside `BodyLimit`, which receives them.

    Args:
        app: The next application.
        paths: Where pictures are sent to.
        most: How many may be on their way.
        most_of_client: How many of one client.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        paths: Collection[str] = PICTURE_PATHS,
        most: int = _MOST,
        most_of_client: int = _MOST_OF_CLIENT,
    ) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._most = most
        self._most_of_client = most_of_client
        self._under_way = Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) not in self._paths:
            await self._app(scope, receive, send)
            return
        client = client_of(scope)
        if self._under_way[client] >= self._most_of_client:
            message = "Your other pictures are still being read; try again in a moment."
            await send_error(send, 429, "too_many", message, retry_after_s=_RETRY_S)
        elif self._under_way.total() >= self._most:
            message = "Too many pictures are being read; try again in a moment."
            await send_error(send, 503, "busy", message, retry_after_s=_RETRY_S)
        else:
            self._under_way[client] += 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._under_way[client] -= 1
                if not self._under_way[client]:
                    del self._under_way[client]
