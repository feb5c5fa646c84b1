"""Whether what was found is an answer, a question, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from assistant.answering.answer import Decision, Reason
from index.hit import FIRST, Hit
from index.retriever import EVEN, Found, FoundPart

THRESHOLD = 0.7  # README, "How good it is", says what that costs and saves
CLOSE = 0.7  # a hit that is this share as probable as the first could as well be the first
CHOICES = 4  # more are a list, not a question
SHOWN = 0.005  # a hit less probable than this is not worth reading; 98 of 100 right ones are above it


@dataclass(frozen=True, slots=True)
class Decided:
    """What is made of what was found.

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


def decide(found: Found, *, threshold: float = THRESHOLD, near_misses: int = 3) -> Decided:
    """Decide on what was found.

    Args:
        found: What was found.
        threshold: How probable it has to be, at least, that one of the first hits is right, where nothing is settled.
        near_misses: How many topics to name where there is no answer.
    """
    answered = tuple(part for part in found.parts if part.is_settled or _best(part) >= threshold)
    reason = _reason(found, answered)
    if reason is not None:
        return Decided(Decision.NONE, reason, near_misses=found.hits[:near_misses])
    hits = tuple(hit for part in answered for hit in part.hits if (hit.probability or 0) >= _floor(part))
    tied = _tied(answered[0], threshold) if len(answered) == 1 else ()
    return Decided(Decision.AMBIGUOUS if tied else Decision.ANSWER, None, hits, tied=tied)


def _reason(found: Found, answered: tuple[FoundPart, ...]) -> Reason | None:
    if not found.is_readable:
        return Reason.UNREADABLE_LANGUAGE
    if found.unknown_codes and not any(part.is_settled for part in answered):
        return Reason.CODE_NOT_DOCUMENTED
    return None if answered else Reason.NO_MATCH


def _best(part: FoundPart) -> float:
    """Return how probable it is that one of the first hits is right."""
    return sum(hit.probability or 0.0 for hit in part.hits[:FIRST])


def _floor(part: FoundPart) -> float:
    return min((SHOWN, *(hit.probability or 0.0 for hit in part.hits[: max(part.tied, 1)])))


def _tied(part: FoundPart, threshold: float) -> tuple[Hit, ...]:
    """Return the hits between which the query does not decide; none where one stands out.

    They are those that are nearly as probable as the first, and where that is more probably wrong than right, as many
    as it takes to be sure enough; what a code settles is sure enough.
    """
    if part.tied > 1:
        return part.hits[: part.tied]
    chances = [hit.probability or 0.0 for hit in part.hits]
    count = sum(chance >= CLOSE * chances[0] for chance in chances)
    if chances[0] < EVEN and not part.is_settled:
        count = max(count, 1 + sum(total < threshold for total in accumulate(chances)))
    return part.hits[:count] if 1 < count <= CHOICES else ()
