"""Half precision becomes single precision as numpy has it, number by number."""

from __future__ import annotations

import numpy as np

from index.ranking.half_precision import singles


def test_every_finite_half_has_the_value_that_numpy_gives_it() -> None:
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    assert len(halves) == 63_488
    found = singles(halves)
    assert found.dtype == np.float32
    assert np.array_equal(found.view(np.uint32), halves.astype(np.float32).view(np.uint32))  # -0.0 apart from 0.0


def test_rows_keep_their_shape_and_what_is_given_stays_as_it_is() -> None:
    halves = np.array([[0.5, -0.25, 2.0], [1e-7, 65504, -1]], dtype=np.float16)
    before = halves.copy()
    assert singles(halves[:, ::2]).tolist() == halves[:, ::2].astype(float).tolist()
    assert np.array_equal(halves, before)


def test_single_precision_stays() -> None:
    assert singles(np.array([0.1], dtype=np.float32)).tolist() == [np.float32(0.1)]
