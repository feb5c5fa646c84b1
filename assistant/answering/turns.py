"""Things that one taker can have at a time, handed out in the order of asking."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Who came first has the first turn, so that of many nobody waits much longer than the others; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free: list[T] = []
        self._waiting: deque[Future[T]] = deque()

    def take(self, *, patience_s: float, when_it_lasts: Callable[[], None]) -> T:
        """Return a thing that nobody else has now; it is to be offered again, or not to come back.

        Args:
            patience_s: How many seconds to wait before it is said that it lasts.
            when_it_lasts: Called then, once; may offer something.
        """
        with self._lock:
            if self._free:
                return self._free.pop()
            turn: Future[T] = Future()
            self._waiting.append(turn)
        try:
            return turn.result(patience_s)
        except TimeoutError:
            try:
                when_it_lasts()
            except BaseException:
                self._give_up(turn)
                raise
            return turn.result()

    def _give_up(self, turn: Future[T]) -> None:
        """Wait no longer; what came meanwhile is for the next one."""
        with self._lock:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return
        self.offer(turn.result())

    def offer(self, thing: T) -> None:
        """Let the one who has waited longest have it, or the next who comes."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set_result(thing)
            else:
                self._free.append(thing)
