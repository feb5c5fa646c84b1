"""Every query of a judged set is asked, and the measures of the answers are averaged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.decision import Decision
from index.evaluation.cost import Cost, Told, cost_of
from index.evaluation.estimate import Estimate, estimate
from index.evaluation.judged_set import JudgedQuery, JudgedSet
from index.evaluation.measures import (
    MEASURES,
    auroc,
    calibration_error,
    calibration_error_by_chance,
    threshold_at,
)
from index.hit import FIRST

FALSE_ANSWERS = 0.05  # the false-answer rate for which `Abstention.answered_at` is reported


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """The answer of a search to one query.

    Attributes:
        entry_ids: The ranking, best first.
        scores: One for each entry, never increasing.
        probabilities: One for each entry; empty where the search has none.
        decision: Whether it is shown as an answer.
        choices: The entries that a question offers; empty unless the decision is AMBIGUOUS.
        near_misses: The entries named as near topics, best first; empty unless the decision is NONE.
    """

    entry_ids: tuple[str, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...] = ()
    decision: Decision = Decision.ANSWER
    choices: tuple[str, ...] = ()
    near_misses: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """The probability that one of the first hits is right, or the best score; minus infinity without hits."""
        if self.probabilities:
            return min(1.0, sum(self.probabilities[:FIRST]))
        return max(self.scores, default=float("-inf"))


class Search(Protocol):
    """A search that is measured."""

    def __call__(self, query: str, without: Collection[str] = ()) -> RankedAnswer:
        """Answer a query as if the index did not have some entries, named by their ids."""


@dataclass(frozen=True, slots=True)
class Run:
    """All queries of a set, each with its answer."""

    answerable: tuple[tuple[JudgedQuery, RankedAnswer], ...]
    unanswerable: tuple[tuple[JudgedQuery, RankedAnswer], ...]
    left_out: tuple[tuple[JudgedQuery, RankedAnswer], ...] = ()
    """Every answerable query, asked again without its right entries."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well a search tells queries with an answer from those without; all values are 0 to 1.

    Attributes:
        auroc: The probability that an answerable query gets a higher confidence than an unanswerable one.
        answered_at: The share of answerable queries that are answered with the threshold at which `FALSE_ANSWERS` of
            the unanswerable ones are.
        false_answers: The share of unanswerable queries whose decision is not NONE.
        answered: The share of answerable queries whose decision is not NONE.
        ambiguous: The share of answerable queries whose decision is AMBIGUOUS.
        right_choice: The share of these that offer a right entry; None where there are none.
    """

    auroc: float
    answered_at: float
    false_answers: float
    answered: float
    ambiguous: float
    right_choice: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures of a run.

    Attributes:
        queries: How many answerable queries there are.
        measures: Over the answerable queries, by the measure's name.
        by_style: The same for each style of query; empty where the queries have none.
        abstention: None where the set has no unanswerable query.
        cost: What the decisions cost; None where every query has a right entry.
        cost_left_out: The same with every answerable query, asked again without its right entries, as one that is not
            covered; None unless they were asked.
        calibration: The expected calibration error of the first hit's probability over all queries; None where the
            search has no probabilities.
        calibration_by_chance: What it would be on average, on so few queries, if every probability were exactly right.
    """

    queries: int
    measures: dict[str, Estimate]
    by_style: dict[str, dict[str, Estimate]]
    abstention: Abstention | None
    cost: Cost | None
    cost_left_out: Cost | None
    calibration: float | None
    calibration_by_chance: float | None


def ask_all(search: Search, judged: JudgedSet, *, left_out: bool = False) -> Run:
    """Ask every query of a set and return the run.

    Args:
        search: The search that is measured.
        judged: The set.
        left_out: Ask every answerable query a second time, without its right entries.
    """
    again = judged.answerable if left_out else ()
    return Run(
        tuple((query, search(query.text)) for query in judged.answerable),
        tuple((query, search(query.text)) for query in judged.unanswerable),
        tuple((query, search(query.text, [entry_id for entry_id, _ in query.grades])) for query in again),
    )


