"""The calls of one query wait for the server as long as one call may, and count as one of them."""

from __future__ import annotations

import pytest

from index.engines.breaker import FAILURES, OPEN_S, Breaker
from index.engines.query_limit import QueryLimit
from tests.test_breaker import Clock


def call(limit: QueryLimit, clock: Clock, takes: float, timeout_s: float = 0.5) -> float:
    """Wait for a call, and return how long it might have taken."""
    with limit.waiting(timeout_s) as limit_s:
        clock.now += min(takes, limit_s)
    return limit_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_call_of_a_query_may_take_what_the_calls_before_have_left(clock: Clock) -> None:
    limit = QueryLimit(Breaker(clock), clock=clock)
    with limit.query(0.5):
        assert [call(limit, clock, takes) for takes in (0.2, 0.1, 0.9)] == pytest.approx([0.5, 0.3, 0.2])
        with pytest.raises(TimeoutError):
            call(limit, clock, 0.1)
    assert [call(limit, clock, 0.4) for _ in range(3)] == [0.5, 0.5, 0.5]


def test_what_is_computed_between_the_calls_is_not_waited_for(clock: Clock) -> None:
    limit = QueryLimit(Breaker(clock), clock=clock)
    with limit.query(0.5):
        call(limit, clock, 0.25)
        clock.now += 7
        assert call(limit, clock, 0.1, timeout_s=0.4) == pytest.approx(0.25)
        assert call(limit, clock, 0, timeout_s=0.05) == 0.05


def test_a_query_within_another_has_what_that_has_left(clock: Clock) -> None:
    limit = QueryLimit(Breaker(clock), clock=clock)
    with limit.query(0.5):
        with limit.query(5):
            call(limit, clock, 0.4)
        assert call(limit, clock, 0) == pytest.approx(0.1)


def test_queries_that_fail_in_a_row_open_the_breaker_although_their_first_calls_succeed(clock: Clock) -> None:
    limit = QueryLimit(breaker := Breaker(clock), clock=clock)
    for _ in range(FAILURES):
        with limit.query(0.5):
            assert limit.may_ask()
            limit.succeeded()
            assert limit.may_ask()
            limit.failed()
    assert breaker.is_open
    with limit.query(0.5):
        assert not limit.may_ask()


def test_after_a_while_all_calls_of_one_query_are_tried_and_no_other(clock: Clock) -> None:
    limit = QueryLimit(breaker := Breaker(clock), clock=clock)
    for _ in range(FAILURES):
        limit.failed()
    clock.now = OPEN_S
    with limit.query(0.5):
        for _ in range(3):
            assert limit.may_ask()
            limit.succeeded()
        assert breaker.is_open
        assert not breaker.may_ask()
    assert not breaker.is_open


def test_a_query_that_asks_nothing_says_nothing_of_the_server(clock: Clock) -> None:
    limit = QueryLimit(breaker := Breaker(clock), clock=clock)
    for _ in range(FAILURES):
        limit.failed()
    with limit.query(0.5):
        pass
    assert breaker.is_open
