"""Nearest vectors by inner product, which for unit vectors is the cosine: the one home of FAISS.

Up to `FLAT_UP_TO` rows every row is compared exactly. Beyond that every row is compared by a short code first (FAISS's
product quantizer with 4 bits a piece, scanned in registers), and the best of these exactly. How short the codes may be
is measured when the index is built: `RECALL` of the ten rows that an exact search finds have to be found.

Codes were chosen over cells around centroids (IVF) by measurement: on 335,000 passages IVF1024 found .95 of the ten
nearest when it looked into every eighth cell, these codes find .998 of them in less time and a third of the memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import BadIndexError

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Stored = npt.NDArray[np.float16] | npt.NDArray[np.float32]
SearchCodes = npt.NDArray[np.uint8]

FLAT_UP_TO = 50_000  # rows; some 5 ms a query on one core
RECALL = 0.99  # of the ten nearest
_PIECES = (4, 2)  # how many coordinates share 4 bits: 48 and 96 bytes for 384 coordinates
_LEAST = 400  # rows that are compared exactly at least
_AGAIN = 2  # how many more rows than wanted are compared exactly
_SAMPLES = 256  # rows that recall is measured with
_TRAINING_ROWS = 20_000
_AT_ONCE = 1 << 16
_LARGEST = 1 << 34  # bytes in one piece of what FAISS reads: 170 million rows of 96
_MOST_PARTS = 1 << 20
_FEW = 20_000  # allowed rows up to which they are compared one by one


class VectorIndex:
    """Search over rows of unit vectors; safe to use from several threads.

    Args:
        vectors: (rows, dimension) unit rows, float16 or float32.
        codes: What `build_codes` returned for them, or None.

    Raises:
        BadIndexError: The codes are not those of the vectors.
    """

    def __init__(self, vectors: Stored, codes: SearchCodes | None = None) -> None:
        import faiss

        self._vectors = vectors
        self._library: Any = faiss
        self._is_exact = codes is None
        self._faiss: Any = _flat(faiss, vectors) if codes is None else _read(faiss, codes)
        if (self._faiss.ntotal, self._faiss.d) != vectors.shape:
            raise BadIndexError(
                f"the codes are of {self._faiss.ntotal} vectors of length {self._faiss.d}, expected {vectors.shape}; "
                'run "assistant build"'
            )

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, query: Stored, k: int, *, allowed: npt.NDArray[np.bool_] | None = None) -> tuple[Rows, Scores]:
        """Return the rows nearest to a query and their cosines, best first; at most `k` and at most all rows.

        Args:
            query: (dimension,) unit vector.
            k: How many rows to return.
            allowed: (rows,) which rows may be returned; all if None.
        """
        point = np.ascontiguousarray(query, dtype=np.float32)
        rows = None if allowed is None else np.flatnonzero(allowed)
        wanted = min(k, len(self) if rows is None else len(rows))  # FAISS pads with -1 beyond that
        if wanted < 1:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if rows is not None and len(rows) <= _FEW:
            return self._best(rows, point, wanted)
        found = self._found(point, wanted if rows is None else -(-wanted * len(self) // len(rows)))
        if allowed is not None and rows is not None:
            found = found[allowed[found]]
            found = rows if len(found) < wanted else found
        return self._best(found, point, wanted)

    def _found(self, point: Scores, k: int) -> Rows:
        self._library.omp_set_num_threads(1)  # of this thread: one query gives a team of threads nothing to share
        count = k if self._is_exact else max(k * _AGAIN, _LEAST)
        rows: Rows = self._faiss.search(point[None], min(count, len(self)))[1][0]
        return rows[rows >= 0]

    def _best(self, rows: Rows, point: Scores, k: int) -> tuple[Rows, Scores]:
        """Return the best of some rows by their exact cosines; of equal ones the first row comes first."""
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
    """Give vectors codes to search by, the same for the same vectors; None where comparing all of them is cheap.

    None as well where no codes give the recall. Codes of the generation before lend their code book while there are
    neither twice nor half as many vectors now.

    Args:
        vectors: (rows, dimension) unit rows.
        previous: The codes of the generation before.
        flat_up_to: How many rows are compared one by one.
    """
    import faiss

    if len(vectors) <= flat_up_to or vectors.shape[1] % max(_PIECES):
        return None
    queries = np.ascontiguousarray(_spread(vectors, _SAMPLES), dtype=np.float32)
    exact = _exact(vectors, queries, 11)[:, 1:]  # without the row itself
    for index in _candidates(faiss, vectors, previous):
        for run in _runs(vectors):
            index.add(run)
        _, found = index.search(queries, _LEAST)
        if np.mean([np.isin(*pair).mean() for pair in zip(exact, found, strict=True)]) >= RECALL:
            codes: SearchCodes = faiss.serialize_index(index)
            return codes
    return None


def _candidates(faiss: Any, vectors: Stored, previous: SearchCodes | None) -> Iterator[Any]:
    """Yield trained indexes without rows, the one with the shortest codes first."""
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
    """Make an index of codes whose digest was found right; FAISS takes no number in them for an amount of memory."""
    faiss.set_deserialization_vector_byte_limit(_LARGEST)
    faiss.set_deserialization_loop_limit(_MOST_PARTS)
    try:
        return faiss.deserialize_index(np.asarray(codes))
    except RuntimeError as error:
        raise BadIndexError(f'the search codes are damaged ({error}); run "assistant build"') from error


def _flat(faiss: Any, vectors: Stored) -> Any:
    index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index.is_trained = True  # half precision has nothing to learn
    for run in _runs(vectors):
        index.add(run)
    return index


def _exact(vectors: Stored, queries: Scores, k: int) -> Rows:
    """Return the (queries, k) nearest rows, best first, by comparing all of them."""
    rows = np.empty((len(queries), 0), dtype=np.int64)
    scores = np.empty((len(queries), 0), dtype=np.float32)
    start = 0
    for run in _runs(vectors):
        own = queries @ run.T
        best = np.argpartition(-own, min(k, own.shape[1]) - 1, axis=1)[:, :k]
        rows = np.concatenate([rows, best + start], axis=1)
        scores = np.concatenate([scores, np.take_along_axis(own, best, axis=1)], axis=1)
        start += len(run)
    return np.take_along_axis(rows, np.argsort(-scores, axis=1, kind="stable")[:, :k], axis=1)


def _spread(vectors: Stored, count: int) -> Stored:
    return vectors[np.unique(np.linspace(0, len(vectors) - 1, min(count, len(vectors))).astype(np.int64))]


def _runs(vectors: Stored) -> Iterator[Scores]:
    for start in range(0, len(vectors), _AT_ONCE):
        yield np.ascontiguousarray(vectors[start : start + _AT_ONCE], dtype=np.float32)