def measure(name: str, run: Run) -> list[float]:
    """Return the values of one of `MEASURES` for each answerable query, in the run's order."""
    return [MEASURES[name](ranked.entry_ids, dict(query.grades)) for query, ranked in run.answerable]


def summarise(run: Run) -> Summary:
    """Return all measures of a run."""
    first, right = _first_hits(run)
    styles = sorted({query.style for query, _ in run.answerable if query.style})
    return Summary(
        queries=len(run.answerable),
        measures=_estimates(run),
        by_style={
            style: _estimates(Run(tuple(each for each in run.answerable if each[0].style == style), ()))
            for style in styles
        },
        abstention=_abstention(run) if run.unanswerable else None,
        cost=_cost(run, run.unanswerable) if run.unanswerable else None,
        cost_left_out=_cost(run, run.left_out) if run.left_out else None,
        calibration=calibration_error(first, right) if first else None,
        calibration_by_chance=calibration_error_by_chance(first) if first else None,
    )


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Return the mean difference of two systems' values over the same queries, with its interval."""
    return estimate([first - second for first, second in zip(ours, theirs, strict=True)])


def trec_lines(run: Run, name: str) -> Iterable[str]:
    """Yield a run as lines in TREC's format: query, Q0, entry, rank, score, name of the run."""
    for query, ranked in (*run.answerable, *run.unanswerable):
        for rank, (entry_id, score) in enumerate(zip(ranked.entry_ids, ranked.scores, strict=True), start=1):
            yield f"{query.query_id} Q0 {entry_id} {rank} {score:.6f} {name}\n"


def _estimates(run: Run) -> dict[str, Estimate]:
    return {name: estimate(measure(name, run)) for name in MEASURES}


def _cost(run: Run, not_covered: Sequence[tuple[JudgedQuery, RankedAnswer]]) -> Cost:
    covered = [_told(answer, {entry_id for entry_id, _ in query.grades}) for query, answer in run.answerable]
    return cost_of(covered, [_told(answer, frozenset()) for _, answer in not_covered])


def _told(answer: RankedAnswer, right: Collection[str]) -> Told:
    """Return what a query was told, and whether the entry shown first, offered or named first is right."""
    shown = {
        Decision.ANSWER: answer.entry_ids[:1],
        Decision.AMBIGUOUS: answer.choices,
        Decision.NONE: answer.near_misses[:1],
    }
    return Told(answer.decision, bool(set(shown[answer.decision]) & set(right)))


def _abstention(run: Run) -> Abstention:
    asked = [ranked for _, ranked in run.answerable]
    unanswered = [ranked for _, ranked in run.unanswerable]
    threshold = threshold_at([each.confidence for each in unanswered], FALSE_ANSWERS)
    questions = [(query, ranked) for query, ranked in run.answerable if ranked.decision is Decision.AMBIGUOUS]
    right = [bool({entry_id for entry_id, _ in query.grades} & set(ranked.choices)) for query, ranked in questions]
    return Abstention(
        auroc=auroc([each.confidence for each in asked], [each.confidence for each in unanswered]),
        answered_at=_share([each.confidence >= threshold for each in asked]),
        false_answers=_share([each.decision is not Decision.NONE for each in unanswered]),
        answered=_share([each.decision is not Decision.NONE for each in asked]),
        ambiguous=_share([each.decision == "ambiguous" for each in asked]),
        right_choice=_share(right) if right else None,
    )


def _first_hits(run: Run) -> tuple[list[float], list[bool]]:
    """Return the probabilities of all first hits, and which of them are right."""
    found = [
        (ranked.probabilities[0], ranked.entry_ids[0] in dict(query.grades))
        for query, ranked in (*run.answerable, *run.unanswerable)
        if ranked.probabilities
    ]
    return [each for each, _ in found], [is_right for _, is_right in found]


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")
