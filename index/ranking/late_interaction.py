"""Late interaction: every word of a query is compared with every word of an entry's passages.

That is most of what a query costs, and grows with what the articles hold. So the passages that are compared are those
nearest to the query where all of them would take too long: for entries of ordinary length, that is all.

Source: Khattab, Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over
BERT", SIGIR 2020.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from index.analysis.terms import is_stop_word
from index.ranking.binary_codes import closest
from index.ranking.engine import Gathered
from index.ranking.fusion import Floats
from index.ranking.passage_table import FIELDS
from index.ranking.word_vectors import WordVectors
from index.storage.ragged import run_maxima

_MESSAGE = FIELDS.index(Field.MESSAGE)
MOST_COMPARED = 1_200_000  # pairs of words, 10 ms; 100 entries of 300 words and a query of 40 words come to as many
MOST_OF_ONE = 32  # passages of an entry that are compared where all would be too many; most entries have fewer


def late_interaction(
    queries: Sequence[WordVectors],
    nearness: Floats,
    given: Gathered,
    weigh: Callable[[str], float],
    most_compared: int = MOST_COMPARED,
) -> list[Floats]:
    """Return for each query the (candidates,) late interaction of each entry's best passage: see `Signals.late`.

    The words of the title count as words of every passage, because a passage may say only "Restart it."

    Args:
        queries: The words of each query.
        nearness: (passages,) the cosine of each passage and the query that is nearest to it.
        given: The candidates.
        weigh: Says how much a word of a query tells.
        most_compared: How many pairs of words are compared at most, unless the titles alone come to more.
    """
    queries = [_without_stop_words(each) for each in queries]
    counts, sizes = given.counts, given.word_counts
    # subtle: an entry's first passage is the whole, and its second one is the title.
    titles = np.minimum(np.cumsum(counts) - counts + 1, len(sizes) - 1)
    words = sum(len(each.words) for each in queries)
    if not words:
        return [np.zeros(len(counts), dtype=np.float32) for _ in queries]
    is_near = _nearest(nearness, counts, sizes, titles, most_compared // words)
    # subtle: what is not compared would have its title's words alone, which the title's own passage has, too
    counts = np.add.reduceat(is_near, np.cumsum(counts) - counts, dtype=np.int64)
    titles = np.cumsum(is_near)[titles] - 1
    close = closest(given.codes(is_near), sizes[is_near], np.concatenate([each.vectors for each in queries]))
    close = np.maximum(close, np.float32(-1))  # a passage without words
    is_title = (given.counts > 1) & (given.fields[is_near][titles] == _MESSAGE)
    in_title = np.where(is_title[:, None], close[titles], np.float32(-1))
    close = np.maximum(close, np.repeat(in_title, counts, axis=0))
    ends = np.cumsum([len(each.words) for each in queries])
    return [
        run_maxima(own @ _weights(each, weigh), counts) if each.words else np.zeros(len(counts), dtype=np.float32)
        for each, own in zip(queries, np.split(close, ends[:-1], axis=1), strict=True)
    ]


def _without_stop_words(words: WordVectors) -> WordVectors:
    """Return the words without stop words, or all where there are only stop words."""
    rows = [row for row, word in enumerate(words.words) if not is_stop_word(word)]
    if not rows:
        return words
    return WordVectors(tuple(words.words[row] for row in rows), words.starts[rows], words.vectors[rows])


def _weights(words: WordVectors, weigh: Callable[[str], float]) -> Floats:
    weights = np.array([weigh(word) for word in words.words], dtype=np.float32)
    shares: Floats = weights / weights.sum()
    return shares


def _nearest(
    nearness: Floats,
    counts: npt.NDArray[np.int64],
    sizes: npt.NDArray[np.int64],
    titles: npt.NDArray[np.int64],
    most: int,
) -> npt.NDArray[np.bool_]:
    """Return which passages are compared: all, or of each entry its title and a few, with `most` words in all."""
    if sizes.sum() <= most:
        return np.ones(len(sizes), dtype=np.bool_)
    firsts = np.cumsum(counts) - counts
    order = np.lexsort((-nearness, np.repeat(np.arange(len(counts)), counts)))
    place = np.empty(len(sizes), dtype=np.int64)  # of each passage among those of its entry
    place[order] = np.arange(len(sizes)) - np.repeat(firsts, counts)
    place[titles] = 0
    by_place = np.argsort(place, kind="stable")
    is_near: npt.NDArray[np.bool_] = place == 0
    is_near[by_place] |= (np.cumsum(sizes[by_place]) <= most) & (place[by_place] < MOST_OF_ONE)
    return is_near
