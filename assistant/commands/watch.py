"""Rebuild the index whenever an article is saved, until interrupted.

Example:
  assistant watch --corpus corpus/articles
"""

from __future__ import annotations

import argparse
import os
import sys
import threading

from assistant.settings import Settings

_NICE = 10  # of lower priority than the server, so that builds do not delay answers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--until-input-ends", action="store_true", help="end when standard input is closed, as `serve --watch` needs it"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Watch until interrupted, and print what was rebuilt."""
    from assistant.answering.factory import open_encoder
    from assistant.publishing.watcher import watch

    os.nice(_NICE)
    stop = threading.Event()
    if arguments.until_input_ends:
        threading.Thread(target=_stop_at_end_of_input, args=(stop,), daemon=True).start()
    print(f"watching {settings.corpus}", file=sys.stderr)
    watch(settings, lambda: open_encoder(settings), _print, stop)
    return 0


def _stop_at_end_of_input(stop: threading.Event) -> None:
    while sys.stdin.buffer.read(4096):
        pass
    stop.set()


def _print(lines: str) -> None:
    print(lines, file=sys.stderr, flush=True)
