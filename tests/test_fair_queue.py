"""A queue that lends items to threads in the order of asking."""

from __future__ import annotations

import threading
import time
from collections import Counter

import pytest

from assistant.answering.fair_queue import FairQueue

SHORT_S, LONG_S = 0.02, 30.0


def fail() -> None:
    raise AssertionError("no thread has to wait for so long")


def test_a_free_item_is_returned_at_once_the_last_one_first() -> None:
    queue: FairQueue[str] = FairQueue()
    for item in ("one", "two"):
        queue.put(item)
    assert [queue.get(timeout_s=60, on_timeout=fail) for _ in range(2)] == ["two", "one"]


def test_waiting_threads_are_served_in_the_order_of_asking() -> None:
    queue: FairQueue[int] = FairQueue()
    waiting: list[int] = []
    served: list[tuple[int, int]] = []

    def get(number: int) -> None:
        served.append((number, queue.get(timeout_s=SHORT_S, on_timeout=lambda: waiting.append(number))))

    threads = [threading.Thread(target=get, args=(number,)) for number in range(4)]
    for number, thread in enumerate(threads):
        thread.start()
        while len(waiting) <= number:
            time.sleep(0.001)
    for item, thread in enumerate(threads):
        queue.put(item)
        thread.join(LONG_S)
    assert served == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert waiting == [0, 1, 2, 3]


def test_of_many_threads_that_ask_again_and_again_each_has_its_share() -> None:
    """With `queue.Queue` the thread that puts an item back gets it again, and most of the others get none."""
    queue: FairQueue[int] = FairQueue()
    for item in range(2):
        queue.put(item)
    served = Counter[int]()
    end = time.monotonic() + 1

    def ask_again_and_again(number: int) -> None:
        while time.monotonic() < end:
            item = queue.get(timeout_s=SHORT_S, on_timeout=lambda: None)
            served[number] += 1
            time.sleep(0.002)
            queue.put(item)

    threads = [threading.Thread(target=ask_again_and_again, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG_S)
    assert len(served) == 20
    assert min(served.values()) > max(served.values()) / 2


@pytest.mark.parametrize("put_before", [[], ["early"]])
def test_the_item_of_a_thread_that_fails_goes_to_the_next(put_before: list[str]) -> None:
    queue: FairQueue[str] = FairQueue()

    def put_and_raise() -> None:
        for item in put_before:
            queue.put(item)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        queue.get(timeout_s=SHORT_S, on_timeout=put_and_raise)
    queue.put("late")
    assert queue.get(timeout_s=60, on_timeout=fail) == "late"
    for item in put_before:
        assert queue.get(timeout_s=60, on_timeout=fail) == item


def test_an_item_put_at_the_timeout_ends_the_wait() -> None:
    queue: FairQueue[str] = FairQueue()
    assert queue.get(timeout_s=SHORT_S, on_timeout=lambda: queue.put("item")) == "item"


def test_quick_ones_come_first_but_only_every_other_time() -> None:
    queue: FairQueue[int] = FairQueue()
    order: list[str] = []

    def borrow(name: str, *, is_quick: bool) -> None:
        queue.get(timeout_s=60, on_timeout=lambda: None, is_quick=is_quick)
        order.append(name)

    threads = []
    for name in ("paste 1", "paste 2", "search 1", "search 2", "search 3"):
        thread = threading.Thread(target=borrow, args=(name,), kwargs={"is_quick": name.startswith("search")})
        thread.start()
        time.sleep(0.02)  # they ask in this order
        threads.append(thread)
    for number in range(5):
        queue.put(number)
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == ["search 1", "paste 1", "search 2", "paste 2", "search 3"]


def test_an_item_for_quick_ones_is_lent_to_others_once_the_queue_is_opened_up() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("own", only_quick=True)
    lent: list[str] = []
    other = threading.Thread(target=lambda: lent.append(queue.get(timeout_s=LONG_S, on_timeout=fail)))
    other.start()
    time.sleep(0.05)
    assert lent == []
    assert queue.get(timeout_s=LONG_S, on_timeout=fail, is_quick=True) == "own"
    queue.put("own", only_quick=True)
    queue.open_up()
    other.join(LONG_S)
    assert lent == ["own"]
