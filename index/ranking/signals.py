"""The signals of a few candidates, computed exactly from the passages of these entries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from index.analysis.terms import is_stop_word, stem
from index.models.encoder import Vectors
from index.ranking.background import Background
from index.ranking.binary_codes import cosines
from index.ranking.bm25 import Bm25Index
from index.ranking.calibration import Evidence
from index.ranking.fusion import Floats, Signals
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.word_vectors import WordVectors
from index.storage.ragged import ranges, run_maxima

_STOP_WORD_WEIGHT = 0.001  # not 0, so that a query of stop words alone still has an order
_WHOLE, _MESSAGE = FIELDS.index(Field.WHOLE), FIELDS.index(Field.MESSAGE)


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


def score(  # noqa: PLR0917 - a query, and what it is held against
    query: Query,
    entries: npt.NDArray[np.int64],
    table: PassageTable,
    bm25: Bm25Index,
    bm25_scores: Floats,
    background: Background,
) -> Scored:
    """Compute the signals of the candidates.

    Args:
        query: The query.
        entries: (candidates,) int64 entry rows, ascending.
        table: All passages.
        bm25: All postings.
        bm25_scores: (entries,) float32, the BM25 scores of all entries.
        background: Common troubles.
    """
    firsts = np.searchsorted(table.entries, entries)
    counts = np.searchsorted(table.entries, entries, side="right") - firsts
    passages = ranges(firsts, counts)
    vectors = table.vectors[passages].astype(np.float32)
    dense = vectors @ query.vector
    fields = table.fields[passages]
    short = np.where(fields == _WHOLE, np.float32(-1), dense)
    signals = Signals(
        whole=run_maxima(np.where(fields == _WHOLE, dense, np.float32(-1)), counts),
        window=run_maxima(short, counts),
        lexical=bm25_scores[entries],
        late=_late(_without_stop_words(query.words), passages, counts, table, bm25),
    )
    best = np.array([run.argmax() for run in np.split(short, np.cumsum(counts)[:-1])], dtype=np.int64)
    evidence = Evidence(
        window=signals.window,
        late=signals.late,
        coverage=_coverage(query.words, entries, bm25),
        background=background.nearness(query.vector, vectors, counts),
        words=len(query.words.words),
    )
    return Scored(entries, signals, evidence, firsts + best)


def _late(
    words: WordVectors,
    passages: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    table: PassageTable,
    bm25: Bm25Index,
) -> Floats:
    """Return the late interaction of each entry's best passage: see `Signals.late`.

    The words of the title count as words of every passage, because a passage may say only "Restart it."
    """
    if not words.words:
        return np.zeros(len(counts), dtype=np.float32)
    weights = np.array([_weight(word, bm25) for word in words.words], dtype=np.float32)
    codes, sizes = table.words(passages)
    close = cosines(codes, words.vectors)
    closest = np.maximum(run_maxima(close, sizes), np.float32(-1))  # a passage without words
    # subtle: an entry's first passage is the whole, and its second one is the title.
    titles = np.minimum(np.cumsum(counts) - counts + 1, len(passages) - 1)
    is_title = (counts > 1) & (table.fields[passages[titles]] == _MESSAGE)
    in_title = np.where(is_title[:, None], closest[titles], np.float32(-1))
    closest = np.maximum(closest, np.repeat(in_title, counts, axis=0))
    return run_maxima(closest @ (weights / weights.sum()), counts)


def _without_stop_words(words: WordVectors) -> WordVectors:
    """Return the words without stop words, or all where there are only stop words."""
    rows = [row for row, word in enumerate(words.words) if not is_stop_word(word)]
    if not rows:
        return words
    return WordVectors(tuple(words.words[row] for row in rows), words.starts[rows], words.vectors[rows])


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
