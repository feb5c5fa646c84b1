"""After some failures in a row a server is left alone for a second, and one call finds out whether it is back."""

from __future__ import annotations

from dataclasses import dataclass

from index.engines.breaker import FAILURES, OPEN_S, Breaker


@dataclass(slots=True)
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_some_failures_in_a_row() -> None:
    breaker = Breaker(Clock())
    assert [breaker.failed() for _ in range(FAILURES)] == [False, False, True]
    assert not breaker.may_ask()


def test_a_success_between_failures_keeps_it_closed() -> None:
    breaker = Breaker(Clock())
    for _ in range(2 * FAILURES):
        breaker.failed()
        breaker.succeeded()
        assert breaker.may_ask()
    assert not breaker.is_open


def test_after_a_while_one_call_is_tried_and_its_success_closes_it() -> None:
    breaker = Breaker(clock := Clock())
    for _ in range(FAILURES):
        breaker.failed()
    clock.now = OPEN_S
    assert [breaker.may_ask() for _ in range(3)] == [True, False, False]
    breaker.succeeded()
    assert not breaker.is_open
    assert breaker.may_ask()


def test_a_try_that_fails_keeps_it_open_as_long_again() -> None:
    breaker = Breaker(clock := Clock())
    for _ in range(FAILURES):
        breaker.failed()
    clock.now = OPEN_S
    assert breaker.may_ask()
    breaker.failed()
    clock.now = 2 * OPEN_S - 0.01
    assert not breaker.may_ask()
    clock.now = 2 * OPEN_S
    assert breaker.may_ask()
