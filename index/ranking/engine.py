"""The seam between ranking and what holds the entries: an engine narrows the corpus down to candidates.

Everything after that, from the signals to the probabilities, is computed here, from what the engine gathers of the
candidates and from statistics of the whole corpus. So an entry has the same probability whichever engine holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors
from index.ranking.binary_codes import Codes

Keys = npt.NDArray[np.int64]
"""Entries as an engine names them; they ascend in the order of the articles and never leave `index`."""
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Only:
    """Which entries may be found.

    Attributes:
        product: Only those of articles of this product; None for any.
        tags: Only those of articles with all of these tags.
        without: Ids of entries that are left out.
    """

    product: str | None = None
    tags: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()

    @classmethod
    def of(cls, product: str | None = None, tags: Sequence[str] = (), without: Collection[str] = ()) -> Only | None:
        """Return a filter; None, which allows all, where nothing is filtered."""
        if product is None and not tags and not without:
            return None
        return cls(product, tuple(tags), frozenset(without))


@dataclass(frozen=True, slots=True, eq=False)
class Worded:
    """Entries that have words of a query.

    Attributes:
        keys: (entries,) best first; of equal scores the lower key comes first.
        scores: (entries,) float32 BM25 scores, above 0.
    """

    keys: Keys
    scores: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """What ranking needs of some entries.

    Attributes:
        keys: (entries,) ascending.
        counts: (entries,) int64, how many passages each has, at least one.
        fields: (passages,) uint8 positions in `FIELDS`, one entry after another; the first is that of the whole.
        vectors: (passages, dimension) float32 unit rows.
        word_counts: (passages,) int64, how many words each passage has.
        codes: Returns the (words, bytes) uint8 codes of the words of some passages, those that (passages,) bool says.
        frequencies: For each term that was asked for, (entries,) float32: how often each entry has it.
        lengths: (entries,) float32, how many terms each entry has.
    """

    keys: Keys
    counts: npt.NDArray[np.int64]
    fields: npt.NDArray[np.uint8]
    vectors: Vectors
    word_counts: npt.NDArray[np.int64]
    codes: Callable[[npt.NDArray[np.bool_]], Codes]
    frequencies: Mapping[str, Floats]
    lengths: Floats


class Engine(Protocol):
    """Holds the entries of one generation; safe to use from several threads."""

    def near(self, vector: Vectors, count: int, only: Only | None) -> Keys:
        """Return at most `count` entries, those first whose nearest passage is nearer to a (dimension,) unit vector."""

    def worded(self, weights: Mapping[str, float], count: int, only: Only | None) -> Worded:
        """Return at most `count` entries with the highest BM25 scores for terms, each with its idf."""

    def best_scores(self, queries: Sequence[Mapping[str, float]]) -> list[float]:
        """Return for each query (terms, each with its idf) the highest BM25 score of an entry; 0 if none has any."""

    def gather(self, keys: Keys, terms: Collection[str]) -> Gathered:
        """Return what ranking needs of some entries, whose keys ascend, and of some terms."""

    def entry_id(self, key: int) -> str:
        """Return the id of an entry."""
