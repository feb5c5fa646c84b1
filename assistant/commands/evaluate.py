"""Measure how good the answers are on a judged set.

Example:
  assistant evaluate corpus/judgments
  assistant evaluate scifact --part report --signals --run scifact.run
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from index.evaluation.cost import Cost
    from index.evaluation.estimate import Estimate
    from index.evaluation.run_measures import Abstention, Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "set", type=Path, help="folder in the layout of BEIR; without a corpus.jsonl, its queries are asked of --corpus"
    )
    parser.add_argument("--part", choices=("tune", "report", "all"), default="all", help="which of its queries (all)")
    parser.add_argument("--signals", action="store_true", help="measure each signal alone as well")
    parser.add_argument("--without-symptoms", action="store_true", help="measure as if the entries had no symptoms")
    parser.add_argument("--left-out", action="store_true", help="ask every query again without its right entries")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write the rankings in the TREC run format")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask every query and print the measures."""
    from assistant.answering.factory import open_encoder
    from corpus.labels import labels_of
    from index.evaluation.judged_set import Part
    from index.evaluation.run_measures import ask_all, summarise, trec_lines
    from index.evaluation.systems import open_search, read_set, searches

    judged, corpus = read_set(
        arguments.set,
        settings.corpus,
        labels=labels_of(settings.labels),
        without_symptoms=arguments.without_symptoms,
        part=Part(arguments.part),
    )
    retriever = open_search(corpus, open_encoder(settings), settings.cache)
    summaries = {}
    for name, search in searches(retriever, with_signals=arguments.signals).items():
        answers = ask_all(search, judged, left_out=arguments.left_out)
        summaries[name] = summarise(answers)
        if arguments.run is not None and name == "ours":
            _write(arguments.run, "".join(trec_lines(answers, name)))
    if judged.left_out:
        print(f"{judged.left_out} queries without judgements left out", file=sys.stderr)
    if arguments.json:
        print(json.dumps({name: asdict(each) for name, each in summaries.items()}, indent=2))
    else:
        print(summary_text(judged.name, summaries))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--run {path} cannot be written ({error.strerror})") from error


def summary_text(name: str, summaries: Mapping[str, Summary]) -> str:
    """Return the measures of a set as a table: a row for each search, ours also by style, then ours on abstention."""
    ours = summaries["ours"]
    header = [f"{name}, {ours.queries} queries", *ours.measures]
    rows = [[search, *map(_cell, summary.measures.values())] for search, summary in summaries.items()]
    rows += [[f"  {style}", *map(_cell, style_measures.values())] for style, style_measures in ours.by_style.items()]
    lines = [columns([header, *rows])]
    if ours.abstention is not None:
        lines.append(_abstention_text(ours.abstention))
    if ours.cost is not None:
        lines.append(_cost_text("cost of what is told", ours.cost))
    if ours.cost_left_out is not None:
        lines.append(_cost_text("cost, not covered: each query without its right entries", ours.cost_left_out))
    if ours.calibration is not None:
        lines.append(
            f"expected calibration error of the first hit: {ours.calibration:.3f} "
            f"(on so few queries {ours.calibration_by_chance:.3f} by chance alone)"
        )
    return "\n\n".join(lines)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as text in columns, the first column aligned left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"


def _cost_text(title: str, cost: Cost) -> str:
    return (
        f"{title}: {_cell(cost.total)}\n"
        f"  covered {_cell(cost.covered)}: {cost.told_none:.1%} told none, {cost.asked:.1%} asked, "
        f"{cost.wrong:.1%} wrong\n"
        f"  not covered {_cell(cost.not_covered)}: {cost.answered:.1%} answered, {cost.asked_in_vain:.1%} asked"
    )


def _abstention_text(abstention: Abstention) -> str:
    right = "" if abstention.right_choice is None else f", {abstention.right_choice:.1%} of them with a right choice"
    return (
        f"AUROC {abstention.auroc:.3f}; {abstention.answered_at:.1%} answered where 5 % of the unanswerable are\n"
        f"as decided: {abstention.answered:.1%} answered, {abstention.false_answers:.1%} false answers, "
        f"{abstention.ambiguous:.1%} questions{right}"
    )
