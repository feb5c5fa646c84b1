"""Build the index from the articles; only what has changed is encoded.

Example:
  assistant build --corpus corpus/articles
  assistant build --no-publish
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.commands import positive
from assistant.settings import Settings

if TYPE_CHECKING:
    from index.models.encoder import Advance, StartProgress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--no-publish", action="store_true", help="build, but do not search it yet")
    parser.add_argument("--strict", action="store_true", help="publish nothing if any article has to be left out")
    parser.add_argument(
        "--keep", type=positive, default=3, metavar="N", help="how many generations to keep on disk (3)"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build, publish and print what changed."""
    from assistant.answering.factory import open_encoder
    from assistant.publishing.rebuild import rebuild, rejection_lines, report_lines
    from index.builder import Options

    options = Options(arguments.keep, not arguments.no_publish, arguments.strict)
    report = rebuild(settings, lambda: open_encoder(settings), options=options, start_progress=progress_bar("Encoding"))
    for line in rejection_lines(report, settings):
        print(line, file=sys.stderr)
    if arguments.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        print("\n".join(report_lines(report)))
    return 0


def progress_bar(label: str) -> StartProgress:
    """Return a function that starts a bar on stderr; where stderr is no terminal the bar is not drawn."""

    def start(total: int) -> Advance:
        from tqdm import tqdm

        bar = tqdm(total=total, desc=label, unit=" passages", file=sys.stderr, disable=not sys.stderr.isatty())
        return bar.update

    return start
