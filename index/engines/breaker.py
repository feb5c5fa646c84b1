"""A circuit breaker: after some failures in a row nothing is asked for a while, so that nobody waits in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 3  # in a row
OPEN_S = 1.0


class Breaker:
    """Says whether a server may be asked; safe to use from several threads.

    It is open after `FAILURES` failures in a row. Once it was open for `OPEN_S` seconds one call may be tried: if that
    succeeds all may ask again, otherwise it stays open as long again.

    Args:
        clock: Seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether so many calls failed that most are not tried."""
        return self._failures >= FAILURES

    def may_ask(self) -> bool:
        """Return whether a call may be tried now; one that may has to be followed by `succeeded` or `failed`."""
        with self._lock:
            if not self.is_open:
                return True
            if self._clock() < self._closed_again_at:
                return False
            self._closed_again_at = self._clock() + OPEN_S  # the others wait for what comes of this one
            return True

    def succeeded(self) -> None:
        """Note that the server has answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> bool:
        """Note that the server has not answered; return whether the breaker is open now."""
        with self._lock:
            self._failures += 1
            self._closed_again_at = self._clock() + OPEN_S
            return self.is_open
