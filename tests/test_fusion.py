"""Signals are compared with themselves over the candidates, then added: worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.calibration import Calibration, log_shares, probabilities
from index.fusion import Signals, fuse, standardised


def column(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


SIGNALS = Signals(
    whole=column(0.2, 0.4, 0.6),
    window=column(0.5, 0.5, 0.5),
    lexical=column(9.0, 3.0, 0.0),
    late=column(0.1, 0.1, 0.4),
)


def test_a_signal_becomes_standard_deviations_from_its_mean() -> None:
    root = math.sqrt(1.5)
    np.testing.assert_allclose(standardised(column(0.2, 0.4, 0.6)), [-root, 0, root], rtol=1e-4)


def test_a_signal_to_which_all_look_alike_says_nothing() -> None:
    np.testing.assert_array_equal(standardised(column(0.5, 0.5, 0.5)), [0, 0, 0])


def test_one_candidate_or_none_is_no_trouble() -> None:
    np.testing.assert_array_equal(standardised(column(0.7)), [0])
    assert standardised(column()).shape == (0,)


def test_the_score_is_the_weighted_sum_of_how_far_an_entry_stands_out() -> None:
    """whole: (-1.2247, 0, 1.2247); window: 0; lexical, mean 4: (5, -1, -4) / sqrt(14); late: (-1, -1, 2) / sqrt(2)."""
    found = fuse(SIGNALS, {"whole": 1, "window": 5, "lexical": 2, "late": 0.5})
    standing = [
        (-1.2247, 0, 5 / math.sqrt(14), -1 / math.sqrt(2)),
        (0, 0, -1 / math.sqrt(14), -1 / math.sqrt(2)),
        (1.2247, 0, -4 / math.sqrt(14), 2 / math.sqrt(2)),
    ]
    expected = [
        sum(weight * math.exp(0.6 * z) for weight, z in zip((1, 5, 2, 0.5), row, strict=True)) for row in standing
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_shares_are_logarithms_that_add_up_to_one() -> None:
    shares = log_shares(column(2.0, 1.0, 1.0))
    np.testing.assert_allclose(shares[0], math.log(math.e / (math.e + 2)), rtol=1e-5)
    np.testing.assert_allclose(np.exp(shares).sum(), 1, rtol=1e-5)


def test_a_hopeless_share_is_one_in_a_million() -> None:
    np.testing.assert_allclose(log_shares(column(90.0, 0.0)), [0, math.log(1e-6)], rtol=1e-5)


def test_a_probability_is_the_logistic_of_closeness_and_share() -> None:
    only = Calibration(whole=2, window=0, title=0, late=0, coverage=0, share=1, bias=-1)
    found = probabilities(SIGNALS, column(0, 0, 0), column(0, 0, 0), column(0, 0, 0), only)
    expected = [1 / (1 + math.exp(-(2 * whole + math.log(1 / 3) - 1))) for whole in (0.2, 0.4, 0.6)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=20))
@pytest.mark.filterwarnings("ignore:overflow")
def test_a_higher_score_is_never_less_probable_where_all_else_is_equal(scores: list[float]) -> None:
    same = np.full(len(scores), 0.5, dtype=np.float32)
    given_scores = np.array(scores, dtype=np.float32)
    found = probabilities(Signals(same, same, same, same), same, same, given_scores)
    order = np.argsort(given_scores, kind="stable")
    assert (np.diff(found[order]) >= -1e-6).all()
