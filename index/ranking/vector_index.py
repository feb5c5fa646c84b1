"""Nearest vectors by inner product, which for unit vectors is the cosine. The only module that imports FAISS.

Up to `FLAT_UP_TO` rows every row is compared exactly. Above that, every row is first compared by a short code (FAISS's
product quantizer with 4 bits a piece, scanned in registers), and the best of these exactly. How short the codes may be
is measured by the build: they have to find `RECALL` of the ten rows that an exact search finds.

Codes were preferred to an inverted file (IVF) by measurement: on 335,000 passages, IVF1024 with 128 probes found .95 of
the ten nearest rows; these codes find .998 of them in less time and with a third of the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, BadIndexError

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Stored = npt.NDArray[np.float16] | npt.NDArray[np.float32]
SearchCodes = npt.NDArray[np.uint8]

FLAT_UP_TO = 50_000  # rows; some 5 ms a query on one core
RECALL = 0.99  # of the ten nearest
_PIECES = (4, 2)  # how many coordinates share 4 bits: codes of 48 or 96 bytes for 384 coordinates
_LEAST_RESCORED = 400  # so many rows of the codes' order are compared exactly, at least
_RESCORED_PER_ROW = 2  # and so many for each row that is asked for
_SAMPLES = 256  # rows that recall is measured with
_TRAINING_ROWS = 20_000
_AT_ONCE = 1 << 16  # rows
_FAISS_BYTE_LIMIT = 1 << 34  # of one array that FAISS reads: 170 million rows of 96 bytes
_FAISS_LOOP_LIMIT = 1 << 20  # of the parts of what FAISS reads
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
        self._is_exact = codes is None
        self._faiss: Any = _flat(faiss, vectors) if codes is None else _read(faiss, codes)
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
        count = k if self._is_exact else max(k * _RESCORED_PER_ROW, _LEAST_RESCORED)
        rows: Rows = self._faiss.search(point[None], min(count, len(self)))[1][0]
        return rows[rows >= 0]

    def _best(self, rows: Rows, point: Scores, k: int) -> tuple[Rows, Scores]:
        """Return the best of some rows by their exact cosines; of equal cosines the lower row comes first."""
        rows = np.sort(rows)
        scores = np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            run = slice(start, start + _AT_ONCE)
            scores[run] = self._vectors[rows[run]].astype(np.float32) @ point
        order = np.argsort(-scores, kind="stable")[:k]
        return rows[order], scores[order]


def build_codes(
    vectors: Stored, *, previous: SearchCodes | None = None, flat_up_to: int = FLAT_UP_TO
) -> SearchCodes | None:
    """Return codes to search vectors by, (bytes,) uint8; equal vectors give equal codes.

    None is returned where comparing all vectors is fast enough, and where no codes reach the recall.

    Args:
        vectors: (rows, dimension) unit rows.
        previous: The codes of the generation before. Their code book is used again, unless the number of vectors has
            doubled or halved since.
        flat_up_to: Up to how many rows all are compared.

    Raises:
        BadIndexError: `previous` is damaged.
    """
    import faiss

    if len(vectors) <= flat_up_to or vectors.shape[1] % max(_PIECES):
        return None
    queries = np.ascontiguousarray(_spread(vectors, _SAMPLES), dtype=np.float32)
    exact = _exact(vectors, queries, 11)[:, 1:]  # without the row itself
    for index in _trained_indexes(faiss, vectors, previous):
        for chunk in _chunks(vectors):
            index.add(chunk)
        _, approximate = index.search(queries, _LEAST_RESCORED)
        if np.mean([np.isin(*pair).mean() for pair in zip(exact, approximate, strict=True)]) >= RECALL:
            codes: SearchCodes = faiss.serialize_index(index)
            return codes
    return None


def _trained_indexes(faiss: Any, vectors: Stored, previous: SearchCodes | None) -> Iterator[Any]:
    """Yield trained FAISS indexes without rows, the one with the shortest codes first."""
    if previous is not None:
        index = _read(faiss, previous)
        if index.d == vectors.shape[1] and 0.5 < len(vectors) / index.ntotal < 2:
            index.reset()
            yield index
    sample = np.ascontiguousarray(_spread(vectors, _TRAINING_ROWS), dtype=np.float32)
    for coordinates in _PIECES:
        dimension = vectors.shape[1]
        index = faiss.IndexPQFastScan(dimension, dimension // coordinates, 4, faiss.METRIC_INNER_PRODUCT)
        index.train(sample)
        yield index


def _read(faiss: Any, codes: SearchCodes) -> Any:
    """Return the FAISS index of codes whose SHA-256 has been verified; FAISS may allocate no more than the limits."""
    faiss.set_deserialization_vector_byte_limit(_FAISS_BYTE_LIMIT)
    faiss.set_deserialization_loop_limit(_FAISS_LOOP_LIMIT)
    try:
        return faiss.deserialize_index(np.asarray(codes))
    except RuntimeError as error:
        raise BadIndexError(f"the search codes are damaged ({error})", REBUILD) from error


def _flat(faiss: Any, vectors: Stored) -> Any:
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.is_trained = True  # half precision has nothing to learn
    for chunk in _chunks(vectors):
        index.add(chunk)
    return index


def _exact(vectors: Stored, queries: Scores, k: int) -> Rows:
    """Return the (queries, k) int64 nearest rows, best first, by comparing all."""
    rows = np.empty((len(queries), 0), dtype=np.int64)
    scores = np.empty((len(queries), 0), dtype=np.float32)
    start = 0
    for chunk in _chunks(vectors):
        own = queries @ chunk.T
        best = np.argpartition(-own, min(k, own.shape[1]) - 1, axis=1)[:, :k]
        rows = np.concatenate([rows, best + start], axis=1)
        scores = np.concatenate([scores, np.take_along_axis(own, best, axis=1)], axis=1)
        start += len(chunk)
    return np.take_along_axis(rows, np.argsort(-scores, axis=1, kind="stable")[:, :k], axis=1)


def _spread(vectors: Stored, count: int) -> Stored:
    return vectors[np.unique(np.linspace(0, len(vectors) - 1, min(count, len(vectors))).astype(np.int64))]


def _chunks(vectors: Stored) -> Iterator[Scores]:
    for start in range(0, len(vectors), _AT_ONCE):
        yield np.ascontiguousarray(vectors[start : start + _AT_ONCE], dtype=np.float32)
