"""Whether a search's result is an answer, a question back, or nothing.

The two thresholds keep the cost of what people are told low: a wrong card costs as much as five questions too many, and
"no article covers this" for what an article does cover costs nearly as much. `assistant evaluate` prints that cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.hit import FIRST, Hit, PartHits, SearchResult, Vagueness

THRESHOLD = 0.7  # of the first hit's probability: an answer from here on
PLAUSIBLE = 0.27  # of the first hits' probability together: where one is right, to name none costs 3.7, a question 1
CLOSE = 0.7  # a hit that is this share as probable as the first could as well be the first
CHOICES = 4  # more are a list, not a question
SHOWN = 0.005  # a hit less probable than this is not worth reading; 98 of 100 right ones are above it
_WORTH_A_CHOICE = 0.02  # the least probability of a choice after the second


class Decision(StrEnum):
    """Whether the hits are shown as an answer."""

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
    UNKNOWN_FILTER = "unknown_filter"


class QuestionKind(StrEnum):
    """Why a question is asked back: several entries fit equally, or none is sure."""

    WHICH = "which"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from the result of a search.

    Attributes:
        hits: To be shown; empty with `none`.
        near_misses: To be shown as topics; empty unless the decision is `none`.
        kind: Why there is a question, where the decision is `ambiguous`.
        choices: The hits among which it asks, some of `hits`; empty where the words say so little that no entry is
            nearer than another.
    """

    decision: Decision
    reason: Reason | None
    hits: tuple[Hit, ...] = ()
    near_misses: tuple[Hit, ...] = ()
    kind: QuestionKind | None = None
    choices: tuple[Hit, ...] = ()

    @property
    def shown(self) -> frozenset[str]:
        """The ids of the entries that people are shown at once: the answer's first, or a question's choices."""
        return frozenset(hit.entry_id for hit in (self.hits[:1] if self.decision is Decision.ANSWER else self.choices))


def decide(result: SearchResult, *, threshold: float = THRESHOLD, near_misses: int = 3) -> Outcome:
    """Decide what to say to a search's result.

    Args:
        result: What the search returned.
        threshold: How probable a first hit has to be, at least, to be an answer where nothing is settled.
        near_misses: How many topics to name where there is no answer.
    """
    sure = tuple(part for part in result.parts if _is_sure(part, threshold, result.vagueness))
    if not result.is_readable:
        return _none(Reason.UNREADABLE_LANGUAGE, result, near_misses)
    if result.unknown_codes and not any(part.is_settled for part in sure):
        return _none(Reason.CODE_NOT_DOCUMENTED, result, near_misses)
    if sure:
        tied = _tied(sure[0]) if len(sure) == 1 else ()
        hits = tuple(hit for part in sure for hit in part.hits if (hit.probability or 0) >= _least_shown(part))
        return _question(QuestionKind.WHICH, hits, tied) if tied else Outcome(Decision.ANSWER, None, hits)
    plausible = [part for part in result.parts if _together(part) >= PLAUSIBLE]
    about = _about(result)
    if len(about) > 1:  # the word fits them all: how probable each is says little
        return _question(QuestionKind.PERHAPS, about, about[:CHOICES])
    hits = _worth_reading(max(plausible, key=_together)) if plausible else about or _under(result)
    if hits or result.vagueness is Vagueness.NOTHING:
        return _question(QuestionKind.PERHAPS, hits, choices_of(hits))
    return _none(Reason.NO_MATCH if result.language is None else Reason.UNREADABLE_LANGUAGE, result, near_misses)


def _worth_reading(part: PartHits) -> tuple[Hit, ...]:
    return tuple(hit for hit in part.hits if (hit.probability or 0.0) >= SHOWN)


def _about(result: SearchResult) -> tuple[Hit, ...]:
    """Return the entries about the one word of a query that says little."""
    if result.vagueness is not Vagueness.LITTLE:
        return ()
    return tuple(hit for hit in result.hits if hit.why.words)


def _under(result: SearchResult) -> tuple[Hit, ...]:
    """Return the entries of the article that the query names by its title."""
    return tuple(hit for hit in result.hits if hit.entry_id in result.under)


def _none(reason: Reason, result: SearchResult, near_misses: int) -> Outcome:
    return Outcome(Decision.NONE, reason, near_misses=result.hits[:near_misses])


def _question(kind: QuestionKind, hits: tuple[Hit, ...], choices: tuple[Hit, ...]) -> Outcome:
    return Outcome(Decision.AMBIGUOUS, None, hits, kind=kind, choices=choices)


def _is_sure(part: PartHits, threshold: float, vagueness: Vagueness) -> bool:
    """Return whether a part of the query is answered, by one entry or by several that fit equally."""
    if part.is_settled:
        return True
    return not vagueness and (_first(part) >= threshold or (_together(part) >= threshold and bool(_tied(part))))


def _first(part: PartHits) -> float:
    return (part.hits[0].probability or 0.0) if part.hits else 0.0


def _together(part: PartHits) -> float:
    """Return how probable it is that one of the first hits is right."""
    return sum(hit.probability or 0.0 for hit in part.hits[:FIRST])


def _least_shown(part: PartHits) -> float:
    return min((SHOWN, *(hit.probability or 0.0 for hit in part.hits[: max(part.tied, 1)])))


def _tied(part: PartHits) -> tuple[Hit, ...]:
    """Return the hits between which the query does not decide; none where one stands out, or where they are many."""
    if part.tied > 1:
        return part.hits[: part.tied]
    count = sum((hit.probability or 0.0) >= CLOSE * _first(part) for hit in part.hits)
    return part.hits[:count] if 1 < count <= CHOICES else ()


def choices_of(hits: tuple[Hit, ...], *, least: int = 2) -> tuple[Hit, ...]:
    """Return the hits to choose from: the first `least`, and after them those that are probable enough to be read."""
    return tuple(
        hit for at, hit in enumerate(hits[:CHOICES]) if at < least or (hit.probability or 0.0) >= _WORTH_A_CHOICE
    )
