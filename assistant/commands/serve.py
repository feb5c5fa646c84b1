"""Start the web page and the HTTP interface.

Example:
  assistant serve --port 7860
  assistant serve --watch
"""

from __future__ import annotations

import argparse
from contextlib import closing, nullcontext

from assistant.commands import setting
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--host", type=setting("host"), help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=setting("port"), help="port to listen on, 0 for any free one (7860)")
    parser.add_argument(
        "--root-path",
        type=setting("root_path"),
        metavar="PATH",
        help="path that a reverse proxy serves it under, such as /help",
    )
    parser.add_argument("--watch", action="store_true", help="rebuild the index whenever an article is saved")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until interrupted; without an index, the page says what to run and answers once that is done."""
    from assistant.answering.assistant import Assistant
    from assistant.answering.factory import open_encoder, open_engine
    from assistant.answering.worker_pool import WorkerPool
    from assistant.publishing.watcher_process import watcher_process
    from assistant.web.server import serve
    from index.storage.store import Store

    with watcher_process(settings) if arguments.watch else nullcontext():
        assistant = Assistant(Store(settings.index), open_encoder(settings), engine=open_engine(settings))
        with closing(WorkerPool(assistant, settings)) as pool:
            serve(pool, settings, pictures=assistant)
    return 0
