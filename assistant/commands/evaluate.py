"""Measure how good the answers are on a judged set.

Example:
  assistant evaluate corpus/judgments
  assistant evaluate scifact --part report --signals --run scifact.run
  assistant evaluate corpus/judgments --model all-MiniLM-L6-v2 --model index/adapted
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from index.evaluation.cost import Cost
    from index.evaluation.estimate import Estimate
    from index.evaluation.run_measures import Abstention, Run, Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "set", type=Path, help="folder in the layout of BEIR; without a corpus.jsonl, its queries are asked of --corpus"
    )
    parser.add_argument("--part", choices=("tune", "report", "all"), default="all", help="which of its queries (all)")
    parser.add_argument("--signals", action="store_true", help="measure each signal alone as well")
    parser.add_argument("--without-symptoms", action="store_true", help="measure as if the entries had no symptoms")
    parser.add_argument("--left-out", action="store_true", help="ask every query again without its right entries")
    parser.add_argument(
        "--model",
        dest="models",  # subtle: "model" would be taken for the setting
        action="append",
        default=[],
        metavar="NAME",
        help="the encoder to measure; twice: compare the two",
    )
    parser.add_argument("--run", type=Path, metavar="FILE", help="write the rankings in the TREC run format")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask every query and print the measures."""
    from assistant.answering.factory import open_encoder
    from corpus.labels import labels_of
    from index.evaluation.judged_set import Part
    from index.evaluation.run_measures import ask_all, summarise, trec_lines
    from index.evaluation.systems import open_search, read_set, searches

    models = arguments.models or [settings.model]
    if len(models) > 2 or (len(set(models)) < len(models)):
        raise UsageError("--model is given once, or twice to compare two encoders")
    if len(models) == 2 and (arguments.signals or arguments.left_out or arguments.run is not None):
        raise UsageError("two encoders are compared without --signals, --left-out and --run")
    judged, corpus = read_set(
        arguments.set,
        settings.corpus,
        labels=labels_of(settings.labels),
        without_symptoms=arguments.without_symptoms,
        part=Part(arguments.part),
    )
    if judged.left_out:
        print(f"{judged.left_out} queries without judgements left out", file=sys.stderr)
    retrievers = [open_search(corpus, open_encoder(replace(settings, model=each)), settings.cache) for each in models]
    if len(models) == 2:
        runs = [ask_all(searches(each, with_signals=False)["ours"], judged) for each in retrievers]
        _print_comparison(judged.name, models, runs, as_json=arguments.json)
        return 0
    summaries = {}
    for name, search in searches(retrievers[0], with_signals=arguments.signals).items():
        answers = ask_all(search, judged, left_out=arguments.left_out)
        summaries[name] = summarise(answers)
        if arguments.run is not None and name == "ours":
            _write(arguments.run, "".join(trec_lines(answers, name)))
    if arguments.json:
        print(json.dumps({name: asdict(each) for name, each in summaries.items()}, indent=2))
    else:
        print(summary_text(judged.name, summaries))
    return 0


def _print_comparison(name: str, models: Sequence[str], runs: Sequence[Run], *, as_json: bool) -> None:
    """Print the measures with two encoders, and what the second gains: the mean difference, query by query."""
    from index.evaluation.estimate import estimate
    from index.evaluation.measures import MEASURES
    from index.evaluation.run_measures import measure, paired

    values = [{each: measure(each, run) for each in MEASURES} for run in runs]
    rows = {model: {each: estimate(own[each]) for each in MEASURES} for model, own in zip(models, values, strict=True)}
    rows["gain"] = {each: paired(values[1][each], values[0][each]) for each in MEASURES}
    if as_json:
        print(
            json.dumps({row: {each: asdict(cell) for each, cell in own.items()} for row, own in rows.items()}, indent=2)
        )
        return
    header = [f"{name}, {len(runs[0].answerable)} queries", *MEASURES]
    print(columns([header, *([row, *map(_cell, own.values())] for row, own in rows.items())]))


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
