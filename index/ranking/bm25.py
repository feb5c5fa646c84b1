"""BM25 over the words of entries: postings in arrays that are used as they are stored.

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The idf is the one that
Lucene uses, log(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysis.postings import Postings, merged, postings_of
from index.analysis.terms import TermList, terms_of
from index.storage.carried_rows import CarriedRows, new_rows
from index.storage.generation import Generation
from index.storage.payload import Payload

K1 = 1.2
B = 0.75
_FILE = "postings.safetensors"
Floats = npt.NDArray[np.float32]


def bm25_files(texts: Sequence[str], carried: CarriedRows | None = None) -> dict[str, Payload]:
    """Return the files that `Bm25Index` reads, by name.

    Args:
        texts: All that each new entry says, in the order of their rows.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    counts = [Counter(terms_of(text)) for text in texts]
    lengths = np.array([own.total() for own in counts], dtype=np.float32)
    by_row = zip(new_rows(carried, len(texts)), counts, strict=True)
    postings = postings_of(
        ((row, {term: (count,) for term, count in own.items()}) for row, own in by_row), {"counts": np.uint16}
    )
    if carried is not None:
        arrays = carried.generation.arrays(_FILE)
        postings = merged(_postings(arrays), postings, carried)
        lengths = carried.by_row(arrays["lengths"], lengths)
    return {
        _FILE: {
            "terms": postings.block,
            "term_starts": postings.term_starts,
            "starts": postings.starts,
            "entries": postings.rows,
            "counts": postings.columns["counts"],
            "lengths": lengths,
        },
    }


def _postings(arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
    columns = {"counts": arrays["counts"]}
    return Postings(arrays["terms"], arrays["term_starts"], arrays["starts"], arrays["entries"], columns)


class Bm25Index:
    """The postings of a generation: for each term the entries that contain it and how often.

    Attributes:
        terms: The vocabulary, sorted.
    """

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self.terms = TermList(arrays["terms"], arrays["term_starts"])
        self._starts: npt.NDArray[np.int64] = arrays["starts"]
        self._entries: npt.NDArray[np.int32] = arrays["entries"]
        self._counts: npt.NDArray[np.uint16] = arrays["counts"]
        lengths: Floats = arrays["lengths"]
        self._norms = (K1 * (1 - B + B * lengths / max(float(lengths.mean()), 1.0))).astype(np.float32)

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency; a term that no entry contains has that of a term in one entry."""
        row = self.terms.row(term)
        return self._idf(1 if row is None else int(self._starts[row + 1] - self._starts[row]))

    def scores(self, terms: Sequence[str]) -> Floats:
        """Return the (entries,) float32 BM25 scores of all entries for a query's terms; a repeated term counts once."""
        return next(self.scores_of_each([terms]))

    def scores_of_each(self, queries: Iterable[Sequence[str]]) -> Iterator[Floats]:
        """Yield what `scores` returns for each query; what a term adds is computed once for all of them."""
        added: dict[str, tuple[npt.NDArray[np.int32], Floats] | None] = {}
        for terms in queries:
            scores = np.zeros(len(self._norms), dtype=np.float32)
            for term in dict.fromkeys(terms):
                if term not in added:
                    added[term] = self._added(term)
                if (own := added[term]) is not None:
                    scores[own[0]] += own[1]
            yield scores

    def _added(self, term: str) -> tuple[npt.NDArray[np.int32], Floats] | None:
        """Return the entries that have a term, and what it adds to the score of each; None where none has it."""
        if (row := self.terms.row(term)) is None:
            return None
        own = slice(int(self._starts[row]), int(self._starts[row + 1]))
        entries, counts = self._entries[own], self._counts[own].astype(np.float32)
        return entries, self._idf(len(entries)) * (K1 + 1) * counts / (counts + self._norms[entries])

    def has(self, term: str, entries: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return which entries contain a term: (rows,) bool for (rows,) int64 entry rows."""
        row = self.terms.row(term)
        if row is None:
            return np.zeros(len(entries), dtype=np.bool_)
        own = self._entries[int(self._starts[row]) : int(self._starts[row + 1])]
        contains: npt.NDArray[np.bool_] = own[np.minimum(np.searchsorted(own, entries), len(own) - 1)] == entries
        return contains

    def _idf(self, entries: int) -> float:
        return float(np.log1p((len(self._norms) - entries + 0.5) / (entries + 0.5)))
