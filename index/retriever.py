"""A query becomes ranked hits: an entry counts once, by its best passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from index.entry_table import EntryTable
from index.generation import Generation
from index.hit import Hit, Why
from index.models.encoder import Encoder
from index.passage_table import FIELDS, PassageTable
from index.vectors import VectorIndex

_WORD = re.compile(r"\w+")


class Retriever:
    """Searches one generation; safe to use from several threads.

    Args:
        generation: An opened generation, made with `encoder`.
        encoder: Encodes queries.
    """

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self.entries = EntryTable(generation)
        self._passages = PassageTable(generation)
        self._vectors = VectorIndex(self._passages.vectors)
        self._encoder = encoder

    def search(self, query: str, *, k: int = 10, product: str | None = None, tags: Sequence[str] = ()) -> list[Hit]:
        """Return at most `k` entries, best first; only those of the product and with all of the tags, where given."""
        vector = self._encoder.encode([query], as_query=True)[0]
        allowed = self.entries.allowed(product, tags)
        rows, scores = self._vectors.nearest(vector, len(self._vectors))
        best = self._best_passages(rows, allowed, k)
        return [self._hit(query, int(rows[at]), rank, float(scores[at])) for rank, at in enumerate(best, start=1)]

    def _best_passages(
        self, rows: npt.NDArray[np.int64], allowed: npt.NDArray[np.bool_] | None, k: int
    ) -> npt.NDArray[np.int64]:
        """Return the positions in `rows` of each entry's first passage, for the first `k` entries."""
        entries = self._passages.entries[rows]
        _, first = np.unique(entries, return_index=True)
        first.sort()
        return first[allowed[entries[first]]][:k] if allowed is not None else first[:k]

    def _hit(self, query: str, passage: int, rank: int, score: float) -> Hit:
        row = int(self._passages.entries[passage])
        entry = self.entries.record(row)
        field = FIELDS[self._passages.fields[passage]]
        words = {word.casefold() for word in _WORD.findall(str(entry))}
        shared = tuple(dict.fromkeys(word for word in _WORD.findall(query) if word.casefold() in words))
        return Hit(entry["entry_id"], rank, score, None, Why("dense", field, shared))
