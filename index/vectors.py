"""Nearest vectors by inner product, which for unit vectors is the cosine: the one home of FAISS."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


class VectorIndex:
    """Exact search over rows of unit vectors.

    Args:
        vectors: (rows, dimension) float32 unit rows.
    """

    def __init__(self, vectors: Vectors) -> None:
        import faiss

        self._faiss: Any = faiss.IndexFlatIP(vectors.shape[1])
        self._faiss.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def __len__(self) -> int:
        return int(self._faiss.ntotal)

    def nearest(self, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """Return the rows nearest to a query and their cosines, best first; at most `k` and at most all rows.

        Args:
            query: (dimension,) float32 unit vector.
            k: How many rows to return.
        """
        wanted = min(k, len(self))  # FAISS pads with -1 beyond that
        if wanted < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        scores, rows = self._faiss.search(query.reshape(1, -1), wanted)
        return rows[0], scores[0]
