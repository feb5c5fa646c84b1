"""Fits the weights of `index.fusion` and the constants of `index.calibration` on the tune parts of judged sets.

    python -m tests.fit_weights DIR [SET ...]

DIR holds judged sets in the layout of BEIR, each with a corpus. Printed are the constants fitted on all sets, and for
each set nDCG@10 and calibration error on its report part, with constants from all sets and with those from the others:
what holds on a set that was left out of the fit holds on articles that nobody has judged.

The weights minimise the listwise softmax loss (Cao et al., "Learning to Rank: From Pairwise Approach to Listwise
Approach", ICML 2007) with every set counting the same; the calibration is a logistic regression over the first hits.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from assistant.judging import open_search, read_set
from assistant.opening import open_encoder
from assistant.settings import Settings
from corpus.labels import Labels
from index.calibration import Calibration, log_shares
from index.fusion import Signals, raised
from index.judged import JudgedQuery
from index.measures import auroc, calibration_error, ndcg
from index.retriever import Retriever

Floats = npt.NDArray[np.float64]
NAMES = [field.name for field in fields(Signals)]
EVIDENCE = ["whole", "window", "title", "late", "coverage", "share"]
FIRST = 5  # hits of a query that the calibration is fitted on
RIDGE = 0.02


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its candidates, a row each: how far they stand out, the evidence, and which of them are right."""

    entry_ids: tuple[str, ...]
    standard: Floats
    evidence: Floats
    grades: dict[str, int]
    is_tune: bool

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        return np.array([self.grades.get(entry_id, 0) > 0 for entry_id in self.entry_ids], dtype=np.bool_)


def ask(retriever: Retriever, query: JudgedQuery) -> Asked:
    """Collect what the signals say of a query's candidates."""
    scored = retriever.ranker.score(retriever.ranker.encode(query.text))
    signals = scored.signals
    evidence = [signals.whole, signals.window, scored.title, signals.late, scored.coverage]
    digest = hashlib.sha1(query.query_id.encode(), usedforsecurity=False).hexdigest()
    return Asked(
        tuple(retriever.entries.record(int(row))["entry_id"] for row in scored.entries),
        np.stack([raised(getattr(signals, name)) for name in NAMES], axis=1).astype(np.float64),
        np.stack(evidence, axis=1).astype(np.float64),
        dict(query.grades),
        int(digest, 16) % 3 == 0,
    )


def fit_weights(sets: Iterable[Sequence[Asked]]) -> Floats:
    """Return the weights of the signals, every set counting the same."""
    lists = [[(each.standard, each.right) for each in asked if each.is_tune and each.right.any()] for asked in sets]

    def loss(weights: Floats) -> tuple[float, Floats]:
        total, slope = 0.0, np.zeros_like(weights)
        for asked in lists:
            for rows, right in asked:
                scores = rows @ weights
                chances = np.exp(scores - scores.max())
                chances /= chances.sum()
                own = chances * right
                total -= np.log(own.sum()) / len(asked)
                slope += rows.T @ (chances - own / own.sum()) / len(asked)
        return float(total / len(lists) + RIDGE * weights @ weights / 2), slope / len(lists) + RIDGE * weights

    found: Floats = minimize(loss, np.ones(len(NAMES)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(NAMES)).x
    return found


def first_hits(asked: Asked, weights: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the evidence of a query's first hits, the share included, and which of them are right."""
    scores = asked.standard @ weights
    first = np.argsort(-scores, kind="stable")[:FIRST]
    shares = log_shares(scores.astype(np.float32)).astype(np.float64)
    return np.column_stack([asked.evidence, shares])[first], asked.right[first]


def fit_calibration(sets: Iterable[Sequence[Asked]], weights: Floats) -> Floats:
    """Return the constants of the logistic function, the bias last, every set counting the same."""
    rows, right, counts = [], [], []
    for asked in sets:
        hits = [first_hits(each, weights) for each in asked if each.is_tune]
        rows += [evidence for evidence, _ in hits]
        right += [each for _, each in hits]
        counts += [np.full(len(each), 1 / np.sqrt(len(hits))) for _, each in hits]
    x, y, importance = np.concatenate(rows), np.concatenate(right).astype(np.float64), np.concatenate(counts)
    importance /= importance.sum()
    x = np.column_stack([x, np.ones(len(x))])

    def loss(constants: Floats) -> tuple[float, Floats]:
        logits = x @ constants
        chances = 1 / (1 + np.exp(-logits))
        return float(importance @ (np.logaddexp(0, logits) - y * logits)), x.T @ (importance * (chances - y))

    bounds = [(0, None)] * len(EVIDENCE) + [(None, None)]
    found: Floats = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found


def report(name: str, asked: Sequence[Asked], weights: Floats, constants: Floats) -> str:
    """Return a set's quality on its report part."""
    kept = [each for each in asked if not each.is_tune]
    gains, probable, right, best = [], [], [], []
    for each in kept:
        scores = each.standard @ weights
        order = np.argsort(-scores, kind="stable")
        if each.grades:
            gains.append(ndcg([each.entry_ids[row] for row in order], each.grades, 10))
        evidence, was_right = first_hits(each, weights)
        chances = 1 / (1 + np.exp(-(evidence @ constants[:-1] + constants[-1])))
        probable += list(chances)
        right += list(was_right)
        best.append((bool(each.grades), float(chances.max())))
    answerable = [chance for is_answerable, chance in best if is_answerable]
    unanswerable = [chance for is_answerable, chance in best if not is_answerable]
    knows = f"  AUROC {auroc(answerable, unanswerable):.4f}" if unanswerable else ""
    return f"{name:20s} nDCG@10 {np.mean(gains):.4f}  ECE {calibration_error(probable, right):.4f}{knows}"


def main(folder: Path, names: Sequence[str]) -> None:
    """Fit, and print what was fitted and how good it is."""
    settings = Settings()
    encoder = open_encoder(settings)
    sets: dict[str, list[Asked]] = {}
    for name in names or sorted(path.parent.name for path in folder.glob("*/corpus.jsonl")):
        judged, corpus = read_set(folder / name, settings.corpus, labels=Labels(), without_symptoms=False, part="all")
        retriever = open_search(corpus, encoder, settings.cache)
        sets[name] = [ask(retriever, query) for query in (*judged.answerable, *judged.unanswerable)]
    weights = fit_weights(sets.values())
    constants = fit_calibration(sets.values(), weights)
    print("weights:    ", {name: round(float(value), 3) for name, value in zip(NAMES, weights, strict=True)})
    print("calibration:", {n: round(float(v), 3) for n, v in zip([*EVIDENCE, "bias"], constants, strict=True)})
    print("shipped:    ", Calibration())
    for name, asked in sets.items():
        print(report(name, asked, weights, constants))
    for name, asked in sets.items():
        others = [each for other, each in sets.items() if other != name]
        if others:
            left_out = fit_weights(others)
            print(report(f"{name} left out", asked, left_out, fit_calibration(others, left_out)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
