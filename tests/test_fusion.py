"""The score is the weighted sum of z-scores, and a probability the product of two factors: worked by hand."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.calibration import Calibration, Evidence, probabilities, softmax
from index.ranking.fusion import Signals, fuse, signal_z_scores, z_scores


def column(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


SIGNALS = Signals(
    whole=column(0.2, 0.4, 0.6),
    window=column(0.5, 0.5, 0.5),
    lexical=column(9.0, 3.0, 0.0),
    late=column(0.1, 0.1, 0.4),
)


def test_a_z_score_counts_standard_deviations_from_the_mean() -> None:
    root = math.sqrt(1.5)
    np.testing.assert_allclose(z_scores(column(0.2, 0.4, 0.6)), [-root, 0, root], rtol=1e-4)


def test_equal_values_have_z_scores_of_zero() -> None:
    np.testing.assert_array_equal(z_scores(column(0.5, 0.5, 0.5)), [0, 0, 0])


def test_one_candidate_has_a_z_score_of_zero_and_none_has_none() -> None:
    np.testing.assert_array_equal(z_scores(column(0.7)), [0])
    assert z_scores(column()).shape == (0,)


def test_the_score_is_the_weighted_sum_of_z_scores() -> None:
    """whole: (-1.2247, 0, 1.2247); window: 0; lexical, mean 4: (5, -1, -4) / sqrt(14); late: (-1, -1, 2) / sqrt(2)."""
    scores = fuse(SIGNALS, {"whole": 1, "window": 5, "lexical": 2, "late": 0.5})
    root = math.sqrt(2)
    expected = [
        -1.2247 + 2 * 5 / math.sqrt(14) - 0.5 / root,
        -2 / math.sqrt(14) - 0.5 / root,
        1.2247 - 2 * 4 / math.sqrt(14) + 0.5 * 2 / root,
    ]
    np.testing.assert_allclose(scores, expected, rtol=1e-3)


def test_two_candidates_that_hardly_differ_have_small_z_scores() -> None:
    """0.0005 from the mean against 0.04, and 0.05 against a tenth of 10: without the floors both would be 1."""
    close = Signals(column(0.5, 0.501), column(0, 0), column(9.95, 10.05), column(0, 0))
    np.testing.assert_allclose(signal_z_scores(close, "whole"), [-0.0125, 0.0125], rtol=1e-2)
    np.testing.assert_allclose(signal_z_scores(close, "lexical"), [-0.05, 0.05], rtol=1e-2)


def test_the_softmax_worked_by_hand() -> None:
    np.testing.assert_allclose(softmax(column(2.0, 1.0, 1.0), 1), np.array([math.e, 1, 1]) / (math.e + 2), rtol=1e-5)
    assert softmax(column()).shape == (0,)


def test_the_softmax_of_very_different_scores_does_not_overflow() -> None:
    np.testing.assert_allclose(softmax(column(900.0, 0.0)), [1, 0])


def evenly(closeness: float, count: int) -> Evidence:
    """Candidates that are all as close to a query of eight words, and no nearer to a common trouble."""
    same = np.full(count, closeness, dtype=np.float32)
    return Evidence(window=same, late=same, coverage=same, background=np.full(count, 0.4, np.float32), words=8)


def test_a_query_near_a_common_trouble_is_less_probably_answered_and_a_long_one_more() -> None:
    flat = column(0.5)
    near, far = (Evidence(flat, flat, flat, column(each), words=8) for each in (0.7, 0.3))
    assert probabilities(near, column(1))[0] < probabilities(far, column(1))[0]
    short, long = (Evidence(flat, flat, flat, flat, words=each) for each in (2, 60))
    assert probabilities(short, column(1))[0] < probabilities(long, column(1))[0]


def test_a_probability_is_the_logistic_function_times_the_softmax() -> None:
    only = Calibration(window=2, late=0, coverage=1, background=-3, length=1 / math.log(4), bias=-1, steepness=1)
    flat, windows = column(0.5, 0.5, 0.5), column(0.2, 0.4, 0.6)
    evidence = Evidence(window=windows, late=flat, coverage=flat, background=column(0.1, 0.1, 0.2), words=3)
    chances = probabilities(evidence, column(1, 0, 0), only)
    logits = [
        2 * window + 0.5 - 3 * near + 1 - 1 for window, near in zip((0.2, 0.4, 0.6), (0.1, 0.1, 0.2), strict=True)
    ]
    is_answered = [1 / (1 + math.exp(-logit)) for logit in logits]
    np.testing.assert_allclose(chances, np.array(is_answered) * [math.e, 1, 1] / (math.e + 2), rtol=1e-5)


def test_a_close_entry_is_probable_and_a_distant_one_is_not_even_if_it_is_by_far_the_best() -> None:
    """For the default encoder a cosine of 0.7 is close, and one of 0.3 is not."""
    for closeness, low, high in ((0.7, 0.95, 1), (0.3, 0, 0.25)):
        first, second = probabilities(evenly(closeness, 2), column(9, 0))
        assert low < first < high
        assert second < 1e-4


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=20))
def test_a_higher_score_is_never_less_probable_where_all_else_is_equal(scores: list[float]) -> None:
    given_scores = np.array(scores, dtype=np.float32)
    chances = probabilities(evenly(0.5, len(scores)), given_scores)
    order = np.argsort(given_scores, kind="stable")
    assert (np.diff(chances[order]) >= -1e-6).all()
