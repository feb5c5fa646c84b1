"""Start the web page and the HTTP interface.

Example:
  assistant serve --port 7860
"""

from __future__ import annotations

import argparse
from dataclasses import replace

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (7860)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted."""
    from assistant.opening import open_assistant
    from assistant.server import serve

    host, port = arguments.host or settings.host, arguments.port or settings.port
    serve(open_assistant(settings), replace(settings, host=host, port=port))
    return 0
