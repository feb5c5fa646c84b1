"""Two indexes that are asked the same queries share their vectors: most of what a short query costs is to encode it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from index.models.encoder import Advance, Encoded, Encoder, EncoderIdentity, TokenVectors, Vectors

_MOST = 64_000_000  # bytes: some 3,000 queries of fifteen words


class RememberingEncoder:
    """Encodes as another encoder does, a query only once; safe to use from several threads.

    Passages are passed on and not remembered: a build has its own way to encode each only once.

    Args:
        encoder: Encodes what is not remembered.
        most: Bytes that the remembered vectors may take; then those go that were not asked for longest.
    """

    def __init__(self, encoder: Encoder, *, most: int = _MOST) -> None:
        self._encoder = encoder
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Vectors, TokenVectors]] = OrderedDict()
        self._size = 0

    @property
    def identity(self) -> EncoderIdentity:
        """What makes the vectors comparable with others: the other encoder's."""
        return self._encoder.identity

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has."""
        return self._encoder.count_tokens(text)

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return the vectors of texts, none of which are remembered."""
        return self._encoder.encode(texts, as_query=as_query, advance=advance)

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return the vectors and token vectors of texts; of queries those that are remembered are not encoded."""
        if not as_query or not texts:
            return self._encoder.encode_tokens(texts, as_query=as_query, advance=advance)
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            encoded = self._encoder.encode_tokens(missing, as_query=True, advance=advance)
            found |= {text: encoded.of(number) for number, text in enumerate(missing)}
        self._remember({text: found[text] for text in texts})
        return Encoded(np.stack([found[text][0] for text in texts]), tuple(found[text][1] for text in texts))

    def _remember(self, used: dict[str, tuple[Vectors, TokenVectors]]) -> None:
        with self._lock:
            for text, vectors in used.items():
                if text not in self._known:
                    self._size += _size_of(vectors)
                self._known[text] = vectors
                self._known.move_to_end(text)
            while self._size > self._most:
                self._size -= _size_of(self._known.popitem(last=False)[1])


def _size_of(vectors: tuple[Vectors, TokenVectors]) -> int:
    return int(vectors[0].nbytes + vectors[1].vectors.nbytes + vectors[1].spans.nbytes)
