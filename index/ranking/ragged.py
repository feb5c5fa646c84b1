"""Rows of several ranges at once, for arrays that hold runs of different lengths one after another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def ranges(starts: npt.NDArray[np.integer], lengths: npt.NDArray[np.integer]) -> Rows:
    """Return the rows of all ranges in order.

    >>> ranges(np.array([10, 3]), np.array([2, 3]))
    array([10, 11,  3,  4,  5])
    """
    shifts = np.asarray(starts, dtype=np.int64) - (np.cumsum(lengths, dtype=np.int64) - lengths)
    return np.arange(int(np.sum(lengths)), dtype=np.int64) + np.repeat(shifts, lengths)


def best_of_runs(values: npt.NDArray[np.float32], lengths: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Return the largest value of each run, column by column; minus infinity for an empty run.

    Args:
        values: (rows, ...) the runs one after another.
        lengths: How many rows each run has.
    """
    found = np.full((len(lengths), *values.shape[1:]), -np.inf, dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = (np.cumsum(lengths) - lengths)[filled]
        found[filled] = np.maximum.reduceat(values, starts, axis=0)
    return found
