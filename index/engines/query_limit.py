"""How long a query may wait for the server in all of its calls together: a slow one is noticed as a dead one is.

A server that answers each call just in time would otherwise be waited for as often as a query has calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from index.engines.breaker import Breaker


@dataclass(slots=True)
class _Query:
    """A query that is being answered.

    Attributes:
        left_s: How many seconds it may still wait.
        is_admitted: The breaker lets it ask.
        has_failed: The server has not answered it.
    """

    left_s: float
    is_admitted: bool = False
    has_failed: bool = False


_QUERY: ContextVar[_Query | None] = ContextVar("query", default=None)  # of this thread


class QueryLimit:
    """Says whether a server may be asked, and for how long; safe to use from several threads.

    Within `query` a query counts as one call: it may ask or not, and has succeeded once all its calls have.

    Args:
        breaker: Notes which calls, and which queries, have failed.
        clock: Seconds, for tests.
    """

    def __init__(self, breaker: Breaker, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._breaker = breaker
        self._clock = clock

    @contextmanager
    def query(self, limit_s: float) -> Iterator[None]:
        """Let the calls of this block wait for `limit_s` seconds together; within another such block, for what is left.

        What is computed between the calls does not count.
        """
        if _QUERY.get() is not None:
            yield
            return
        query = _Query(limit_s)
        token = _QUERY.set(query)
        try:
            yield
        finally:
            _QUERY.reset(token)
            if query.is_admitted and not query.has_failed:
                self._breaker.succeeded()

    def may_ask(self) -> bool:
        """Return whether a call may be tried now; one that may has to be followed by `succeeded` or `failed`."""
        query = _QUERY.get()
        if query is None:
            return self._breaker.may_ask()
        query.is_admitted = query.is_admitted or self._breaker.may_ask()
        return query.is_admitted

    @contextmanager
    def waiting(self, timeout_s: float) -> Iterator[float]:
        """Give how many seconds to wait for a call that may take `timeout_s`; the block is the wait.

        Raises:
            TimeoutError: The query has waited as long as it may.
        """
        query = _QUERY.get()
        if query is None:
            yield timeout_s
            return
        if query.left_s <= 0:
            raise TimeoutError
        start = self._clock()
        try:
            yield min(timeout_s, query.left_s)
        finally:
            query.left_s -= self._clock() - start

    def succeeded(self) -> None:
        """Note that the server has answered a call."""
        if _QUERY.get() is None:
            self._breaker.succeeded()

    def failed(self) -> bool:
        """Note that the server has not answered a call; return whether the breaker is open now."""
        if (query := _QUERY.get()) is not None:
            query.has_failed = True
        return self._breaker.failed()
