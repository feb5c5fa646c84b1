"""What an encoder is, whichever library runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What makes two encoders' vectors comparable.

    Attributes:
        name: For people.
        fingerprint: Hex SHA-256 over everything that shapes a vector: weights, tokenizer, pooling, prefixes, maximum
            length. Precision and the library that runs the model are left out: their vectors agree to a cosine of
            .9999.
        dimension: Length of a vector.
        max_tokens: Longer texts are cut by the encoder.
    """

    name: str
    fingerprint: str
    dimension: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text's tokens, special ones left out.

    Attributes:
        spans: (tokens, 2) int32 places in the text that each token was made of, in Unicode code points, end not
            included.
        vectors: (tokens, dimension) float32 unit rows, in the text's order.
    """

    spans: npt.NDArray[np.int32]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as vectors and, from the same pass, as token vectors.

    Attributes:
        vectors: (texts, dimension) float32 unit rows.
        tokens: One for each text.
    """

    vectors: Vectors
    tokens: tuple[TokenVectors, ...]

    def of(self, number: int) -> tuple[Vectors, TokenVectors]:
        """Return what belongs to one text."""
        return self.vectors[number], self.tokens[number]


class Encoder(Protocol):
    """Turns texts into unit vectors; the same text always gives the same vector."""

    @property
    def identity(self) -> EncoderIdentity:
        """What makes this encoder's vectors comparable with others."""

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, special ones left out, nothing cut."""

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return (texts, dimension) float32 unit rows in the order of the texts.

        Args:
            texts: Any number of texts, none needs to be short.
            as_query: Queries get the model's query prefix, passages its passage prefix, where it has any.
            advance: Called with the number of texts done since the last call.
        """

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return vectors and token vectors of the texts; arguments as in `encode`."""
