"""What a search returns: hits, each with why it is one, for each error in the query."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from corpus.article import Field
from index.models.encoder import Vectors

EVEN = 0.5  # from here on the first hit is more probably right than wrong
FIRST = 3  # hits whose probabilities are added: of two that fit as well, each has half


@dataclass(frozen=True, slots=True)
class Aligned:
    """A stretch of a pasted message beside the documented one.

    Attributes:
        kind: "same", "different" (another word), or "yours" (a value in a slot).
        documented: The stretch as the article has it.
        query: The stretch as the query has it.
    """

    kind: str = field(metadata={"json_schema_extra": {"enum": ["same", "different", "yours"]}})
    documented: str
    query: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry is a hit.

    Attributes:
        signal: What decided: "template" for a documented message, "code" for a documented code, "dense" for what the
            words mean, all signals together.
        field: The part of the entry that matched best.
        words: The words of the query that stand in the entry, as the query has them.
        alignment: The pasted message beside the documented one, where a template matched.
    """

    signal: str
    field: Field
    words: tuple[str, ...] = ()
    alignment: tuple[Aligned, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry in the results of a query.

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


@dataclass(frozen=True, slots=True)
class Correction:
    """A word of the query that was taken for another."""

    original: str = field(metadata={"alias": "from"})
    corrected: str = field(metadata={"alias": "to"})


class Vagueness(IntEnum):
    """How little a query says."""

    NONE = 0
    LITTLE = 1
    """One word alone tells what it is about: "problem with xero"."""
    NOTHING = 2
    """No word does: "it doesn't work"."""


@dataclass(frozen=True, slots=True)
class PartHits:
    """One error in a query and its hits.

    Attributes:
        start: Where it begins in the query, in Unicode code points; `end` is not included.
        hits: Best first.
        tied: How many of the first hits fit equally well, as a cut message does; 1 or none where one stands out.
        is_settled: A documented message or code stands there: the first hits answer it, however many share it.
    """

    start: int
    end: int
    hits: tuple[Hit, ...]
    tied: int = 1
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The result of a search.

    Attributes:
        parts: The errors in the query, in its order; one for a description.
        corrections: Words that were taken for others.
        unknown_codes: Codes of the query that no entry documents; a neighbour must not answer them.
        is_readable: False for a script or language that neither the encoder nor the articles know.
        language: The ISO 639-1 code of the query's language where the encoder does not know it or no article is
            written in it; None elsewhere, and where it is not recognised.
        vagueness: How little the query says, such as "xero" or "it does not work".
        under: The ids of the hits below titles that have every telling word of the query.
        vector: (dimension,) float32 unit vector of what was ranked; None where nothing had to be understood.
    """

    parts: tuple[PartHits, ...]
    corrections: tuple[Correction, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    is_readable: bool = True
    language: str | None = None
    vagueness: Vagueness = Vagueness.NONE
    under: frozenset[str] = frozenset()
    vector: Vectors | None = field(default=None, compare=False)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The hits of all parts, one part after another."""
        return tuple(hit for part in self.parts for hit in part.hits)
