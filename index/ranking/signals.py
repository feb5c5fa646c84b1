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
from index.ranking.bm25 import TermStatistics, term_scores
from index.ranking.calibration import Evidence
from index.ranking.engine import Gathered, Keys
from index.ranking.fusion import Floats, Signals
from index.ranking.late_interaction import late_interaction
from index.ranking.passage_table import FIELDS
from index.ranking.word_vectors import WordVectors
from index.storage.ragged import run_maxima

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
        entries: (candidates,) int64 keys of the entries, ascending.
        signals: Their signals.
        evidence: What tells whether each of them answers the query.
        fields: (candidates,) uint8, the field of each entry's best short passage, as a position in `FIELDS`.
    """

    entries: Keys
    signals: Signals
    evidence: Evidence
    fields: npt.NDArray[np.uint8]


def terms_needed(query: Query) -> tuple[str, ...]:
    """Return the terms whose frequencies `score` needs."""
    return tuple(dict.fromkeys([*query.terms, *map(_term, query.words.words)]))


def score(
    queries: Sequence[Query], given: Gathered, statistics: TermStatistics, background: Background
) -> list[Scored]:
    """Compute the signals of the same candidates for several queries, which takes little longer than for one.

    Args:
        queries: The queries.
        given: The candidates, gathered with the frequencies of `terms_needed`.
        statistics: Of the whole corpus.
        background: Common troubles.
    """
    if not queries:
        return []
    cosines = [given.vectors @ query.vector for query in queries]
    late = late_interaction(
        [query.words for query in queries], np.max(cosines, axis=0), given, lambda word: _weight(word, statistics)
    )
    starts = np.cumsum(given.counts) - given.counts
    scored = []
    for query, dense, its_late in zip(queries, cosines, late, strict=True):
        short = np.where(given.fields == _WHOLE, np.float32(-1), dense)
        signals = Signals(
            whole=run_maxima(np.where(given.fields == _WHOLE, dense, np.float32(-1)), given.counts),
            window=run_maxima(short, given.counts),
            lexical=_lexical(query.terms, given, statistics),
            late=its_late,
        )
        best = np.flatnonzero(short == np.repeat(signals.window, given.counts))
        best = best[np.searchsorted(best, starts)]  # the first of each candidate
        evidence = Evidence(
            window=signals.window,
            late=signals.late,
            coverage=_coverage(query.words, given, statistics),
            background=background.nearness(query.vector, given.vectors, given.counts),
            words=len(query.words.words),
        )
        scored.append(Scored(given.keys, signals, evidence, given.fields[best]))
    return scored


def _lexical(terms: Sequence[str], given: Gathered, statistics: TermStatistics) -> Floats:
    """Return the BM25 scores, which are the same whichever engine gathered the frequencies."""
    norms = statistics.norms(given.lengths)
    scores = np.zeros(len(given.keys), dtype=np.float32)
    for term, idf in statistics.weights(terms).items():
        scores += term_scores(idf, given.frequencies[term], norms)
    return scores


def _coverage(words: WordVectors, given: Gathered, statistics: TermStatistics) -> Floats:
    total = 0.0
    covered = np.zeros(len(given.keys), dtype=np.float32)
    for word in words.words:
        weight = _weight(word, statistics)
        covered += np.float32(weight) * (given.frequencies[_term(word)] > 0)
        total += weight
    return covered / np.float32(total) if total else covered


def _weight(word: str, statistics: TermStatistics) -> float:
    """Return the weight of a word of a query: the rarer, the more."""
    return statistics.idf(_term(word)) * (_STOP_WORD_WEIGHT if is_stop_word(word) else 1.0)


def _term(word: str) -> str:
    return stem(word.casefold())
