"""BM25 over the words of entries: postings in arrays that are used as they are stored.

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The idf is the one that
Lucene uses, log(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from index.analysis.terms import TermList, pack_terms, terms_of
from index.storage.generation import Generation
from index.storage.payload import Payload

K1 = 1.2
B = 0.75
_FILE = "postings.safetensors"
Floats = npt.NDArray[np.float32]


def bm25_files(texts: Iterable[str]) -> dict[str, Payload]:
    """Return the files that `Bm25Index` reads, by name.

    Args:
        texts: All that each entry says, in the order of the entries' rows.
    """
    rows: list[int] = []
    terms: list[str] = []
    counts: list[int] = []
    lengths: list[int] = []
    for row, text in enumerate(texts):
        own = Counter(terms_of(text))
        rows += [row] * len(own)
        terms += own.keys()
        counts += own.values()
        lengths.append(own.total())
    distinct = sorted(set(terms), key=str.encode)
    numbers = {term: number for number, term in enumerate(distinct)}
    term_rows = np.array([numbers[term] for term in terms], dtype=np.int32)
    order = np.argsort(term_rows, kind="stable")
    block, starts = pack_terms(distinct)
    return {
        _FILE: {
            "terms": block,
            "term_starts": starts,
            "starts": np.searchsorted(term_rows[order], np.arange(len(distinct) + 1)).astype(np.int64),
            "entries": np.array(rows, dtype=np.int32)[order],
            "counts": np.minimum(np.array(counts, dtype=np.int64), np.iinfo(np.uint16).max).astype(np.uint16)[order],
            "lengths": np.array(lengths, dtype=np.float32),
        },
    }


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
        scores = np.zeros(len(self._norms), dtype=np.float32)
        for term in dict.fromkeys(terms):
            row = self.terms.row(term)
            if row is None:
                continue
            own = slice(int(self._starts[row]), int(self._starts[row + 1]))
            entries, counts = self._entries[own], self._counts[own].astype(np.float32)
            scores[entries] += self._idf(len(entries)) * (K1 + 1) * counts / (counts + self._norms[entries])
        return scores

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
