"""Who came first has the first turn, and a wait that lasts is told of once."""

from __future__ import annotations

import threading
import time

import pytest

from assistant.answering.turns import Turns

SOON_S, LONG_S = 0.02, 30.0


def never() -> None:
    raise AssertionError("nobody had to wait so long")


def test_what_is_free_is_had_at_once_the_last_one_first() -> None:
    turns: Turns[str] = Turns()
    for thing in ("one", "two"):
        turns.offer(thing)
    assert [turns.take(patience_s=LONG_S, when_it_lasts=never) for _ in range(2)] == ["two", "one"]


def test_those_who_wait_are_served_in_the_order_of_asking() -> None:
    turns: Turns[int] = Turns()
    asked: list[int] = []
    served: list[tuple[int, int]] = []

    def wait(taker: int) -> None:
        served.append((taker, turns.take(patience_s=SOON_S, when_it_lasts=lambda: asked.append(taker))))

    threads = [threading.Thread(target=wait, args=(taker,)) for taker in range(4)]
    for taker, thread in enumerate(threads):
        thread.start()
        while len(asked) <= taker:  # it waits now, and says so
            time.sleep(0.001)
    for thing, thread in enumerate(threads):
        turns.offer(thing)
        thread.join(LONG_S)
    assert served == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert asked == [0, 1, 2, 3]


@pytest.mark.parametrize("offered", [[], ["early"]])
def test_one_who_gives_up_leaves_the_turn_to_the_next(offered: list[str]) -> None:
    turns: Turns[str] = Turns()

    def fail() -> None:
        for thing in offered:
            turns.offer(thing)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        turns.take(patience_s=SOON_S, when_it_lasts=fail)
    turns.offer("late")
    assert turns.take(patience_s=LONG_S, when_it_lasts=never) == "late"
    for thing in offered:
        assert turns.take(patience_s=LONG_S, when_it_lasts=never) == thing


def test_what_is_offered_when_it_lasts_ends_the_wait() -> None:
    turns: Turns[str] = Turns()
    assert turns.take(patience_s=SOON_S, when_it_lasts=lambda: turns.offer("help")) == "help"
