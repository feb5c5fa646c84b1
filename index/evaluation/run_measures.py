"""A judged set asked of a search: how good its rankings are, and whether it knows when there is no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from index.evaluation.judged_set import JudgedQuery, JudgedSet
from index.evaluation.measures import MEASURES, auroc, calibration_error, interval, threshold_at
from index.hit import FIRST

FALSE_ANSWERS = 0.05  # the share of unanswerable queries that may be answered


@dataclass(frozen=True, slots=True)
class Ranked:
    """What a search said to one query.

    Attributes:
        entry_ids: Best first.
        scores: One for each entry, never rising.
        probabilities: One for each entry, or empty where they are not calibrated.
        decision: "answer", "ambiguous" or "none".
        choices: The entries among which an ambiguous answer asks to choose.
    """

    entry_ids: tuple[str, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...] = ()
    decision: str = "answer"
    choices: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """How probable it is that one of the first hits is right, or the best score; minus infinity for no hit."""
        if self.probabilities:
            return min(1.0, sum(self.probabilities[:FIRST]))
        return max(self.scores, default=float("-inf"))


Search = Callable[[str], Ranked]


@dataclass(frozen=True, slots=True)
class Run:
    """All queries of a set with what was said to each."""

    answerable: tuple[tuple[JudgedQuery, Ranked], ...]
    unanswerable: tuple[tuple[JudgedQuery, Ranked], ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its 95 % bootstrap interval over queries."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Abstention:
    """Whether a search knows when there is no answer.

    Attributes:
        auroc: The chance that an answerable query has the higher confidence.
        answered_at: Share of answerable queries answered where the false-answer rate is 5 %.
        false_answers: Share of unanswerable queries that were not answered with "none", as decided.
        answered: Share of answerable queries that were not answered with "none", as decided.
        ambiguous: Share of answerable queries that were answered with a question.
        right_choice: Share of those that offer a right entry.
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
        measures: By name, over the answerable queries.
        by_style: The same for each style of query, where the queries have one.
        abstention: None where the set has no unanswerable query.
        calibration: Expected calibration error of the first hit's probability over all queries, or None.
    """

    queries: int
    measures: dict[str, Estimate]
    by_style: dict[str, dict[str, Estimate]]
    abstention: Abstention | None
    calibration: float | None


def ask_all(search: Search, judged: JudgedSet) -> Run:
    """Ask every query of a set."""
    return Run(
        tuple((query, search(query.text)) for query in judged.answerable),
        tuple((query, search(query.text)) for query in judged.unanswerable),
    )


def measure(name: str, run: Run) -> list[float]:
    """Return a measure of each answerable query, in the run's order."""
    return [MEASURES[name](ranked.entry_ids, dict(query.grades)) for query, ranked in run.answerable]


def summarise(run: Run) -> Summary:
    """Return the measures of a run."""
    styles = sorted({query.style for query, _ in run.answerable if query.style})
    return Summary(
        queries=len(run.answerable),
        measures=_estimates(run),
        by_style={
            style: _estimates(Run(tuple(each for each in run.answerable if each[0].style == style), ()))
            for style in styles
        },
        abstention=_abstention(run) if run.unanswerable else None,
        calibration=_calibration(run),
    )


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Return the mean difference of two systems over the same queries, with its interval."""
    return _estimate([mine - other for mine, other in zip(ours, theirs, strict=True)])


def trec_lines(run: Run, name: str) -> Iterable[str]:
    """Yield a run in the format of TREC: query, Q0, entry, rank, score, name of the run."""
    for query, ranked in (*run.answerable, *run.unanswerable):
        for rank, (entry_id, score) in enumerate(zip(ranked.entry_ids, ranked.scores, strict=True), start=1):
            yield f"{query.query_id} Q0 {entry_id} {rank} {score:.6f} {name}\n"


def _estimates(run: Run) -> dict[str, Estimate]:
    return {name: _estimate(measure(name, run)) for name in MEASURES}


def _estimate(values: Sequence[float]) -> Estimate:
    low, high = interval(values)
    return Estimate(sum(values) / len(values) if values else float("nan"), low, high)


def _abstention(run: Run) -> Abstention:
    asked = [ranked for _, ranked in run.answerable]
    none = [ranked for _, ranked in run.unanswerable]
    threshold = threshold_at([each.confidence for each in none], FALSE_ANSWERS)
    questions = [(query, ranked) for query, ranked in run.answerable if ranked.decision == "ambiguous"]
    right = [bool({entry_id for entry_id, _ in query.grades} & set(ranked.choices)) for query, ranked in questions]
    return Abstention(
        auroc=auroc([each.confidence for each in asked], [each.confidence for each in none]),
        answered_at=_share([each.confidence >= threshold for each in asked]),
        false_answers=_share([each.decision != "none" for each in none]),
        answered=_share([each.decision != "none" for each in asked]),
        ambiguous=_share([each.decision == "ambiguous" for each in asked]),
        right_choice=_share(right) if right else None,
    )


def _calibration(run: Run) -> float | None:
    pairs = [
        (ranked.probabilities[0], ranked.entry_ids[0] in dict(query.grades))
        for query, ranked in (*run.answerable, *run.unanswerable)
        if ranked.probabilities
    ]
    return calibration_error([each for each, _ in pairs], [right for _, right in pairs]) if pairs else None


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")
