"""The signals of a few candidates, computed exactly from the passages of these entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from index.analysis.terms import is_stop_word, stem
from index.models.encoder import Vectors
from index.ranking.background import Background
from index.ranking.bm25 import Bm25Index
from index.ranking.calibration import Evidence
from index.ranking.fusion import Floats, Signals
from index.ranking.late_interaction import late_interaction
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.word_vectors import WordVectors
from index.storage.ragged import ranges, run_maxima

_STOP_WORD_WEIGHT = 0.001  # not 0, so that a query of stop words alone still has an order
_WHOLE = FIELDS.index(Field.WHOLE)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A query, encoded.

    Attributes:
        text: Its text.
        vector: (dimension,) float32 unit vector.
        words: Its words with their vectors.
        terms: Its terms for BM25.
    """

    text: str
    vector: Vectors
    words: WordVectors
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The candidates for a query, with their signals.

    Attributes:
        entries: (candidates,) int64 entry rows, ascending.
        signals: Their signals.
        evidence: What tells whether each of them answers the query.
        passages: (candidates,) int64, the row of each entry's best short passage.
    """

    entries: npt.NDArray[np.int64]
    signals: Signals
    evidence: Evidence
    passages: npt.NDArray[np.int64]


def score(  # noqa: PLR0917 - queries, and what they are held against
    queries: Sequence[Query],
    entries: npt.NDArray[np.int64],
    table: PassageTable,
    bm25: Bm25Index,
    bm25_scores: Sequence[Floats],
    background: Background,
) -> list[Scored]:
    """Compute the signals of the same candidates for several queries, which takes little longer than for one.

    Args:
        queries: The queries.
        entries: (candidates,) int64 entry rows, ascending.
        table: All passages.
        bm25: All postings.
        bm25_scores: For each query, (entries,) float32, the BM25 scores of all entries.
        background: Common troubles.
    """
    if not queries:
        return []
    firsts = np.searchsorted(table.entries, entries)
    counts = np.searchsorted(table.entries, entries, side="right") - firsts
    passages = ranges(firsts, counts)
    vectors = table.vectors[passages].astype(np.float32)
    fields = table.fields[passages]
    cosines = [vectors @ query.vector for query in queries]
    late = late_interaction(
        [query.words for query in queries],
        np.max(cosines, axis=0),
        passages,
        counts,
        table,
        lambda word: _weight(word, bm25),
    )
    scored = []
    for query, dense, its_late, lexical in zip(queries, cosines, late, bm25_scores, strict=True):
        short = np.where(fields == _WHOLE, np.float32(-1), dense)
        signals = Signals(
            whole=run_maxima(np.where(fields == _WHOLE, dense, np.float32(-1)), counts),
            window=run_maxima(short, counts),
            lexical=lexical[entries],
            late=its_late,
        )
        best = np.array([run.argmax() for run in np.split(short, np.cumsum(counts)[:-1])], dtype=np.int64)
        evidence = Evidence(
            window=signals.window,
            late=signals.late,
            coverage=_coverage(query.words, entries, bm25),
            background=background.nearness(query.vector, vectors, counts),
            words=len(query.words.words),
        )
        scored.append(Scored(entries, signals, evidence, firsts + best))
    return scored


def _coverage(words: WordVectors, entries: npt.NDArray[np.int64], bm25: Bm25Index) -> Floats:
    total = 0.0
    covered = np.zeros(len(entries), dtype=np.float32)
    for word in words.words:
        weight = _weight(word, bm25)
        covered += np.float32(weight) * bm25.has(stem(word.casefold()), entries)
        total += weight
    return covered / np.float32(total) if total else covered


def _weight(word: str, bm25: Bm25Index) -> float:
    """Return the weight of a word of a query: the rarer, the more."""
    return bm25.idf(stem(word.casefold())) * (_STOP_WORD_WEIGHT if is_stop_word(word) else 1.0)
