"""The server: the page and the HTTP interface on one port."""

from __future__ import annotations

import sys

from assistant.answering import Assistant
from assistant.settings import Settings


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serve until interrupted; the address is printed when the port answers."""
    import uvicorn

    from assistant.api import create_app
    from assistant.editing import Editing
    from assistant.opening import open_encoder

    print(f"{settings.name}: http://{settings.host}:{settings.port}", file=sys.stderr)
    editing = Editing(settings, lambda: open_encoder(settings))
    uvicorn.run(
        create_app(assistant, settings, editing=editing, pictures=assistant),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # addresses may hold what was asked
        server_header=False,
        timeout_graceful_shutdown=3,
    )
