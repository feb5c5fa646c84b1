"""What it costs to be told the wrong thing.

Someone with a covered problem who is shown its entry pays nothing, who has to choose it from a question a little, who
hears that no article covers it a lot, and who is shown another entry as the answer most. Someone whose problem is not
covered pays a little for a question and most for an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.decision import Decision
from index.evaluation.estimate import Estimate, estimate

_COVERED = {  # by the decision, and whether its entry is right: the first hit, a choice, or the first near miss
    (Decision.ANSWER, True): 0, (Decision.ANSWER, False): 5,
    (Decision.AMBIGUOUS, True): 1, (Decision.AMBIGUOUS, False): 4,
    (Decision.NONE, True): 3, (Decision.NONE, False): 5,
}  # fmt: skip
_NOT_COVERED = {Decision.NONE: 0, Decision.AMBIGUOUS: 1, Decision.ANSWER: 5}


@dataclass(frozen=True, slots=True)
class Told:
    """What a query was told: the decision, and whether the entry that it points to is right."""

    decision: Decision
    is_right: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of what a set's queries were told.

    Attributes:
        total: The mean of the next two.
        covered: Mean cost of the queries that have a right entry.
        not_covered: Mean cost of those that have none.
        told_none: Share of the covered that heard that no article covers them.
        asked: Share of the covered that were asked back.
        wrong: Share of the covered that were shown another entry as the answer.
        answered: Share of the not covered that were shown an entry as the answer.
        asked_in_vain: Share of the not covered that were asked back.
    """

    total: Estimate
    covered: Estimate
    not_covered: Estimate
    told_none: float
    asked: float
    wrong: float
    answered: float
    asked_in_vain: float


def cost_of(covered: Sequence[Told], not_covered: Sequence[Told]) -> Cost:
    """Return the cost of what queries with a right entry and queries without one were told."""
    paid = [float(_COVERED[each.decision, each.is_right]) for each in covered]
    paid_in_vain = [float(_NOT_COVERED[each.decision]) for each in not_covered]
    return Cost(
        total=estimate(paid, paid_in_vain),
        covered=estimate(paid),
        not_covered=estimate(paid_in_vain),
        told_none=_share(covered, Decision.NONE),
        asked=_share(covered, Decision.AMBIGUOUS),
        wrong=_share([each for each in covered if not each.is_right], Decision.ANSWER, of=len(covered)),
        answered=_share(not_covered, Decision.ANSWER),
        asked_in_vain=_share(not_covered, Decision.AMBIGUOUS),
    )


def _share(outcomes: Sequence[Told], decision: Decision, *, of: int | None = None) -> float:
    count = len(outcomes) if of is None else of
    return sum(each.decision == decision for each in outcomes) / count if count else float("nan")
