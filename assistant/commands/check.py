"""Check that the index on disk is complete and consistent; exit code 1 if it is not.

Example:
  assistant check
  assistant check --deep --json
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--deep", action="store_true", help="also encode a sample of the entries and count all words again, and compare"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read the whole index and print every problem."""
    from assistant.answering.factory import engine_of, open_encoder
    from index.integrity_check import Problem, ProblemKind, check
    from index.models.loading import exported_model_problem
    from index.storage.store import Store

    with engine_of(settings) as engine:
        deep = (lambda: open_encoder(settings)) if arguments.deep else None
        report = check(Store(settings.index), open_encoder=deep, engine=engine)
    unusable = exported_model_problem(
        settings.model, settings.cache, backend=settings.backend, precision=settings.precision
    )
    if unusable is not None:
        problem = Problem(ProblemKind.EXPORT, "cache", unusable, "the next search exports the model again")
        report = replace(report, problems=(*report.problems, problem))
    if arguments.json:
        print(json.dumps({"ok": not report.problems, **asdict(report)}, ensure_ascii=False, indent=2))
        return 1 if report.problems else 0
    for problem in report.problems:
        print(problem)
    print(f"generations: {len(report.generations)}, current: {report.current or 'none that can be used'}")
    if report.current is not None:
        encoded = f", {report.encoded} encoded again" if arguments.deep else ""
        print(
            f"{report.entries} entries, {report.passages} passages, {report.vectors_found} vectors found by a search "
            f"for them{encoded}"
        )
    print(f"problems: {len(report.problems)}")
    return 1 if report.problems else 0
