"""Word vectors in 38 bytes: the signs of 304 rotated coordinates.

A unit vector is rotated by a fixed random rotation and cut to 304 coordinates, of which the signs are kept. The inner
product of a query's word, kept in full, with the signs is an estimate of that with the vector; how long the cut vector
was is left out, for after the rotation all are nearly alike. No codebook is learned, so a code does not depend on what
else is in the index. With as many bits an entry of a hundred words stays below 4 kB.

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
_AT_ONCE = 256  # codes unpacked: a quarter of a megabyte, which stays in the processor's cache


def compress(vectors: Vectors) -> Codes:
    """Return the (vectors, BYTES) codes of (vectors, dimension) unit rows."""
    return np.packbits(vectors @ rotation(vectors.shape[1]) > 0, axis=1)


def cosines(codes: Codes, queries: Vectors) -> npt.NDArray[np.float32]:
    """Return (codes, queries) estimates of the cosines with (queries, dimension) unit rows."""
    rotated = np.ascontiguousarray((queries @ rotation(queries.shape[1])).T)
    products = np.empty((len(codes), len(queries)), dtype=np.float32)
    for start in range(0, len(codes), _AT_ONCE):
        run = slice(start, start + _AT_ONCE)
        products[run] = np.unpackbits(codes[run], axis=1, count=BITS).astype(np.float32) @ rotated
    # subtle: the signs are 2 * bits - 1, and the product is taken apart to spare a pass over all of them
    found: npt.NDArray[np.float32] = (2 * products - rotated.sum(axis=0)) * np.float32(_scale(queries.shape[1]))
    return found


def _scale(dimension: int) -> float:
    """Return by what a product with signs falls short: the root of 2 over pi from the signs, the rest from the cut."""
    return math.sqrt(math.pi / 2 * max(dimension, BITS)) / BITS


@lru_cache(maxsize=4)
def rotation(dimension: int) -> Vectors:
    """Return the (dimension, BITS) rotation, the same on every machine."""
    normal = np.random.default_rng(_SEED).standard_normal((max(dimension, BITS), BITS))
    directions, triangle = np.linalg.qr(normal)
    directions *= np.sign(np.diag(triangle))  # of the two ways to turn each axis QR leaves the choice to the library
    return np.ascontiguousarray(directions[:dimension], dtype=np.float32)
