"""Write articles of any format as Markdown, so that they can be edited here.

Example:
  assistant import export.json --to corpus/articles
  assistant import "Printer errors.html" --to corpus/articles

A second import of an unchanged source changes nothing. An imported article that was edited since is left alone.
"""  # noqa: N999 - a module has its command's name, and this one is a keyword of Python

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a file or a folder; see `assistant formats`")
    parser.add_argument("--to", type=Path, metavar="DIR", help="folder to write to (the articles' folder)")
    parser.add_argument("--force", action="store_true", help="overwrite articles that were edited since")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Write the articles and print what was done with each."""
    from assistant.publishing.article_import import Outcome, import_articles
    from corpus.labels import labels_of

    to = arguments.to or settings.corpus
    refused = 0
    for imported in import_articles(arguments.source, to, labels=labels_of(settings.labels), force=arguments.force):
        is_refused = imported.outcome is Outcome.REFUSED
        refused += is_refused
        print(f"{imported.outcome:9} {imported.detail}", file=sys.stderr if is_refused else sys.stdout)
    return int(refused > 0)
