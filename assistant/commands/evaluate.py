"""Measure how good the answers are on a judged set.

Example:
  assistant evaluate corpus/judgments
  assistant evaluate scifact --part report --signals --run scifact.run
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from assistant.commands import Usage
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("set", type=Path, help="folder in the layout of BEIR; without corpus.jsonl it judges --corpus")
    parser.add_argument("--part", choices=("tune", "report", "all"), default="all", help="which part of it (all)")
    parser.add_argument("--signals", action="store_true", help="measure each signal alone as well")
    parser.add_argument("--without-symptoms", action="store_true", help="judge the articles as if they had no symptoms")
    parser.add_argument("--run", type=Path, metavar="FILE", help="write the rankings in the format of TREC")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Ask every query and print the measures."""
    from assistant.answering.factory import open_encoder
    from assistant.commands.tables import summary_text
    from corpus.labels import labels_of
    from index.evaluation.run_measures import ask_all, summarise, trec_lines
    from index.evaluation.systems import open_search, read_set, searches

    judged, corpus = read_set(
        arguments.set,
        settings.corpus,
        labels=labels_of(settings.labels),
        without_symptoms=arguments.without_symptoms,
        part=arguments.part,
    )
    retriever = open_search(corpus, open_encoder(settings), settings.cache)
    summaries = {}
    for name, search in searches(retriever, alone=arguments.signals).items():
        answers = ask_all(search, judged)
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
        raise Usage(f"--run {path} cannot be written ({error.strerror})") from error
