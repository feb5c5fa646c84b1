"""Start the web page and the HTTP interface.

Example:
  assistant serve --port 7860
  assistant serve --watch
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing, nullcontext
from dataclasses import replace

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (7860)")
    parser.add_argument("--root-path", metavar="PATH", help="path that a reverse proxy serves it under, such as /help")
    parser.add_argument("--watch", action="store_true", help="rebuild the index whenever an article is saved")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted."""
    from assistant.answering.assistant import Assistant
    from assistant.answering.factory import open_encoder
    from assistant.answering.worker_pool import WorkerPool
    from assistant.publishing.watcher_process import watcher_process
    from assistant.web.server import PortError, serve
    from index.storage.store import Store

    host = arguments.host or settings.host
    port = settings.port if arguments.port is None else arguments.port
    root_path = settings.root_path if arguments.root_path is None else arguments.root_path
    with watcher_process(settings) if arguments.watch else nullcontext():
        try:
            # without an index the page says what to run, and answers as soon as that was done
            assistant = Assistant(Store(settings.index), open_encoder(settings))
            with closing(WorkerPool(assistant, settings)) as pool:
                serve(pool, replace(settings, host=host, port=port, root_path=root_path), pictures=assistant)
        except PortError as error:
            print(f"assistant: {error}", file=sys.stderr)
            return 1
    return 0
