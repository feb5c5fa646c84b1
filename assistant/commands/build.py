"""Build the index from the articles; only what changed is encoded.

Example:
  assistant build --corpus corpus/articles
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Build, publish and say what changed."""
    from assistant.opening import open_encoder
    from assistant.progress import progress_bar
    from corpus.loader import load_corpus
    from index.builder import build
    from index.store import Store

    corpus = load_corpus(settings.corpus)
    report = build(corpus, open_encoder(settings), Store(settings.index), start_progress=progress_bar("Encoding"))
    for rejected in report.rejected:
        known = f" (its {rejected.entries} entries are no longer found)" if rejected.entries else ""
        problem = rejected.message.removeprefix(rejected.source)
        print(f"left out: {settings.corpus / rejected.source}{problem}{known}", file=sys.stderr)
    if arguments.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
        return 0
    for verb in ("added", "changed", "removed"):
        for entry_id in getattr(report, verb):
            print(f"{verb:8} {entry_id}")
    if report.published:
        print(
            f"generation {report.generation_id}: {len(report.added)} added, {len(report.changed)} changed, "
            f"{len(report.removed)} removed, {report.unchanged} unchanged; "
            f"{report.encoded} passages encoded, {report.reused} re-used"
        )
    else:
        print(f"generation {report.generation_id}: nothing has changed")
    return 0
