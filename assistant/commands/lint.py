"""Check the articles: what is incomplete, told twice, broken, or not understood.

Example:
  assistant lint
  assistant lint corpus/articles/vpn.md --json

Exit code 1 where there are errors; warnings alone leave it 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from corpus.errors import ArticleError
    from corpus.findings import Finding
    from corpus.parsing import ArticleReading


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", type=Path, nargs="?", metavar="PATH", help="a folder or one article (all articles)")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--github", action="store_true", help="print the findings as annotations of a GitHub check")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print what was found and how much of the text is in entries."""
    from corpus.findings import Severity
    from corpus.labels import labels_of
    from corpus.lint import coverage, lint
    from corpus.loader import read_file, read_folder
    from corpus.parsing import ArticleReading

    path = arguments.path or settings.corpus
    labels = labels_of(settings.labels)
    found: list[ArticleReading | ArticleError] = list(
        read_file(path, root=path.parent, labels=labels) if path.is_file() else read_folder(path, labels=labels)
    )
    findings = lint(found, today=datetime.now(UTC).date().isoformat())
    readings = [each for each in found if isinstance(each, ArticleReading)]
    accounted, size = coverage(readings)
    folder = path.parent if path.is_file() else path
    if arguments.json:
        report = {"findings": [asdict(each) for each in findings], "accounted": accounted, "characters": size}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in _lines(findings, folder, github=arguments.github):
            print(line)
        entries = sum(len(reading.entries) for reading in readings)
        share = f"{accounted / size:.2%}" if size else "none"
        print(
            f"{len(readings)} articles, {entries} entries, coverage {share}, {len(findings)} findings", file=sys.stderr
        )
    return int(any(each.severity is Severity.ERROR for each in findings))


def _lines(findings: list[Finding], folder: Path, *, github: bool) -> Iterator[str]:
    for each in findings:
        if github:
            line = f",line={each.line}" if each.line else ""
            text = each.text.replace("%", "%25").replace("\n", "%0A")
            yield f"::{each.severity} file={folder / each.source}{line},title={each.rule}::{text}"
        else:
            yield f"{folder}/{each}"
