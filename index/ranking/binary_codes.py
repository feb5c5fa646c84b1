"""Word vectors in 38 bytes: the signs of 304 rotated coordinates.

A unit vector is multiplied by a fixed random rotation, and of the first 304 coordinates of the product the signs are
stored. The inner product of these signs with an uncompressed query vector, rotated alike, estimates the cosine. The
length of the 304 coordinates is not stored, because after a random rotation it is nearly the same for all vectors.
No codebook is learned, so a code does not depend on what else is in the index. A hundred words take 3.8 kB.

Source: Charikar, "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002, for the signs of random
projections; Gao, Long, "RaBitQ", SIGMOD 2024, for the rotation and for comparing with an uncompressed query.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors

Codes = npt.NDArray[np.uint8]

BITS = 304  # of 384; nDCG@10 of late interaction on aws-troubleshoot: .793 with 256, .795 with 304, .799 uncompressed
BYTES = BITS // 8
_SEED = 7
_AT_ONCE = 256  # codes unpacked together: 300 kB of float32, which stay in the processor's cache


def compress(vectors: Vectors) -> Codes:
    """Return the (vectors, BYTES) uint8 codes of (vectors, dimension) float32 unit rows."""
    return np.packbits(vectors @ rotation(vectors.shape[1]) > 0, axis=1)


def closest(codes: Codes, lengths: npt.NDArray[np.integer], queries: Vectors) -> npt.NDArray[np.float32]:
    """Return (runs, queries) float32 estimates of the cosine of each query vector and the closest code of each run.

    Args:
        codes: (codes, BYTES) uint8, the runs one after another.
        lengths: (runs,) how many codes each run has; an empty one has minus infinity.
        queries: (queries, dimension) float32 unit rows.
    """
    rotated = queries @ rotation(queries.shape[1])
    products = np.empty((len(queries), len(codes)), dtype=np.float32)  # so that the maxima are taken along a row
    for start in range(0, len(codes), _AT_ONCE):
        run = slice(start, start + _AT_ONCE)
        products[:, run] = rotated @ np.unpackbits(codes[run], axis=1, count=BITS).astype(np.float32).T
    maxima = np.full((len(queries), len(lengths)), -np.inf, dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = (np.cumsum(lengths) - lengths)[filled]
        maxima[:, filled] = np.maximum.reduceat(products, starts, axis=1)
    # subtle: a sign is 2 * bit - 1; multiplying the bits and correcting the maxima saves passes over all products
    estimates = (2 * maxima - rotated.sum(axis=1)[:, None]) * np.float32(_scale(queries.shape[1]))
    return np.ascontiguousarray(estimates.T)


def _scale(dimension: int) -> float:
    """Return the factor from a product with signs to a cosine.

    The expected product of a unit vector with the signs of its BITS coordinates is BITS * sqrt(2 / (pi * dimension)).
    """
    return math.sqrt(math.pi / 2 * max(dimension, BITS)) / BITS


@lru_cache(maxsize=4)
def rotation(dimension: int) -> Vectors:
    """Return the (dimension, BITS) float32 rotation, the same on every machine."""
    normal = np.random.default_rng(_SEED).standard_normal((max(dimension, BITS), BITS))
    directions, triangle = np.linalg.qr(normal)
    directions *= np.sign(np.diag(triangle))  # QR leaves the sign of each column to the library
    return np.ascontiguousarray(directions[:dimension], dtype=np.float32)
