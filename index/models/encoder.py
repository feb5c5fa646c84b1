"""What an encoder is, whichever library runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Advance = Callable[[int], object]  # is called with how many texts were encoded since its last call
StartProgress = Callable[[int], Advance]


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What makes two encoders' vectors comparable.

    Attributes:
        name: The model's name, for people.
        fingerprint: Hex SHA-256 over everything that shapes a vector: weights, tokenizer, pooling, prefixes, maximum
            length. Not over the precision and the library that runs the model, whose vectors agree to a cosine of
            .9999.
        dimension: How many numbers a vector has.
        max_tokens: How many tokens of a text are read, not counting special ones; the rest is ignored.
        pools_tokens: Whether a text's vector is the mean of its tokens' vectors. If so, the mean of a part of them is
            the vector of that part, in the light of the rest.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    pools_tokens: bool = True


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The tokens of a text, without special ones.

    Attributes:
        spans: (tokens, 2) int32, where each token begins and ends in the text, in Unicode code points; the end is not
            included.
        vectors: (tokens, dimension) float32 unit rows, in the text's order.
    """

    spans: npt.NDArray[np.int32]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Encoded:
    """The vectors of texts and, from the same pass through the model, those of their tokens.

    Attributes:
        vectors: (texts, dimension) float32 unit rows.
        tokens: One for each text.
    """

    vectors: Vectors
    tokens: tuple[TokenVectors, ...]

    def of(self, number: int) -> tuple[Vectors, TokenVectors]:
        """Return the vector and the token vectors of one text, by its position."""
        return self.vectors[number], self.tokens[number]


class Encoder(Protocol):
    """Turns texts into unit vectors. A text's vector depends on nothing else, up to rounding."""

    @property
    def identity(self) -> EncoderIdentity:
        """What makes this encoder's vectors comparable with others."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, without special ones and without truncation."""

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return (texts, dimension) float32 unit rows in the order of the texts.

        Args:
            texts: Any number of texts of any length.
            as_query: Whether the texts get the model's prefix for queries instead of its prefix for passages.
            advance: Called with how many texts were encoded since its last call.
        """

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return the vectors and token vectors of the texts; the arguments are those of `encode`."""
