"""Arrays that hold runs of different lengths one after another: rows of several runs, and the maximum of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Runs of different lengths, one after another.

    Attributes:
        values: (rows, ...) of all runs.
        starts: (runs + 1,) int64, where each begins, and where the last one ends.
    """

    values: npt.NDArray[Any]
    starts: npt.NDArray[np.int64]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """(runs,) int64."""
        return np.diff(self.starts)

    def chosen(self, runs: npt.NDArray[np.int64]) -> Runs:
        """Return some of the runs, in the order given."""
        lengths = self.lengths[runs]
        return Runs(self.values[ranges(self.starts[runs], lengths)], _starts(lengths))

    def with_inserted(self, at: npt.NDArray[np.int64], others: Runs) -> Runs:
        """Return these runs and others, each of which is put before the run `at`, as `numpy.insert` does."""
        lengths = np.insert(self.lengths, at, others.lengths)
        begin = np.insert(self.starts[:-1], at, others.starts[:-1] + len(self.values))
        return Runs(np.concatenate([self.values, others.values])[ranges(begin, lengths)], _starts(lengths))


def _starts(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.append(0, np.cumsum(lengths)).astype(np.int64)
