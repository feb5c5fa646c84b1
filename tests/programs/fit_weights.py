"""Fits the weights of `index.ranking.fusion` and of `index.ranking.calibration` on the tune parts of judged sets.

    python -m tests.programs.fit_weights DIR [SET ...]

DIR holds judged sets in the layout of BEIR, each with a corpus; the two judged sets of this project are fitted with
them. Printed are the constants fitted on all sets, and for
each set nDCG@10 and calibration error on its report part, with the constants as they are shipped, with those from all
sets and with those from the others: what holds on a set that was left out of the fit holds on articles that nobody has
judged.

The weights minimise the listwise softmax loss (Cao et al., "Learning to Rank: From Pairwise Approach to Listwise
Approach", ICML 2007), every set counting the same. Whether a query has an answer is a logistic regression over first
hits: of the queries that have one against those that have none, and half as much against the same queries with their
right entries left out. Each set has a bias of its own there, for sets differ in more than what is asked. The one bias
that is shipped and the steepness of the softmax are those that make the first hits most likely as the queries are.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from assistant.answering.factory import open_encoder
from assistant.settings import Settings
from corpus.labels import Labels
from index.evaluation.judged_set import JudgedQuery, Part
from index.evaluation.measures import auroc, calibration_error, ndcg
from index.evaluation.systems import open_search, read_set
from index.ranking.calibration import CALIBRATION, Calibration, softmax
from index.ranking.engine import Only
from index.ranking.fusion import WEIGHTS, Signals, fuse, signal_z_scores
from index.ranking.signals import Scored
from index.retriever import Retriever

Floats = npt.NDArray[np.float64]
NAMES = [field.name for field in fields(Signals)]
EVIDENCE = ["window", "late", "coverage", "background", "length"]
OWN = {"corpus/judgments": "corpus/articles", "tests/data/judgments": "tests/data/messages"}  # with their articles
LEFT_OUT = 0.5  # weight of a query whose right entries are left out, against one that has none
FIRST = 5  # hits of a query on which the calibration is judged
RIDGE = 0.02


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of a query, a row each: their standardised signals, the evidence, and the grades.

    `left_out` is the evidence of the first hit where the right entries are left out of the index.
    """

    entry_ids: tuple[str, ...]
    standard: Floats
    evidence: Floats
    grades: dict[str, int]
    is_tune: bool
    left_out: Floats | None

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        return np.array([self.grades.get(entry_id, 0) > 0 for entry_id in self.entry_ids], dtype=np.bool_)


def candidates_of(retriever: Retriever, query: JudgedQuery) -> Candidates:
    """Compute the signals of a query's candidates."""
    encoded = retriever.ranker.encode(query.text)
    scored = retriever.ranker.score(encoded)
    signals = scored.signals
    without = None
    if query.grades:
        others = retriever.ranker.score(encoded, Only.of(without=[entry_id for entry_id, _ in query.grades]))
        without = evidence_of(others)[fuse(others.signals).argmax()] if len(others.entries) else None
    return Candidates(
        tuple(retriever.entries.record(int(row))["entry_id"] for row in scored.entries),
        np.stack([signal_z_scores(signals, name) for name in NAMES], axis=1).astype(np.float64),
        evidence_of(scored),
        dict(query.grades),
        query.is_tune,
        without,
    )


def evidence_of(scored: Scored) -> Floats:
    """Return the (candidates, 5) evidence in the order of `EVIDENCE`."""
    given = scored.evidence
    length = np.full(len(scored.entries), np.log1p(given.words))
    return np.stack([given.window, given.late, given.coverage, given.background, length], axis=1).astype(np.float64)


def fit_weights(sets: Iterable[Sequence[Candidates]]) -> Floats:
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


