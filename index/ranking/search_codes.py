"""Short codes for many vectors, by which the nearest are found before they are compared exactly.

A code is a product quantizer's, 4 bits for a few coordinates. It depends on the vector and the code book alone, so that
an edit computes the codes of its own vectors. How short codes may be is measured: they have to find `RECALL` of the ten
rows that an exact search finds, or others that are as near.

FAISS is passed in by `vector_index`, which alone imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, BadIndexError
from index.storage.segments.placed_rows import PlacedRows

Bytes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
Stored = npt.NDArray[np.float16] | npt.NDArray[np.float32] | PlacedRows

RECALL = 0.99  # of the ten nearest
LEAST_RESCORED = 400  # so many rows of the codes' order are compared exactly, at least
BITS = 4
PIECES = (4, 2)  # how many coordinates share 4 bits: codes of 48 or 96 bytes for 384 coordinates
_SAMPLES = 256  # rows that recall is measured with
_NEAREST = 10  # of each of these
_EQUAL = 1e-6  # what differs by less in its cosine is as near
_TRAINING_ROWS = 20_000
_UNMEASURED = 0.05  # of the rows may be new since recall was measured
_AT_ONCE = 1 << 16  # rows
_FAISS_BYTE_LIMIT = 1 << 34  # of one array that FAISS reads: 170 million rows of 96 bytes
_FAISS_LOOP_LIMIT = 1 << 20  # of the parts of what FAISS reads


@dataclass(frozen=True, slots=True, eq=False)
class SearchCodes:
    """A short code for each of many vectors.

    Attributes:
        book: (bytes,) the code book, as FAISS writes it; empty where no book reaches the recall.
        rows: (rows, bytes of a code) the codes; of no bytes where there is no book.
        trained_on: How many rows there were when the book was made, or none was found to do.
        unmeasured: How many rows are new since it was measured what the book finds.
    """

    book: Bytes
    rows: Bytes | PlacedRows
    trained_on: int
    unmeasured: int


def may_go_on(before: SearchCodes, count: int, new: int) -> bool:
    """Return whether a code book may be used on without being measured: see `index.ranking.vector_index.goes_on`."""
    return 0.5 < count / before.trained_on < 2 and before.unmeasured + new <= _UNMEASURED * count


def coded(faiss: Any, before: SearchCodes, vectors: Stored) -> Bytes:
    """Return the (rows, bytes) codes of vectors by a code book; of no bytes where there is none."""
    if not before.rows.shape[1]:
        return np.empty((len(vectors), 0), np.uint8)
    return _encoded(_read(faiss, before.book), vectors)


def measured_codes(faiss: Any, vectors: Stored, before: SearchCodes | None) -> SearchCodes:
    """Return the shortest codes that reach the recall; without any code where none do."""
    if before is not None and not 0.5 < len(vectors) / before.trained_on < 2:
        before = None
    rows = _spread(len(vectors), _SAMPLES)
    queries = np.ascontiguousarray(vectors[rows], dtype=np.float32)
    least = _best_scores(vectors, queries, _NEAREST + 1)[:, -1]  # the nearest of all is the row itself
    for book, trained_on in _trained_books(faiss, vectors, before):
        codes = SearchCodes(book, _encoded(_read(faiss, book), vectors), trained_on, 0)
        _, found = scanned(faiss, codes).search(queries, LEAST_RESCORED)
        if np.mean([_share(vectors, *each) for each in zip(rows, queries, found, least, strict=True)]) >= RECALL:
            return codes
    return SearchCodes(np.empty(0, np.uint8), np.empty((len(vectors), 0), np.uint8), len(vectors), 0)


def _share(vectors: Stored, row: int, query: Scores, found: Rows, least: float) -> float:
    """Return which share of the nearest of a row is among those found: any that are as near as the last of them."""
    others = np.sort(found[(found >= 0) & (found != row)])
    near = vectors[others].astype(np.float32) @ query >= least - _EQUAL
    return min(int(near.sum()), _NEAREST) / _NEAREST


def _trained_books(faiss: Any, vectors: Stored, before: SearchCodes | None) -> Iterator[tuple[Bytes, int]]:
    """Yield code books and how many rows there were when each was made, that with the shortest codes first."""
    if before is not None and before.rows.shape[1]:
        yield before.book, before.trained_on
    sample = np.ascontiguousarray(vectors[_spread(len(vectors), _TRAINING_ROWS)], dtype=np.float32)
    for coordinates in PIECES:
        dimension = vectors.shape[1]
        index = faiss.IndexPQ(dimension, dimension // coordinates, BITS, faiss.METRIC_INNER_PRODUCT)
        index.train(sample)
        yield faiss.serialize_index(index), len(vectors)


def _encoded(index: Any, vectors: Stored) -> Bytes:
    """Return the (rows, bytes) codes of vectors by the book of an index."""
    pieces = [index.sa_encode(chunk) for chunk in chunks(vectors)]
    return np.concatenate([np.empty((0, index.code_size), np.uint8), *pieces])


def scanned(faiss: Any, codes: SearchCodes) -> Any:
    """Return an index that scans codes in registers."""
    index = _read(faiss, codes.book)
    if index.ntotal or codes.rows.shape[1] != index.code_size:
        raise BadIndexError("the search codes are not those of their code book", REBUILD)
    faiss.copy_array_to_vector(np.ascontiguousarray(codes.rows[:]).ravel(), index.codes)
    index.ntotal = len(codes.rows)
    return faiss.IndexPQFastScan(index)


def _read(faiss: Any, book: Bytes) -> Any:
    """Return the FAISS index of a book whose SHA-256 has been verified; FAISS may allocate no more than the limits."""
    faiss.set_deserialization_vector_byte_limit(_FAISS_BYTE_LIMIT)
    faiss.set_deserialization_loop_limit(_FAISS_LOOP_LIMIT)
    try:
        return faiss.deserialize_index(np.asarray(book))
    except RuntimeError as error:
        raise BadIndexError(f"the search codes are damaged ({error})", REBUILD) from error


def _best_scores(vectors: Stored, queries: Scores, k: int) -> Scores:
    """Return the (queries, k) float32 highest inner products, best first, by comparing all."""
    scores = np.empty((len(queries), 0), dtype=np.float32)
    for chunk in chunks(vectors):
        scores = np.concatenate([scores, queries @ chunk.T], axis=1)
        scores = -np.partition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k]
    return -np.sort(-scores, axis=1)


def _spread(rows: int, count: int) -> Rows:
    """Return at most `count` rows, evenly spaced."""
    return np.unique(np.linspace(0, rows - 1, min(count, rows)).astype(np.int64))


def chunks(vectors: Stored) -> Iterator[Scores]:
    """Yield vectors as (rows, dimension) float32, some at a time."""
    for start in range(0, len(vectors), _AT_ONCE):
        yield np.ascontiguousarray(vectors[start : start + _AT_ONCE], dtype=np.float32)
