"""Nearest vectors by inner product, which for unit vectors is the cosine. The only module that imports FAISS.

Up to `FLAT_UP_TO` rows every row is compared exactly. Above that, every row is first compared by a short code (FAISS's
product quantizer with 4 bits a piece, scanned in registers), and the best of these exactly (`search_codes`).

Codes were preferred to an inverted file (IVF) by measurement: on 335,000 passages, IVF1024 with 128 probes found .95 of
the ten nearest rows; these codes find .998 of them in less time and with a third of the memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, BadIndexError
from index.ranking.half_precision import singles
from index.ranking.search_codes import (
    LEAST_RESCORED,
    PIECES,
    Bytes,
    Rows,
    Scores,
    SearchCodes,
    Stored,
    chunks,
    coded,
    may_go_on,
    measured_codes,
    scanned,
)

FLAT_UP_TO = 50_000  # rows; some 5 ms a query on one core
_RESCORED_PER_ROW = 2  # so many rows of the codes' order are compared exactly for each row that is asked for
_ONE_QUERY = 15  # FAISS's number of a way to scan codes that finds what its own choice does, in two thirds of the time
_AT_ONCE = 1 << 16  # rows
_COMPARED_DIRECTLY = 20_000  # at most so many allowed rows are compared without an index


class VectorIndex:
    """Search over rows of unit vectors; safe to use from several threads.

    Args:
        vectors: (rows, dimension) unit rows, float16 or float32.
        codes: What `build_codes` returned for these vectors.

    Raises:
        BadIndexError: The codes are damaged or belong to other vectors.
    """

    def __init__(self, vectors: Stored, codes: SearchCodes | None = None) -> None:
        import faiss

        self._vectors = vectors
        self._library: Any = faiss
        self._is_exact = codes is None or not codes.rows.shape[1]
        self._faiss: Any = _flat(faiss, vectors) if codes is None or self._is_exact else scanned(faiss, codes)
        if not self._is_exact:
            self._faiss.implem = _ONE_QUERY
        if (self._faiss.ntotal, self._faiss.d) != vectors.shape:
            raise BadIndexError(
                f"the codes are of {self._faiss.ntotal} vectors of length {self._faiss.d}, expected {vectors.shape}",
                REBUILD,
            )

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, query: Stored, k: int, *, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Scores]:
        """Return the nearest rows, (n,) int64, and their cosines, (n,) float32, best first.

        Args:
            query: (dimension,) unit vector.
            k: How many rows to return; fewer are returned where there are fewer.
            allowed: (rows,) which rows may be returned; all if None.
        """
        point = np.ascontiguousarray(query, dtype=np.float32)
        rows = None if allowed is None else np.flatnonzero(allowed)
        wanted = min(k, len(self) if rows is None else len(rows))  # FAISS pads with -1 beyond that
        if wanted < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if rows is not None and len(rows) <= _COMPARED_DIRECTLY:
            return self._best(rows, point, wanted)
        near = self._search(point, wanted if rows is None else -(-wanted * len(self) // len(rows)))
        if allowed is not None and rows is not None:
            near = near[allowed[near]]
            near = rows if len(near) < wanted else near
        return self._best(near, point, wanted)

    def _search(self, point: Scores, k: int) -> Rows:
        self._library.omp_set_num_threads(1)  # for this thread: a single query cannot be divided among threads
        count = k if self._is_exact else max(k * _RESCORED_PER_ROW, LEAST_RESCORED)
        rows: Rows = self._faiss.search(point[None], min(count, len(self)))[1][0]
        return rows[rows >= 0]

    def _best(self, rows: Rows, point: Scores, k: int) -> tuple[Rows, Scores]:
        """Return the best of some rows by their exact cosines; of equal cosines the lower row comes first."""
        rows = np.sort(rows)
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            run = slice(start, start + _AT_ONCE)
            scores[run] = singles(self._vectors[rows[run]]) @ point
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]


def build_codes(
    vectors: Stored, *, before: SearchCodes | None = None, flat_up_to: int = FLAT_UP_TO
) -> SearchCodes | None:
    """Return codes to search vectors by; equal vectors give equal codes. None where comparing all is fast enough.

    Args:
        vectors: (rows, dimension) unit rows.
        before: The codes of the generation before. Their code book is used again if it still finds enough, unless the
            number of vectors has doubled or halved since it was made.
        flat_up_to: Up to how many rows all are compared.

    Raises:
        BadIndexError: The codes before are damaged.
    """
    import faiss

    return measured_codes(faiss, vectors, before) if needs_codes(*vectors.shape, flat_up_to=flat_up_to) else None


def needs_codes(rows: int, dimension: int, *, flat_up_to: int = FLAT_UP_TO) -> bool:
    """Return whether so many vectors are searched by codes."""
    return rows > flat_up_to and dimension % max(PIECES) == 0


def goes_on(before: SearchCodes | None, count: int, new: int) -> bool:
    """Return whether the codes of the generation before are gone on with; otherwise `build_codes` makes all anew.

    What they find is measured again when a twentieth of the vectors is new since it was measured, and when there are
    twice or half as many vectors. So is what was found to reach no recall.

    Args:
        before: The codes of the generation before.
        count: How many vectors there are now.
        new: How many of them are new.
    """
    return before is not None and may_go_on(before, count, new)


def more_codes(before: SearchCodes, vectors: Stored) -> Bytes:
    """Return the (rows, bytes) codes of further vectors; of no bytes where no code book reaches the recall.

    Raises:
        BadIndexError: The code book is damaged.
    """
    import faiss

    return coded(faiss, before, vectors)


def _flat(faiss: Any, vectors: Stored) -> Any:
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.is_trained = True  # half precision has nothing to learn
    for chunk in chunks(vectors):
        index.add(chunk)
    return index
