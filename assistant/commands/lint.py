"""Check the articles: what is incomplete, documented twice, broken, or not recognised.

Example:
  assistant lint
  assistant lint corpus/articles/vpn.md --json

Every message and symptom is searched for as well, which takes a while; --text-only skips that. The exit code is 1 if
there are errors, and 0 if there are only warnings.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from corpus.authoring.findings import Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("path", type=Path, nargs="?", metavar="PATH", help="a folder or one article (all articles)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the findings as JSON")
    output.add_argument("--github", action="store_true", help="print the findings as annotations of a GitHub check")
    parser.add_argument("--text-only", action="store_true", help="skip the rules that need a search")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the findings and what share of the text is in entries."""
    from assistant.answering.factory import open_encoder
    from assistant.publishing.article_lint import lint_articles
    from corpus.authoring.article_rules import coverage
    from corpus.authoring.findings import Severity

    encoder = None if arguments.text_only else lambda: open_encoder(settings)
    result = lint_articles(arguments.path or settings.corpus, settings, open_encoder=encoder)
    findings, readings = result.findings, result.readings
    accounted, size = coverage(readings, unread=result.unread)
    if arguments.json:
        report = {"findings": [asdict(each) for each in findings], "accounted": accounted, "characters": size}
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        for line in _lines(findings, result.folder, github=arguments.github):
            print(line)
        entries = sum(len(reading.entries) for reading in readings)
        share = f"{accounted / size:.2%}" if size else "none"
        if in_context := sum(reading.in_context for reading in readings):
            share += f" (and {in_context / size:.2%} in introductions and links)"
        print(
            f"{len(readings)} articles, {entries} entries, coverage {share}, {len(findings)} findings", file=sys.stderr
        )
    return int(any(each.severity is Severity.ERROR for each in findings))


def _lines(findings: Sequence[Finding], folder: Path, *, github: bool) -> Iterator[str]:
    from corpus.authoring.findings import Severity

    for each in findings:
        if github:
            line = f",line={each.line}" if each.line else ""
            text = each.text.replace("%", "%25").replace("\n", "%0A")
            kind = "notice" if each.severity is Severity.HINT else each.severity  # GitHub's word
            yield f"::{kind} file={folder / each.source}{line},title={each.rule}::{text}"
        else:
            yield f"{folder}/{each}"
