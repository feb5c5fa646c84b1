"""Whether the hits of a search are shown as an answer, lead to a question back, or to neither."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from index.hit import EVEN, FIRST, Hit, PartHits, SearchResult

THRESHOLD = 0.7  # index/README.md, "How good it is", says what that costs and saves
CLOSE = 0.7  # a hit that is this share as probable as the first could as well be the first
CHOICES = 4  # more are a list, not a question
SHOWN = 0.005  # a hit less probable than this is not worth reading; 98 of 100 right ones are above it


class Decision(StrEnum):
    """Whether hits are shown as an answer."""

    ANSWER = "answer"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Reason(StrEnum):
    """Why there is no answer."""

    NO_MATCH = "no_match"
    CODE_NOT_DOCUMENTED = "code_not_documented"
    EMPTY_QUERY = "empty_query"
    TOO_LONG = "too_long"
    UNREADABLE_LANGUAGE = "unreadable_language"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the result of a search.

    Attributes:
        hits: To be shown as the answer; empty with `none`.
        near_misses: To be shown as topics; empty unless the decision is `none`.
        tied: The hits among which to ask, where the decision is `ambiguous`.
    """

    decision: Decision
    reason: Reason | None
    hits: tuple[Hit, ...] = ()
    near_misses: tuple[Hit, ...] = ()
    tied: tuple[Hit, ...] = ()


def decide(result: SearchResult, *, threshold: float = THRESHOLD, near_misses: int = 3) -> Outcome:
    """Decide what follows from the result of a search.

    Args:
        result: Of the search.
        threshold: How probable it has to be, at least, that one of the first hits is right, where nothing is settled.
        near_misses: How many topics to name where there is no answer.
    """
    answered = tuple(part for part in result.parts if part.is_settled or _probability(part) >= threshold)
    reason = _reason(result, answered)
    if reason is not None:
        return Outcome(Decision.NONE, reason, near_misses=result.hits[:near_misses])
    hits = tuple(hit for part in answered for hit in part.hits if (hit.probability or 0) >= _least_shown(part))
    tied = _tied(answered[0], threshold) if len(answered) == 1 else ()
    return Outcome(Decision.AMBIGUOUS if tied else Decision.ANSWER, None, hits, tied=tied)


def _reason(result: SearchResult, answered: tuple[PartHits, ...]) -> Reason | None:
    if not result.is_readable:
        return Reason.UNREADABLE_LANGUAGE
    if result.unknown_codes and not any(part.is_settled for part in answered):
        return Reason.CODE_NOT_DOCUMENTED
    return None if answered else Reason.NO_MATCH


def _probability(part: PartHits) -> float:
    """Return how probable it is that one of the first hits is right."""
    return sum(hit.probability or 0.0 for hit in part.hits[:FIRST])


def _least_shown(part: PartHits) -> float:
    return min((SHOWN, *(hit.probability or 0.0 for hit in part.hits[: max(part.tied, 1)])))


def _tied(part: PartHits, threshold: float) -> tuple[Hit, ...]:
    """Return the hits between which the query does not decide; none where one stands out.

    They are those that are nearly as probable as the first, and where that is more probably wrong than right, as many
    as it takes to be sure enough; what a code settles is sure enough.
    """
    if part.tied > 1:
        return part.hits[: part.tied]
    probabilities = [hit.probability or 0.0 for hit in part.hits]
    count = sum(probability >= CLOSE * probabilities[0] for probability in probabilities)
    if probabilities[0] < EVEN and not part.is_settled:
        count = max(count, 1 + sum(total < threshold for total in accumulate(probabilities)))
    return part.hits[:count] if 1 < count <= CHOICES else ()
