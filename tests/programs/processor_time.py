"""Processor time of calls, on machines that do other things as well."""

from __future__ import annotations

import functools
import gc
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
_TRIES = 3
_NOISE_S = 0.002  # what a call takes at least, as far as can be told


def in_time(most_s: float, call: Callable[[], Result]) -> Result:
    """Return what a call returns, provided that it takes less processor time than it may.

    Args:
        most_s: Seconds of processor that the call may take.
        call: What is called, again where it takes longer; so it has no effect that makes the next call another.
    """
    results: list[Result] = []

    def seconds() -> float:
        began = time.process_time()
        results.append(call())
        return time.process_time() - began

    taken = least_seconds(most_s, seconds)
    assert taken < most_s, f"took {taken:.2f} s of processor, not below {most_s} s, {len(results)} times"
    return results[-1]


def least_seconds(most_s: float, measure: Callable[[], float]) -> float:
    """Return what a measurement gives; the least of three, with empty caches, where that is not below `most_s`.

    A virtual machine that stands still for a moment counts that as processor time; what is slow by itself is slow each
    time.
    """
    taken = [measure()]
    while taken[-1] >= most_s and len(taken) < _TRIES:
        clear_caches()
        taken.append(measure())
    return min(taken)


def seconds_of(call: Callable[[], object]) -> float:
    """Return the seconds of processor that a call takes in this thread."""
    began = time.thread_time()
    call()
    return time.thread_time() - began


def growth(call: Callable[[int], object], small: int, large: int, *, most: float) -> float:
    """Return how many times as long a call takes with a large size as with a small one.

    Where that is not below `most`, it is the least of three, for the same reason as in `least_seconds`.
    """

    def measure() -> float:
        once, more = (seconds_of(functools.partial(call, size)) for size in (small, large))
        return more / max(once, _NOISE_S)

    return least_seconds(most, measure)


def clear_caches() -> None:
    """Empty every `lru_cache`: what an earlier call left there would make the next one look cheap."""
    for each in gc.get_objects():
        if type(each) is functools._lru_cache_wrapper:  # isinstance would ask proxies, some of which warn
            each.cache_clear()