def first_hits(asked: Candidates, weights: Floats, constants: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return the rows of a query's first hits, and their probabilities; the steepness is the last constant."""
    scores = asked.standard @ weights
    first = np.argsort(-scores, kind="stable")[:FIRST]
    logits = asked.evidence[first] @ constants[:-2] + constants[-2]
    return first, softmax(scores.astype(np.float32), float(constants[-1]))[first] / (1 + np.exp(-logits))


def fit_calibration(sets: Iterable[Sequence[Candidates]], weights: Floats) -> Floats:
    """Return the constants: those of the logistic function, its bias, and the steepness of the softmax."""
    tuned = [[each for each in asked if each.is_tune] for asked in sets]
    slopes = _fit_logistic(tuned, weights)

    def unlikely(bias_and_steepness: Floats) -> float:
        constants = np.append(slopes, bias_and_steepness)
        return float(sum(np.mean([_loss(each, weights, constants) for each in asked]) for asked in tuned))

    best: Floats = minimize(unlikely, np.array([CALIBRATION.bias, CALIBRATION.steepness]), method="Nelder-Mead").x
    return np.append(slopes, best)


def _fit_logistic(sets: Sequence[Sequence[Candidates]], weights: Floats) -> Floats:
    """Fit how a query with an answer differs from one without, by its first hit; every set counts the same."""
    rows: list[Floats] = []
    has_answer: list[bool] = []
    importance: list[float] = []
    for number, asked in enumerate(sets):
        own = np.eye(len(sets))[number]
        covered = [each for each in asked if each.grades]
        groups = (
            (True, 1 + LEFT_OUT, [_first(each, weights) for each in covered]),
            (False, 1.0, [_first(each, weights) for each in asked if not each.grades and each.entry_ids]),
            (False, LEFT_OUT, [each.left_out for each in covered if each.left_out is not None]),
        )
        for answer, weight, firsts in groups:
            if not firsts:  # most sets have a right entry for every query
                continue
            rows += [np.concatenate([first, own]) for first in firsts]
            has_answer += [answer] * len(firsts)
            importance += [weight / len(firsts)] * len(firsts)
    x, y, counts = np.array(rows), np.array(has_answer, dtype=np.float64), np.array(importance)
    counts /= counts.sum()

    def loss(constants: Floats) -> tuple[float, Floats]:
        logits = x @ constants
        probabilities = 1 / (1 + np.exp(-logits))
        penalty = 1e-4 * constants
        return float(counts @ (np.logaddexp(0, logits) - y * logits) + penalty @ constants / 2), (
            x.T @ (counts * (probabilities - y)) + penalty
        )

    fitted: Floats = minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x
    return fitted[: len(EVIDENCE)]


def _first(asked: Candidates, weights: Floats) -> Floats:
    """Return the evidence of the first hit."""
    row: Floats = asked.evidence[(asked.standard @ weights).argmax()]
    return row


def _loss(asked: Candidates, weights: Floats, constants: Floats) -> float:
    """Return the negative log-likelihood of the first hit being right, or wrong, as it was."""
    if not asked.entry_ids:
        return 0.0
    first, chances = first_hits(asked, weights, constants)
    chance = float(np.clip(chances[0], 1e-6, 1 - 1e-6))
    return -float(np.log(chance if asked.right[first[0]] else 1 - chance))


def report(name: str, asked: Sequence[Candidates], weights: Floats, constants: Floats) -> str:
    """Return a line about a set's report part: nDCG@10, and the calibration of the first five hits and of the first."""
    gains, found, right, first_found, first_right, best = [], [], [], [], [], []
    for each in asked:
        if each.is_tune or not len(each.entry_ids):
            continue
        if each.grades:
            order = np.argsort(-(each.standard @ weights), kind="stable")
            gains.append(ndcg([each.entry_ids[row] for row in order], each.grades, 10))
        rows, chances = first_hits(each, weights, constants)
        found += list(chances)
        right += list(each.right[rows])
        first_found.append(float(chances[0]))
        first_right.append(bool(each.right[rows[0]]))
        best.append((bool(each.grades), float(chances.max())))
    answerable = [chance for is_answerable, chance in best if is_answerable]
    unanswerable = [chance for is_answerable, chance in best if not is_answerable]
    knows = f"  AUROC {auroc(answerable, unanswerable):.4f}" if unanswerable else ""
    errors = f"ECE {calibration_error(found, right):.4f}, first hits {calibration_error(first_found, first_right):.4f}"
    return f"{name:28s} nDCG@10 {np.mean(gains):.4f}  {errors}{knows}"


def main(folder: Path, names: Sequence[str]) -> None:
    """Fit, and print what was fitted and how good it is."""
    settings = Settings()
    encoder = open_encoder(settings)
    sets: dict[str, list[Candidates]] = {}
    others = names or sorted(path.parent.name for path in folder.glob("*/corpus.jsonl"))
    own = [(Path(path), Path(articles)) for path, articles in OWN.items()]
    for path, articles in [*((folder / name, settings.corpus) for name in others), *own]:
        judged, corpus = read_set(path, articles, labels=Labels(), without_symptoms=False, part=Part.ALL)
        retriever = open_search(corpus, encoder, settings.cache)
        sets[str(path)] = [candidates_of(retriever, query) for query in (*judged.answerable, *judged.unanswerable)]
    shipped = np.array([WEIGHTS[name] for name in NAMES])
    weights = fit_weights(sets.values())
    constants = fit_calibration(sets.values(), shipped)
    print("weights:    ", {name: round(float(value), 3) for name, value in zip(NAMES, weights, strict=True)})
    print("calibration:", dict(zip([*EVIDENCE, "bias", "steepness"], constants.round(3).tolist(), strict=True)))
    print("shipped:    ", Calibration())
    as_shipped = np.array([getattr(CALIBRATION, name) for name in (*EVIDENCE, "bias", "steepness")])
    for name, asked in sets.items():
        print(report(name, asked, shipped, as_shipped))
        print(report("  fitted on all", asked, weights, fit_calibration(sets.values(), weights)))
        rest = [each for other, each in sets.items() if other != name]
        left_out = fit_weights(rest)
        print(report("  fitted on the others", asked, left_out, fit_calibration(rest, left_out)))
    everything = [each for asked in sets.values() for each in asked]
    print(report("all sets, shipped", everything, shipped, as_shipped))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
