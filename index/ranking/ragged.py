"""Arrays that hold runs of different lengths one after another: rows of several runs, and the maximum of each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]


def ranges(starts: npt.NDArray[np.integer], lengths: npt.NDArray[np.integer]) -> Rows:
    """Return the rows of several ranges, one after another, as (rows,) int64.

    >>> ranges(np.array([10, 3]), np.array([2, 3]))
    array([10, 11,  3,  4,  5])
    """
    shifts = np.asarray(starts, dtype=np.int64) - (np.cumsum(lengths, dtype=np.int64) - lengths)
    return np.arange(int(np.sum(lengths)), dtype=np.int64) + np.repeat(shifts, lengths)


def run_maxima(values: npt.NDArray[np.float32], lengths: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
    """Return the (runs, ...) maxima of each run, column by column; minus infinity for an empty run.

    Args:
        values: (rows, ...) the runs, one after another.
        lengths: (runs,) how many rows each run has.
    """
    maxima = np.full((len(lengths), *values.shape[1:]), -np.inf, dtype=np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = (np.cumsum(lengths) - lengths)[filled]
        maxima[filled] = np.maximum.reduceat(values, starts, axis=0)
    return maxima
