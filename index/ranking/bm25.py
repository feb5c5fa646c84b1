"""BM25 over the words of entries: postings in arrays that are used as they are stored.

Source: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. The idf is the one that
Lucene uses, log(1 + (N - n + 0.5) / (n + 0.5)), which is never negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
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
_COMMON = 1 / 16  # of the entries: what a term adds that so many have is kept for all, those without it included
_KEPT_BYTES = 1 << 25  # for such terms: the words of every query ("the", "open") are among them
_BLOCK = 64  # scores, of which the highest is looked at first
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


def mean_length_in(files: Mapping[str, Payload]) -> float:
    """Return how many terms an entry has on average, at least 1, by the files that `bm25_files` returned."""
    arrays = files[_FILE]
    assert not isinstance(arrays, bytes)
    return max(float(arrays["lengths"].mean()), 1.0)


def _postings(arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
    columns = {"counts": arrays["counts"]}
    return Postings(arrays["terms"], arrays["term_starts"], arrays["starts"], arrays["entries"], columns)


class TermStatistics:
    """What BM25 has to know of the whole corpus: it is the same whichever engine holds the entries.

    Args:
        terms: The vocabulary, sorted.
        entry_counts: (terms,) how many entries have each term.
        entries: How many entries there are.
        mean_length: How many terms an entry has on average.

    Attributes:
        mean_length: The same, at least 1.
    """

    def __init__(
        self, terms: TermList, entry_counts: npt.NDArray[np.integer], *, entries: int, mean_length: float
    ) -> None:
        self._terms = terms
        self._entry_counts = entry_counts
        self._entries = entries
        self.mean_length = max(mean_length, 1.0)

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency; a term that no entry contains has that of a term in one entry."""
        row = self._terms.row(term)
        count = 1 if row is None else int(self._entry_counts[row])
        return float(np.log1p((self._entries - count + 0.5) / (count + 0.5)))

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """Return the idf of each term, in order; a repeated one counts once."""
        return {term: self.idf(term) for term in dict.fromkeys(terms)}

    def norms(self, lengths: Floats) -> Floats:
        """Return what an entry's length adds to the frequency of a term in the divisor of its score.

        Args:
            lengths: (entries,) float32, how many terms each has.
        """
        return norms_of(lengths, self.mean_length)


def norms_of(lengths: Floats, mean_length: float) -> Floats:
    """Return what `TermStatistics.norms` returns where entries have `mean_length` terms on average."""
    norms: Floats = (K1 * (1 - B + B * lengths / mean_length)).astype(np.float32)
    return norms


def term_scores(idf: float, counts: Floats, norms: Floats) -> Floats:
    """Return (entries,) float32, what a term adds to the scores of entries.

    Args:
        idf: The term's.
        counts: (entries,) float32, how often each entry has it.
        norms: (entries,) float32, what `TermStatistics.norms` returned of their lengths.
    """
    scores: Floats = idf * (K1 + 1) * counts / (counts + norms)
    return scores


class Bm25Index:
    """The postings of a generation: for each term the entries that contain it and how often.

    Attributes:
        statistics: Of the whole corpus.
        lengths: (entries,) float32, how many terms each entry has.
    """

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self._terms = TermList(arrays["terms"], arrays["term_starts"])
        self._starts: npt.NDArray[np.int64] = arrays["starts"]
        self._entries: npt.NDArray[np.int32] = arrays["entries"]
        self._counts: npt.NDArray[np.uint16] = arrays["counts"]
        self.lengths: Floats = arrays["lengths"]
        self.statistics = TermStatistics(
            self._terms, np.diff(self._starts), entries=len(self.lengths), mean_length=float(self.lengths.mean())
        )
        self._norms = self.statistics.norms(self.lengths)
        self._added_to_all = lru_cache(maxsize=max(1, _KEPT_BYTES // max(1, self.lengths.nbytes)))(self._dense)

    def scores(self, weights: Mapping[str, float]) -> Floats:
        """Return the (entries,) float32 BM25 scores of all entries for terms, each with its idf."""
        return next(self.scores_of_each([weights]))

    def scores_of_each(self, queries: Iterable[Mapping[str, float]]) -> Iterator[Floats]:
        """Yield what `scores` returns for each query; what a term adds is computed once for all of them."""
        added: dict[str, tuple[npt.NDArray[np.int32] | None, Floats]] = {}
        for weights in queries:
            scores = np.zeros(len(self._norms), dtype=np.float32)
            for term, idf in weights.items():
                if term not in added:
                    places = self._places(term)
                    is_common = places.stop - places.start > _COMMON * len(self._norms)
                    added[term] = (None, self._added_to_all(term, idf)) if is_common else self._added(term, idf)
                entries, own = added[term]
                if entries is None:
                    scores += own
                else:
                    scores[entries] += own
            yield scores

    def _added(self, term: str, idf: float) -> tuple[npt.NDArray[np.int32], Floats]:
        """Return the entries that have a term, and what it adds to the score of each."""
        own = self._places(term)
        entries, counts = self._entries[own], self._counts[own].astype(np.float32)
        return entries, term_scores(idf, counts, self._norms[entries])

    def _dense(self, term: str, idf: float) -> Floats:
        """Return (entries,) float32, what a term adds to the score of each entry, 0 where an entry has it not."""
        dense = np.zeros(len(self._norms), dtype=np.float32)
        entries, own = self._added(term, idf)
        dense[entries] = own
        return dense

    def frequencies(self, term: str, entries: npt.NDArray[np.int64]) -> Floats:
        """Return (rows,) float32, how often each of (rows,) int64 entries has a term."""
        own = self._places(term)
        rows = self._entries[own]
        if not len(rows):
            return np.zeros(len(entries), dtype=np.float32)
        places = np.minimum(np.searchsorted(rows, entries), len(rows) - 1)
        frequencies: Floats = np.where(rows[places] == entries, self._counts[own][places], 0).astype(np.float32)
        return frequencies

    def _places(self, term: str) -> slice:
        row = self._terms.row(term)
        return slice(0, 0) if row is None else slice(int(self._starts[row]), int(self._starts[row + 1]))


def best_rows(scores: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the rows of at most `count` scores above 0, the highest; of those with the lowest one the first stay."""
    least = np.float32(0)
    if len(blocks := scores[: len(scores) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)) > count:
        # so many blocks have a score as high as this, which leaves few to be put in order
        least = np.partition(blocks.max(axis=1), -count)[-count]
    rows = np.flatnonzero(scores >= least if least > 0 else scores)
    own = scores[rows]
    if len(rows) <= count:
        return rows
    least = np.partition(own, -count)[-count]
    above, equal = np.flatnonzero(own > least), np.flatnonzero(own == least)
    best: npt.NDArray[np.int64] = rows[np.concatenate([above, equal[: count - len(above)]])]
    return best
