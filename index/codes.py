"""Word vectors in 34 bytes: the signs of 256 rotated coordinates and a scale.

A unit vector is rotated by a fixed random rotation and cut to 256 coordinates; of each the sign is kept, and of the
whole the scale at which the signs come closest to it. The inner product of a query's word, kept in full, with a code is
an estimate of that with the vector. No codebook is learned, so a code does not depend on what else is in the index.

Source: Charikar, "Similarity Estimation Techniques from Rounding Algorithms", STOC 2002, for the signs of random
projections; Gao, Long, "RaBitQ", SIGMOD 2024, for the rotation and for comparing with an uncompressed query.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from index.models.encoder import Vectors

BITS = 256
_SEED = 7
_AT_ONCE = 256  # codes unpacked: a quarter of a megabyte, which stays in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Compressed vectors.

    Attributes:
        signs: (vectors, BITS / 8) uint8, a bit for each coordinate.
        scales: (vectors,) float16.
    """

    signs: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.signs)


def compress(vectors: Vectors) -> Codes:
    """Return the codes of (vectors, dimension) unit rows."""
    rotated = vectors @ rotation(vectors.shape[1])
    lengths = np.abs(rotated).sum(axis=1)
    scales = (rotated * rotated).sum(axis=1) / np.maximum(lengths, 1e-9)
    return Codes(np.packbits(rotated > 0, axis=1), scales.astype(np.float16))


def cosines(codes: Codes, queries: Vectors) -> npt.NDArray[np.float32]:
    """Return (codes, queries) estimates of the cosines with (queries, dimension) unit rows."""
    rotated = np.ascontiguousarray((queries @ rotation(queries.shape[1])).T)
    products = np.empty((len(codes), len(queries)), dtype=np.float32)
    for start in range(0, len(codes), _AT_ONCE):
        run = slice(start, start + _AT_ONCE)
        products[run] = np.unpackbits(codes.signs[run], axis=1, count=BITS).astype(np.float32) @ rotated
    # subtle: the signs are 2 * bits - 1, and the product is taken apart to spare a pass over all of them
    found: npt.NDArray[np.float32] = (2 * products - rotated.sum(axis=0)) * codes.scales.astype(np.float32)[:, None]
    return found


@lru_cache(maxsize=4)
def rotation(dimension: int) -> Vectors:
    """Return the (dimension, BITS) rotation, the same on every machine."""
    normal = np.random.default_rng(_SEED).standard_normal((max(dimension, BITS), BITS))
    directions, triangle = np.linalg.qr(normal)
    directions *= np.sign(np.diag(triangle))  # of the two ways to turn each axis QR leaves the choice to the library
    return np.ascontiguousarray(directions[:dimension], dtype=np.float32)
