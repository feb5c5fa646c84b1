"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.article import Field

FIRST = 3  # hits that may be the right one together: of two that are as probable each has half the chance


@dataclass(frozen=True, slots=True)
class Aligned:
    """A stretch of a pasted message held against the documented one.

    Attributes:
        kind: "same", "different" (another word), or "yours" (a value in a slot).
        documented: The stretch as the article has it.
        query: The stretch as the query has it.
    """

    kind: str
    documented: str
    query: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry was found.

    Attributes:
        signal: What decided: "template" for a documented message, "code" for a documented code, "dense" for what the
            words mean, all signals together.
        field: The part of the entry that matched best.
        words: The words of the query that stand in the entry, as the query has them.
        alignment: A pasted message held against the documented one, where a template matched.
    """

    signal: str
    field: Field
    words: tuple[str, ...] = ()
    alignment: tuple[Aligned, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found.

    Attributes:
        rank: From 1, within its part of the query.
        score: Higher is better; comparable only within one query.
        probability: Of being a right entry, 0 to 1; None where it is not calibrated.
        part: Which of the query's parts it answers, from 0.
    """

    entry_id: str
    rank: int
    score: float
    probability: float | None
    why: Why
    part: int = 0
