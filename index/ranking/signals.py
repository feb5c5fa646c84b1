"""What each signal says of a few candidates: exact figures, computed from the passages of these entries alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from index.analysis.terms import is_stop_word, stem
from index.models.encoder import Vectors
from index.ranking.binary_codes import cosines
from index.ranking.bm25 import LexicalIndex
from index.ranking.fusion import Floats, Signals
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.ragged import best_of_runs, ranges
from index.ranking.word_vectors import WordVectors

_STOP_WORD_WEIGHT = 0.001  # not 0, so that a query of stop words alone still has an order
_WHOLE, _MESSAGE = FIELDS.index(Field.WHOLE), FIELDS.index(Field.MESSAGE)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A query as it is searched for.

    Attributes:
        vector: (dimension,) float32 unit vector.
        words: Its words with their vectors.
        terms: What it looks up in the lexical index.
    """

    text: str
    vector: Vectors
    words: WordVectors
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The candidates of a query with all that is known of them.

    Attributes:
        entries: (candidates,) entry rows.
        coverage: Share of the query's words, by their rarity, that each entry has.
        passages: The row of each entry's best short passage.
    """

    entries: npt.NDArray[np.int64]
    signals: Signals
    coverage: Floats
    passages: npt.NDArray[np.int64]


def score(
    query: Query, entries: npt.NDArray[np.int64], table: PassageTable, lexical: LexicalIndex, lexical_scores: Floats
) -> Scored:
    """Compute every signal for the candidates.

    Args:
        query: The query.
        entries: (candidates,) entry rows, ascending.
        table: All passages.
        lexical: All postings.
        lexical_scores: BM25 of every entry.
    """
    firsts = np.searchsorted(table.entries, entries)
    counts = np.searchsorted(table.entries, entries, side="right") - firsts
    passages = ranges(firsts, counts)
    dense = table.vectors[passages].astype(np.float32) @ query.vector
    fields = table.fields[passages]
    short = np.where(fields == _WHOLE, np.float32(-1), dense)
    signals = Signals(
        whole=best_of_runs(np.where(fields == _WHOLE, dense, np.float32(-1)), counts),
        window=best_of_runs(short, counts),
        lexical=lexical_scores[entries],
        late=_late(_telling(query.words), passages, counts, table, lexical),
    )
    best = np.array([run.argmax() for run in np.split(short, np.cumsum(counts)[:-1])], dtype=np.int64)
    return Scored(entries, signals, _coverage(query.words, entries, lexical), firsts + best)


def _late(
    words: WordVectors,
    passages: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    table: PassageTable,
    lexical: LexicalIndex,
) -> Floats:
    """Return, for each entry, its best passage's mean over the query's words of the closest word, by their rarity.

    The title's words count as words of every passage: "Restart it." still says what.
    """
    if not words.words:
        return np.zeros(len(counts), dtype=np.float32)
    weights = np.array([_weight(word, lexical) for word in words.words], dtype=np.float32)
    sizes = table.word_starts[passages + 1] - table.word_starts[passages]
    close = cosines(table.codes[ranges(table.word_starts[passages], sizes)], words.vectors)
    closest = np.maximum(best_of_runs(close, sizes), np.float32(-1))  # a passage without words is far from everything
    titles = np.minimum(np.cumsum(counts) - counts + 1, len(passages) - 1)  # the whole of an entry is its first passage
    is_title = (counts > 1) & (table.fields[passages[titles]] == _MESSAGE)
    in_title = np.where(is_title[:, None], closest[titles], np.float32(-1))
    closest = np.maximum(closest, np.repeat(in_title, counts, axis=0))
    return best_of_runs(closest @ (weights / weights.sum()), counts)


def _telling(words: WordVectors) -> WordVectors:
    """Return the words without stop words, which are not worth comparing, unless there are no others."""
    kept = [row for row, word in enumerate(words.words) if not is_stop_word(word)]
    if not kept:
        return words
    return WordVectors(tuple(words.words[row] for row in kept), words.starts[kept], words.vectors[kept])


def _coverage(words: WordVectors, entries: npt.NDArray[np.int64], lexical: LexicalIndex) -> Floats:
    total = 0.0
    found = np.zeros(len(entries), dtype=np.float32)
    for word in words.words:
        weight = _weight(word, lexical)
        found += np.float32(weight) * lexical.has(stem(word.casefold()), entries)
        total += weight
    return found / np.float32(total) if total else found


def _weight(word: str, lexical: LexicalIndex) -> float:
    """Return how much a word of a query tells: the rarer, the more."""
    return lexical.idf(stem(word.casefold())) * (_STOP_WORD_WEIGHT if is_stop_word(word) else 1.0)
