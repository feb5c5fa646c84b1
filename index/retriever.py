"""A query becomes hits: what can be recognised exactly comes first, what has to be understood after it.

A documented message in a paste, whatever values stand in it, settles the matter, and so does a documented code; a code
that nobody documented must not be answered by its neighbour. Everything else is ranked by meaning (`ranker`), with
mistyped words corrected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.corrections import Corrections, Slip
from index.entry_table import EntryTable
from index.generation import Generation
from index.hit import Hit
from index.models.encoder import Encoder
from index.ranker import Ranker
from index.readability import is_readable


@dataclass(frozen=True, slots=True)
class FoundPart:
    """One error in a query and the entries found for it.

    Attributes:
        start: Where it begins in the query, in Unicode code points; `end` is not included.
        hits: Best first.
        tied: How many of the first hits fit equally well, as a cut message does; 1 or none where one stands out.
    """

    start: int
    end: int
    hits: tuple[Hit, ...]
    tied: int = 1


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        parts: The errors in the query, in its order; one for a description.
        slips: Words that were taken for others.
        unknown_codes: Codes of the query that no entry documents; a neighbour must not answer them.
        is_readable: False for a script or language that neither the encoder nor the articles know.
    """

    parts: tuple[FoundPart, ...]
    slips: tuple[Slip, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    is_readable: bool = True

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The hits of all parts, one part after another."""
        return tuple(hit for part in self.parts for hit in part.hits)


class Retriever:
    """Searches one generation; safe to use from several threads.

    Args:
        generation: An opened generation, made with `encoder`.
        encoder: Encodes queries.
    """

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self.entries = EntryTable(generation)
        self.ranker = Ranker(generation, self.entries, encoder)
        self._is_common = lambda word: encoder.count_tokens(word) == 1
        self._corrections = Corrections(generation, self._is_common)

    def search(self, query: str, *, k: int = 10, product: str | None = None, tags: Sequence[str] = ()) -> Found:
        """Return at most `k` entries for each error in the query, best first.

        Args:
            query: Any text.
            k: How many entries at most.
            product: Only entries of this product.
            tags: Only entries whose articles have all of these tags.
        """
        allowed = self.entries.allowed(product, tags)
        corrected, slips = self._corrections.correct(query)
        hits = self.ranker.rank(corrected, k=k, allowed=allowed)
        readable = is_readable(corrected, is_known=self._corrections.knows)
        return Found((FoundPart(0, len(query), hits),), slips, (), readable)
