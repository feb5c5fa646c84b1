"""The engine of one machine: the files of a generation, in this process."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors
from index.ranking.bm25 import Bm25Index, best_rows
from index.ranking.engine import Gathered, Keys, Only, Worded
from index.ranking.half_precision import singles
from index.ranking.passage_table import PassageTable
from index.ranking.vector_index import VectorIndex
from index.storage.entry_table import EntryTable
from index.storage.ragged import ranges

_PASSAGES_PER_ENTRY = 8  # several passages of one entry may be among the nearest
_FILTERS = 8  # a search asks with the same filter several times


class LocalEngine:
    """The entries of one generation, whose keys are their rows; safe to use from several threads.

    Args:
        entries: Its entries.
        passages: Their passages.
        bm25: Their words.
    """

    def __init__(self, entries: EntryTable, passages: PassageTable, bm25: Bm25Index) -> None:
        self._entries = entries
        self._passages = passages
        self._bm25 = bm25
        self._vectors = VectorIndex(passages.vectors, passages.search_codes)
        self._allowed = lru_cache(maxsize=_FILTERS)(self._rows_allowed)

    def near(self, vector: Vectors, count: int, only: Only | None) -> Keys:
        """Return at most `count` entries, those first whose nearest passage is nearer to a vector."""
        allowed = self._allowed(only)
        own = None if allowed is None else allowed[self._passages.entries]
        rows, _ = self._vectors.nearest(vector, count * _PASSAGES_PER_ENTRY, allowed=own)
        entries = self._passages.entries[rows].astype(np.int64)
        _, first = np.unique(entries, return_index=True)
        return entries[np.sort(first)[:count]]

    def worded(self, weights: Mapping[str, float], count: int, only: Only | None) -> Worded:
        """Return at most `count` entries with the highest BM25 scores for terms, each with its idf."""
        scores = self._bm25.scores(weights)
        allowed = self._allowed(only)
        rows = best_rows(scores if allowed is None else np.where(allowed, scores, np.float32(0)), count)
        own = scores[rows]
        order = np.lexsort((rows, -own))
        return Worded(rows[order], own[order])

    def best_scores(self, queries: Sequence[Mapping[str, float]]) -> list[float]:
        """Return for each query (terms, each with its idf) the highest BM25 score of an entry; 0 if none has any."""
        return [float(each.max(initial=0)) for each in self._bm25.scores_of_each(queries)]

    def gather(self, keys: Keys, terms: Collection[str]) -> Gathered:
        """Return what ranking needs of some entries, and of some terms."""
        firsts, ends = (np.searchsorted(self._passages.entries, keys, side=side) for side in ("left", "right"))
        counts = (ends - firsts).astype(np.int64)
        passages = ranges(firsts, counts)
        return Gathered(
            keys=keys,
            counts=counts,
            fields=self._passages.fields[passages],
            vectors=singles(self._passages.vectors[passages]),
            word_counts=self._passages.word_counts(passages),
            codes=lambda wanted: self._passages.words(passages[wanted])[0],
            frequencies={term: self._bm25.frequencies(term, keys) for term in terms},
            lengths=self._bm25.lengths[keys],
        )

    def entry_id(self, key: int) -> str:
        """Return the id of an entry."""
        return self._entries.entry_id(key)

    def _rows_allowed(self, only: Only | None) -> npt.NDArray[np.bool_] | None:
        return None if only is None else self._entries.allowed(only.product, only.tags, only.without)
