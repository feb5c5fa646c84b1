"""The measures agree with ir_measures and with examples worked by hand."""

from __future__ import annotations

import math
import random

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, Success, nDCG

from index.evaluation.measures import (
    MEASURES,
    auroc,
    calibration_error,
    calibration_error_by_chance,
    interval,
    ndcg,
    recall,
    reciprocal_rank,
    success,
    threshold_at,
)

GAINS = {grade: 2**grade - 1 for grade in range(4)}
THEIRS = {
    "nDCG@10": nDCG(gains=GAINS) @ 10,
    "RR@10": RR @ 10,
    "success@1": Success @ 1,
    "success@5": Success @ 5,
    "recall@50": R @ 50,
}
SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.7, 1.0]), min_size=1, max_size=30)


def random_run(seed: int) -> tuple[dict[str, list[str]], dict[str, dict[str, int]]]:
    """Return 40 queries' rankings of up to 80 of 100 entries, and grades 0 to 3 for some of the 100."""
    draw = random.Random(seed)
    entries = [f"e{number}" for number in range(100)]
    queries = [f"q{number}" for number in range(40)]
    rankings = {query: draw.sample(entries, draw.randint(1, 80)) for query in queries}
    qrels = {query: {each: draw.randint(0, 3) for each in draw.sample(entries, 12)} for query in queries}
    return rankings, {query: grades | {draw.choice(entries): 1} for query, grades in qrels.items()}


@pytest.mark.parametrize("name", list(MEASURES))
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_measure_agrees_with_ir_measures_query_by_query(seed: int, name: str) -> None:
    rankings, qrels = random_run(seed)
    run = {query: {each: -float(rank) for rank, each in enumerate(ranking)} for query, ranking in rankings.items()}
    theirs = {each.query_id: each.value for each in ir_measures.iter_calc([THEIRS[name]], qrels, run)}
    ours = {query: MEASURES[name](rankings[query], qrels[query]) for query in rankings}
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_ndcg_with_grades_worked_by_hand() -> None:
    grades = {"a": 2, "b": 1, "c": 2}
    gained = 1 / 1 + 0 / math.log2(3) + 3 / 2  # b, x, a: 2^1 - 1 at rank 1, nothing at 2, 2^2 - 1 at 3
    best = 3 / 1 + 3 / math.log2(3) + 1 / 2  # a, c, b
    assert ndcg(["b", "x", "a", "c"], grades, 3) == pytest.approx(gained / best)
    assert ndcg(["a", "c", "b"], grades, 3) == 1.0
    assert ndcg(["x", "y"], grades, 3) == 0.0


def test_measures_of_one_ranking_worked_by_hand() -> None:
    ranking, grades = ["x", "a", "y", "b"], {"a": 1, "b": 2, "c": 1, "x": 0}
    assert reciprocal_rank(ranking, grades, 10) == 1 / 2
    assert reciprocal_rank(ranking, grades, 1) == 0.0
    assert [success(ranking, grades, k) for k in (1, 2)] == [0.0, 1.0]
    assert [recall(ranking, grades, k) for k in (1, 2, 4)] == [0.0, 1 / 3, 2 / 3]


def test_without_a_right_entry_every_measure_is_zero() -> None:
    assert {name: measure(["a"], {"a": 0}) for name, measure in MEASURES.items()} == dict.fromkeys(MEASURES, 0.0)
    assert {name: measure([], {"a": 1}) for name, measure in MEASURES.items()} == dict.fromkeys(MEASURES, 0.0)


@pytest.mark.parametrize(
    ("answerable", "unanswerable", "expected"),
    [
        ([2, 3], [0, 1], 1.0),
        ([0, 1], [2, 3], 0.0),
        ([1, 3], [0, 2], 0.75),
        ([1, 1], [1, 1, 1], 0.5),
        ([1, 2], [1, 0], 0.875),  # three pairs won, one tied
    ],
)
def test_auroc_worked_by_hand(answerable: list[float], unanswerable: list[float], expected: float) -> None:
    assert auroc(answerable, unanswerable) == expected


@given(SCORES, SCORES)
def test_auroc_is_the_share_of_pairs_won_with_ties_counted_half(first: list[float], second: list[float]) -> None:
    won = sum((high > low) + (high == low) / 2 for high in first for low in second)
    assert auroc(first, second) == pytest.approx(won / (len(first) * len(second)))


def test_auroc_without_queries_of_both_kinds_is_not_a_number() -> None:
    assert math.isnan(auroc([], [1.0]))
    assert math.isnan(auroc([1.0], []))


def test_the_interval_of_equal_values_is_that_value() -> None:
    assert interval([0.5] * 10) == (0.5, 0.5)


def test_the_interval_of_a_coin_is_that_of_the_binomial() -> None:
    low, high = interval([0.0, 1.0] * 200)
    half = 1.96 * math.sqrt(0.25 / 400)
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.01)
    assert interval([0.0, 1.0] * 200) == (low, high)


def test_the_interval_of_no_values_is_not_a_number() -> None:
    assert all(map(math.isnan, interval([])))


def test_a_threshold_worked_by_hand() -> None:
    scores = [0.1, 0.2, 0.3, 0.4]
    assert threshold_at(scores, 0.25) == math.nextafter(0.3, 1)
    assert threshold_at(scores, 0.0) == math.nextafter(0.4, 1)
    assert threshold_at([0.5, 0.5, 0.1], 0.4) == math.nextafter(0.5, 1)
    assert threshold_at(scores, 1.0) == -math.inf
    assert threshold_at([], 0.05) == -math.inf


@given(SCORES, st.integers(0, 100).map(lambda percent: percent / 100))
def test_a_threshold_lets_at_most_that_share_through_and_a_lower_one_more(scores: list[float], share: float) -> None:
    threshold = threshold_at(scores, share)
    assert sum(score >= threshold for score in scores) <= share * len(scores) + 1e-9
    if threshold > -math.inf:
        lower = math.nextafter(threshold, -math.inf)
        assert sum(score >= lower for score in scores) > share * len(scores) + 1e-9


def test_a_share_that_no_float_equals_is_rounded_correctly() -> None:
    assert sum(score >= threshold_at(range(100), 0.29) for score in range(100)) == 29


def test_calibration_error_worked_by_hand() -> None:
    probabilities, right = [0.1, 0.3, 0.8, 1.0], [False, True, True, True]
    assert calibration_error(probabilities, right, bins=2) == pytest.approx((abs(0.2 - 0.5) + abs(0.9 - 1.0)) / 2)
    assert calibration_error(probabilities, right, bins=1) == pytest.approx(abs(0.55 - 0.75))
    assert calibration_error([0.0, 1.0], [False, True]) == 0.0
    assert calibration_error([], []) == 0.0


def test_the_calibration_error_that_chance_alone_makes() -> None:
    """One query at .5 is .5 off, right or wrong; a thousand of them, in bins of 67, are off by sqrt(2 / pi) * .061."""
    assert calibration_error_by_chance([0.5]) == pytest.approx(0.5)
    assert calibration_error_by_chance([0.0, 1.0, 1.0]) == 0.0
    assert calibration_error_by_chance([0.5] * 1000) == pytest.approx(0.0488, abs=0.002)


def test_calibration_error_does_not_depend_on_the_order_of_the_queries() -> None:
    probabilities, right = [0.9, 0.2, 0.6, 0.4], [True, False, False, True]
    assert calibration_error(probabilities, right, bins=2) == pytest.approx(
        calibration_error(probabilities[::-1], right[::-1], bins=2)
    )
