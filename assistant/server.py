"""The server: the page and the HTTP interface on one port."""

from __future__ import annotations

import sys

from assistant.answering import Assistant
from assistant.settings import Settings


def serve(assistant: Assistant, settings: Settings) -> None:
    """Serve until interrupted; the address is printed when the port answers."""
    import uvicorn

    from assistant.api import create_app

    print(f"{settings.name}: http://{settings.host}:{settings.port}", file=sys.stderr)
    uvicorn.run(create_app(assistant, settings), host=settings.host, port=settings.port, log_level="warning")
