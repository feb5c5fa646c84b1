"""Find the entries that fix a problem.

Example:
  assistant search "client paid but xero says its more than whats outstanding"
  assistant search - < message.txt
  assistant search --image screenshot.png
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from assistant.commands import positive
from assistant.errors import UsageError
from assistant.pictures.limits import MAX_BYTES
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "query", nargs="?", help='what went wrong, or the error message; "-" reads it from standard input'
    )
    parser.add_argument("--image", type=Path, metavar="FILE", help="read the query in a screenshot (PNG, JPEG, WebP)")
    parser.add_argument("-k", type=positive, default=5, metavar="N", help="how many entries at most (5)")
    parser.add_argument("--product", help="only articles of this product")
    parser.add_argument("--tag", action="append", default=[], help="only articles with this tag; may be repeated")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Search and print the answer."""
    from assistant.answering.answer import json_value
    from assistant.answering.factory import open_assistant
    from assistant.answering.query import Query
    from assistant.rendering.answer_text import answer_text

    text = _text(arguments, settings)
    assistant = open_assistant(settings, reads_all=False)
    answer = assistant.ask(Query(text, k=arguments.k, product=arguments.product, tags=tuple(arguments.tag)))
    if (problem := assistant.status().problem) is not None:
        print(f"answered from generation {answer.generation.id}: {problem}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(json_value(answer), ensure_ascii=False, indent=2))
    else:
        print(answer_text(answer))
    return 0


def _text(arguments: argparse.Namespace, settings: Settings) -> str:
    if (arguments.query is None) == (arguments.image is None):
        raise UsageError('the query is missing or is there twice: give a text, "-", or --image FILE')
    if arguments.image is not None:
        return _read_image(arguments.image, settings)
    return _read_stdin() if arguments.query == "-" else str(arguments.query)


def _read_image(path: Path, settings: Settings) -> str:
    from assistant.pictures.picture_reader import required_reader

    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--image {path}: {error.strerror}") from error
    with closing(required_reader(settings)) as reader:
        text = reader.read(content)
    print(f"read in {path}:\n{text}\n", file=sys.stderr)
    return text


def _read_stdin() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = f"0x{error.object[error.start]:02x} at byte {error.start + 1}"
        raise UsageError(f"standard input is not UTF-8 ({place}); convert it, for example with iconv") from error
