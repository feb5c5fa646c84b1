"""Hides the details of an internal error from the client: they are logged under an id, which the client is given."""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import new_error_id, route_path, send_error

_LOG = logging.getLogger(__name__)


class FaultIds:
    """Answers an exception of the application with status 500 and an id, and logs it under that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_started = False

        async def watched_send(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except Exception:
            error_id = new_error_id()
            _LOG.exception("%s %s failed, id %s", scope["method"], ascii(route_path(scope)), error_id)
            if has_started:
                raise
            await send_error(send, 500, "internal", "Something went wrong on our side.", error_id)
