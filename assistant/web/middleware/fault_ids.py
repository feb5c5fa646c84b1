"""A fault of ours is told with an id, and kept to the log."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import new_error_id, route_path, send_error

_LOG = logging.getLogger(__name__)


class Faults:
    """Answers with an id where something in the application fails; the log has the details under that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting_send)
        except Exception:
            error_id = new_error_id()
            _LOG.exception("%s %s failed, id %s", scope["method"], ascii(route_path(scope)), error_id)
            if started:
                raise
            await send_error(send, 500, "internal", "Something went wrong on our side.", error_id)
