"""What people ask anywhere: common troubles of offices and software, against which an entry has to hold.

A question near the topic of an entry ("the bank feed does not update") may be nearer to a trouble that everybody knows
than to anything the articles say. How near the nearest such trouble is, counts against the entries; unless an entry is
about that very trouble, then it counts for nothing.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from index.models.encoder import Encoder, Vectors
from index.ranking.fusion import Floats
from index.storage.ragged import run_maxima

_NEAREST = 32  # troubles that are looked at for a query
_OTHER, _SAME = 0.5, 0.75  # cosines with an entry up to which a trouble is another one, and from which it is the same


_encoded: WeakKeyDictionary[Encoder, npt.NDArray[np.float16]] = WeakKeyDictionary()  # of the encoders in use


@lru_cache(maxsize=1)
def troubles() -> tuple[str, ...]:
    """Return the common troubles, a sentence each."""
    return tuple((files("index.ranking") / "background.txt").read_text(encoding="utf-8").splitlines())


def background_digest() -> str:
    """Return the hex SHA-256 of the common troubles: a generation made with others has to be built anew."""
    return hashlib.sha256("\n".join(troubles()).encode()).hexdigest()


def background_vectors(encoder: Encoder, previous: npt.NDArray[np.float16] | None) -> npt.NDArray[np.float16]:
    """Return (troubles, dimension) float16 unit rows.

    Args:
        encoder: Encodes the troubles, as queries.
        previous: What a generation with the same troubles and encoder has, which is then taken over, or None.
    """
    if previous is not None and len(previous) == len(troubles()):
        return previous.astype(np.float16, copy=False)
    if encoder not in _encoded:
        _encoded[encoder] = encoder.encode(troubles(), as_query=True).astype(np.float16)
    return _encoded[encoder]


class Background:
    """The vectors of the common troubles.

    Args:
        vectors: (troubles, dimension) unit rows, made by the encoder that encodes the queries.
    """

    def __init__(self, vectors: npt.NDArray[np.floating[Any]]) -> None:
        self._vectors: Vectors = vectors.astype(np.float32)

    def nearness(self, query: Vectors, passages: Vectors, counts: npt.NDArray[np.int64]) -> Floats:
        """Return (candidates,) cosines of the query and the nearest trouble that is not the entry's own.

        Args:
            query: (dimension,) float32 unit vector.
            passages: (passages, dimension) float32 unit rows of all candidates, one candidate after another.
            counts: (candidates,) how many passages each has, at least one.
        """
        cosines = self._vectors @ query
        nearest = np.argsort(-cosines, kind="stable")[:_NEAREST]
        own = run_maxima(passages @ self._vectors[nearest].T, counts)
        is_other = np.clip((_SAME - own) / (_SAME - _OTHER), 0, 1)
        nearness: Floats = (is_other * cosines[nearest]).max(axis=1).astype(np.float32)
        return nearness
