"""Signals are compared with themselves over the candidates, then added: worked by hand."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.calibration import Calibration, probabilities, shares
from index.ranking.fusion import Signals, fuse, stand_out, standardised


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
    root = math.sqrt(2)
    expected = [
        -1.2247 + 2 * 5 / math.sqrt(14) - 0.5 / root,
        -2 / math.sqrt(14) - 0.5 / root,
        1.2247 - 2 * 4 / math.sqrt(14) + 0.5 * 2 / root,
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-3)


def test_of_two_candidates_a_hair_s_breadth_is_no_standing_out() -> None:
    """0.0005 from the mean against 0.04, and 0.05 against a tenth of 10: without the floors both would be 1."""
    close = Signals(column(0.5, 0.501), column(0, 0), column(9.95, 10.05), column(0, 0))
    np.testing.assert_allclose(stand_out(close, "whole"), [-0.0125, 0.0125], rtol=1e-2)
    np.testing.assert_allclose(stand_out(close, "lexical"), [-0.05, 0.05], rtol=1e-2)


def test_shares_add_up_to_one() -> None:
    np.testing.assert_allclose(shares(column(2.0, 1.0, 1.0), 1), np.array([math.e, 1, 1]) / (math.e + 2), rtol=1e-5)
    assert shares(column()).shape == (0,)


def test_a_hopeless_share_is_no_trouble() -> None:
    np.testing.assert_allclose(shares(column(900.0, 0.0)), [1, 0])


def test_a_probability_is_that_there_is_an_answer_times_that_this_is_it() -> None:
    only = Calibration(whole=2, window=0, late=0, coverage=1, bias=-1, steepness=1)
    found = probabilities(SIGNALS, column(0.5, 0.5, 0.5), column(1, 0, 0), only)
    is_one = [1 / (1 + math.exp(-(2 * whole + 0.5 - 1))) for whole in (0.2, 0.4, 0.6)]
    np.testing.assert_allclose(found, np.array(is_one) * [math.e, 1, 1] / (math.e + 2), rtol=1e-5)


def test_a_close_entry_is_probable_and_a_far_one_is_not_however_it_stands_out() -> None:
    """As figures come from the shipped encoder: 0.7 is close, 0.3 is not."""
    for closeness, low, high in ((0.7, 0.95, 1), (0.3, 0, 0.25)):
        same = np.full(2, closeness, dtype=np.float32)
        first, second = probabilities(Signals(same, same, same, same), same, column(9, 0))
        assert low < first < high
        assert second < 1e-4


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=20))
def test_a_higher_score_is_never_less_probable_where_all_else_is_equal(scores: list[float]) -> None:
    same = np.full(len(scores), 0.5, dtype=np.float32)
    given_scores = np.array(scores, dtype=np.float32)
    found = probabilities(Signals(same, same, same, same), same, given_scores)
    order = np.argsort(given_scores, kind="stable")
    assert (np.diff(found[order]) >= -1e-6).all()
