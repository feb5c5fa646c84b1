"""The words of a text with a vector each: what late interaction compares."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.models.encoder import TokenVectors, Vectors
from index.ranking.ragged import ranges

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class WordVectors:
    """A text's words in order.

    Attributes:
        words: As the text has them.
        starts: (words,) int64, where each begins in the text, in Unicode code points.
        vectors: (words, dimension) float32 unit rows, each the mean of the word's token vectors.
    """

    words: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    vectors: Vectors

    def within(self, start: int, end: int) -> WordVectors:
        """Return the words of a stretch of the text."""
        first, last = np.searchsorted(self.starts, [start, end])
        return WordVectors(self.words[first:last], self.starts[first:last], self.vectors[first:last])


def word_vectors(text: str, tokens: TokenVectors) -> WordVectors:
    """Return the words of a text that the encoder has read; what lies beyond its maximum length is left out.

    An encoder cuts words into tokens as it likes; a word's vector is the mean of those that lie in it, so that what is
    compared does not depend on where it cut.
    """
    found = [(match[0], *match.span()) for match in _WORD.finditer(text)]
    starts = np.searchsorted(tokens.spans[:, 1], [start for _, start, _ in found], side="right")
    ends = np.searchsorted(tokens.spans[:, 0], [end for _, _, end in found], side="left")
    kept = np.flatnonzero(starts < ends)
    kept = kept[np.unique(starts[kept], return_index=True)[1]]  # words that share a token count once
    if not len(kept):
        return WordVectors((), kept, np.empty((0, tokens.vectors.shape[1]), dtype=np.float32))
    sizes = (ends - starts)[kept]
    sums = np.add.reduceat(tokens.vectors[ranges(starts[kept], sizes)], np.cumsum(sizes) - sizes, axis=0)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    places = np.array([found[at][1] for at in kept], dtype=np.int64)
    return WordVectors(tuple(found[at][0] for at in kept), places, sums / lengths)
