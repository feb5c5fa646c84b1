"""Lends items to threads in the order of asking."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Lends each item to one thread at a time, in the order in which the threads asked.

    `queue.Queue` does not keep that order: a thread that puts an item back and asks again gets it before a waiting
    thread has woken up. Of 50 threads that shared two items so, 46 got none for six seconds.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[T] = []
        self._waiting: deque[Future[T]] = deque()

    def get(self, *, timeout_s: float, on_timeout: Callable[[], None]) -> T:
        """Return an item that no other thread holds; it is the caller's until it is put back.

        Args:
            timeout_s: How long to wait before `on_timeout` is called.
            on_timeout: Called once, by the waiting thread, which then goes on waiting; may put items.
        """
        turn: Future[T] = Future()
        with self._lock:
            if self._free:
                return self._free.pop()
            self._waiting.append(turn)
        try:
            try:
                return turn.result(timeout_s)
            except TimeoutError:
                on_timeout()
            return turn.result()
        except BaseException:
            if not turn.cancel():  # an item has come meanwhile
                self.put(turn.result())
            raise

    def put(self, item: T) -> None:
        """Give an item to the thread that has waited longest, or keep it for the next one that asks."""
        with self._lock:
            while self._waiting:
                turn = self._waiting.popleft()
                if turn.set_running_or_notify_cancel():
                    turn.set_result(item)
                    return
            self._free.append(item)
