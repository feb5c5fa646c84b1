"""Encode what is new in the articles for the next build, on as many machines as you like.

Each machine encodes its part into the index folder, which all of them share; a part may be repeated or given up at any
time. The next build takes what is there and encodes what is missing, and the index is the same either way.

Example:
  assistant encode --part 3/64
  assistant build
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from index.encoding.parts import Part, PartReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--part", type=_part, default=None, metavar="K/N", help="encode the K-th of N parts, such as 3/64 (all)"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Encode a part, and say what was encoded."""
    from assistant.answering.factory import open_encoder
    from assistant.commands.build import progress_bar
    from assistant.publishing.encoding import encode_new
    from index.encoding.parts import WHOLE

    part = arguments.part or WHOLE
    report = encode_new(settings, open_encoder(settings), part=part, start_progress=progress_bar("Encoding"))
    if report.others:
        print(f"beside it, chunks of other encoders: {', '.join(report.others)}", file=sys.stderr)
    print(json.dumps(asdict(report), indent=2) if arguments.json else report_line(report))
    return 0


def report_line(report: PartReport) -> str:
    """Return what came of a part in a sentence."""
    return (
        f"part {report.part}: {report.chunks} chunks, {report.encoded} encoded now ({report.passages} passages); "
        f'"assistant build" takes them from {report.folder}'
    )


def _part(text: str) -> Part:
    from index.encoding.parts import Part

    try:
        return Part.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
