"""The words of a text with a vector each, which late interaction compares."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.models.encoder import TokenVectors, Vectors
from index.storage.ragged import ranges

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class WordVectors:
    """The words of a text, in its order.

    Attributes:
        words: As they are written in the text.
        starts: (words,) int64, where each begins in the text, in Unicode code points.
        vectors: (words, dimension) float32 unit rows, each the mean of the word's token vectors.
    """

    words: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    vectors: Vectors

    def within(self, start: int, end: int) -> WordVectors:
        """Return the words that begin in a part of the text, given in Unicode code points; the end is not included."""
        first, last = np.searchsorted(self.starts, [start, end])
        return WordVectors(self.words[first:last], self.starts[first:last], self.vectors[first:last])


def word_vectors(text: str, tokens: TokenVectors) -> WordVectors:
    """Return the words of a text, as far as the encoder has read it.

    The encoder divides words into tokens. A word's vector is the mean of those of its tokens, so that it hardly depends
    on the division.

    Args:
        text: The text.
        tokens: Its tokens.
    """
    matches = [(match[0], *match.span()) for match in _WORD.finditer(text)]
    starts = np.searchsorted(tokens.spans[:, 1], [start for _, start, _ in matches], side="right")
    ends = np.searchsorted(tokens.spans[:, 0], [end for _, _, end in matches], side="left")
    rows = np.flatnonzero(starts < ends)
    rows = rows[np.unique(starts[rows], return_index=True)[1]]  # words that share a token count once
    if not len(rows):
        return WordVectors((), rows, np.empty((0, tokens.vectors.shape[1]), dtype=np.float32))
    sizes = (ends - starts)[rows]
    sums = np.add.reduceat(tokens.vectors[ranges(starts[rows], sizes)], np.cumsum(sizes) - sizes, axis=0)
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    places = np.array([matches[at][1] for at in rows], dtype=np.int64)
    return WordVectors(tuple(matches[at][0] for at in rows), places, sums / lengths)
