"""Arrays that hold runs of different lengths: rows of several runs, and the maximum of each."""

from __future__ import annotations

import numpy as np

from index.storage.ragged import ranges, run_maxima


def test_the_rows_of_several_runs_in_the_order_given() -> None:
    assert ranges(np.array([10, 3, 7]), np.array([2, 0, 3])).tolist() == [10, 11, 7, 8, 9]


def test_no_runs_have_no_rows() -> None:
    assert ranges(np.array([], dtype=np.int64), np.array([], dtype=np.int64)).tolist() == []


def test_the_maximum_of_each_run_column_by_column() -> None:
    values = np.array([[1, 9], [5, 2], [3, 3]], dtype=np.float32)
    maxima = run_maxima(values, np.array([2, 0, 1]))
    np.testing.assert_array_equal(maxima, [[5, 9], [-np.inf, -np.inf], [3, 3]])
