"""What it costs to be told the wrong thing, worked by hand."""

from __future__ import annotations

import pytest

from index.decision import Decision
from index.evaluation.cost import Told, cost_of

ANSWER, ASK, NONE = Decision.ANSWER, Decision.AMBIGUOUS, Decision.NONE


@pytest.mark.parametrize(
    ("told", "cost"),
    [
        (Told(ANSWER, is_right=True), 0),
        (Told(ASK, is_right=True), 1),
        (Told(NONE, is_right=True), 3),
        (Told(ASK, is_right=False), 4),
        (Told(NONE, is_right=False), 5),
        (Told(ANSWER, is_right=False), 5),
    ],
)
def test_what_a_covered_query_pays(told: Told, cost: int) -> None:
    assert cost_of([told], [Told(NONE, is_right=False)]).covered.mean == cost


@pytest.mark.parametrize(("decision", "cost"), [(NONE, 0), (ASK, 1), (ANSWER, 5)])
def test_what_a_query_without_an_answer_pays(decision: Decision, cost: int) -> None:
    assert cost_of([Told(ANSWER, is_right=True)], [Told(decision, is_right=False)]).not_covered.mean == cost


def test_the_cost_of_a_set_is_the_mean_of_both_means_and_has_its_parts() -> None:
    covered = [
        Told(ANSWER, is_right=True),
        Told(ASK, is_right=True),
        Told(NONE, is_right=True),
        Told(ANSWER, is_right=False),
    ]
    cost = cost_of(covered, [Told(ANSWER, is_right=False), Told(ASK, is_right=False)])
    assert cost.total.mean == ((0 + 1 + 3 + 5) / 4 + (5 + 1) / 2) / 2
    assert (cost.told_none, cost.asked, cost.wrong) == (0.25, 0.25, 0.25)
    assert (cost.answered, cost.asked_in_vain) == (0.5, 0.5)
    assert cost.total.low < cost.total.mean < cost.total.high
