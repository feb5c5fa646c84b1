"""Ask the same of a Milvus server and of the files of the same generation, and compare the answers and their times.

    python -m tests.programs.engine_agreement http://127.0.0.1:7840 corpus/articles corpus/judgments
    python -m tests.programs.engine_agreement http://127.0.0.1:7840 ARTICLES QUERIES --approximate --queries 200

ARTICLES is a folder of articles, or a judged set with documents of its own. QUERIES is a judged set, or a text file
with a query a line. The articles are built in a folder of their own, unless `--index` names one that is kept. Each
query is asked of both, in turn; its first hits, decision, scores and whole JSON are compared, and how long both took is
printed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.answer import Answer, json_value
from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.settings import Settings
from corpus.loader import Corpus, load_corpus
from index.builder import build
from index.engines.hosted import Hosted
from index.engines.options import EngineOptions, Nearness
from index.evaluation.judged_set import read_judged_set
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import Store

DEPTH = 10
SCORES = 1e-4


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the answers of two engines agree, as shares of the queries.

    Attributes:
        queries: How many were asked.
        top: How many of the first `DEPTH` hits both have, on average.
        decision: Both have the same decision, reason and question.
        scores: All hits of both are the same, with scores and probabilities that differ by `SCORES` at most.
        same: The JSON of both is the same but for the time, numbers compared to four digits.
    """

    queries: int
    top: float
    decision: float
    scores: float
    same: float

    def __str__(self) -> str:
        return (
            f"{self.queries} queries: top {DEPTH} {self.top:.4f}, same decision {self.decision:.4f}, "
            f"same scores {self.scores:.4f}, same JSON {self.same:.4f}"
        )


def agreement(ours: Sequence[Answer], theirs: Sequence[Answer]) -> Agreement:
    """Compare the answers of two engines to the same queries."""
    pairs = list(zip(ours, theirs, strict=True))

    def share(*shares: float) -> float:
        return float(np.mean(shares))

    return Agreement(
        len(pairs),
        share(*(_overlap(*pair) for pair in pairs)),
        share(*((one.decision, one.reason) == (other.decision, other.reason) for one, other in pairs)),
        share(*(_has_same_scores(*pair) for pair in pairs)),
        share(*(comparable(one) == comparable(other) for one, other in pairs)),
    )


def comparable(answer: Answer) -> Any:
    """Return the JSON of an answer without its time, with numbers of four digits."""
    return _rounded({name: value for name, value in json_value(answer).items() if name != "took_ms"})


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _overlap(one: Answer, other: Answer) -> float:
    first, second = ({hit.entry_id for hit in (each.hits or each.near_misses)[:DEPTH]} for each in (one, other))
    return len(first & second) / max(len(first), len(second), 1) if first or second else 1.0


def _has_same_scores(one: Answer, other: Answer) -> bool:
    first, second = ((*each.hits, *each.near_misses) for each in (one, other))
    return [hit.entry_id for hit in first] == [hit.entry_id for hit in second] and all(
        abs(left.score - right.score) <= SCORES and abs((left.probability or 0) - (right.probability or 0)) <= SCORES
        for left, right in zip(first, second, strict=True)
    )


def _corpus(folder: Path) -> Corpus:
    """Return the articles of a folder, or the documents of a judged set."""
    corpus = read_judged_set(folder).corpus if (folder / "corpus.jsonl").exists() else None
    return load_corpus(folder) if corpus is None else corpus


def read_queries(path: Path) -> list[str]:
    """Return the queries of a judged set, or the lines of a file."""
    if path.is_dir():
        lines = (path / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        return [str(json.loads(line)["text"]) for line in lines]
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Compare, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("articles", type=Path)
    parser.add_argument("asked", type=Path, nargs="+", metavar="QUERIES")
    parser.add_argument("--queries", type=int, default=10_000, metavar="N", help="the first N of each file")
    parser.add_argument("--index", type=Path, help="keep the index in this folder")
    parser.add_argument("--approximate", action="store_true", help="find the nearest passages by a graph")
    parser.add_argument("--timeout", type=float, default=20.0, help="seconds of a query: Milvus Lite is slow")
    arguments = parser.parse_args()
    nearness = Nearness.APPROXIMATE if arguments.approximate else Nearness.EXACT
    hosted = Hosted(EngineOptions(arguments.address, nearness=nearness, timeout_s=arguments.timeout))
    encoder = RememberingEncoder(open_encoder(Settings()))
    with tempfile.TemporaryDirectory() as folder:
        store = Store(arguments.index or Path(folder))
        start = time.perf_counter()
        report = build(_corpus(arguments.articles), encoder, store, engine=hosted)
        print(f"{len(report.added)} entries added, {report.unchanged} unchanged: {time.perf_counter() - start:.1f} s")
        files, server = Assistant(store, encoder), Assistant(store, encoder, engine=hosted)
        for path in arguments.asked:
            queries = read_queries(path)[: arguments.queries]
            answers = [[], []]  # type: list[list[Answer]]
            for query in queries:
                files.ask(Query(query, k=DEPTH))  # encodes: neither is charged for it
                for own, assistant in zip(answers, (files, server), strict=True):
                    own.append(assistant.ask(Query(query, k=DEPTH)))
            print(f"{path}: {agreement(*answers)}")
            times = [np.percentile([each.took_ms for each in own], [50, 95]) for own in answers]
            print(
                "; ".join(
                    f"{name} p50 {p50:.1f}, p95 {p95:.1f} ms"
                    for name, (p50, p95) in zip(("files", "server"), times, strict=True)
                )
            )


if __name__ == "__main__":
    main()
