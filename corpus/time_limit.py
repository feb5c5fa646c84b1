"""A file whose reading takes minutes is left out and named, so that a build is never held up by one.

What reads a file takes a time in proportion to its length; this is the last guard, for what nobody thought of. In the
main thread, where the commands read, a timer of the processor's time interrupts the reading, a pattern that is being
matched included. In another thread, where a server reads what an editor changes, a second thread looks at the time and
interrupts between two steps of Python, not within a pattern.
"""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corpus.errors import ArticleError

_AT_LEAST_S = 20.0  # of processor; a thousand times what an article takes
_A_MEGABYTE_S = 20.0
_AGAIN_S = 1.0  # an interruption is lost where it meets a finaliser


class _TooLongError(BaseException):
    """Not to be caught by anything between the timer and the reader."""


@contextmanager
def time_limit(source: str, size: int, *, scale: float = 1.0) -> Iterator[None]:
    """Interrupt what is done with a file if it takes too long.

    Args:
        source: The file, for the message.
        size: Its bytes.
        scale: Share of the usual limit.

    Raises:
        ArticleError: It took too long.
    """
    limit = scale * (_AT_LEAST_S + _A_MEGABYTE_S * size / 1e6)
    is_main = threading.current_thread() is threading.main_thread()
    if is_main and signal.getsignal(signal.SIGPROF) != signal.SIG_DFL:  # a program's own timer, or within another limit
        yield
        return
    stop = _start_timer(limit) if is_main else _start_watch(limit)
    try:
        try:
            yield
        finally:
            stop()
    except _TooLongError:
        problem = f"takes more than {limit:.1f} seconds to read; split it, or remove what repeats in it"
        raise ArticleError(source, problem) from None
    finally:
        stop()  # subtle: the interruption may have come while it was stopped


def _start_timer(limit: float) -> Callable[[], None]:
    def stop() -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)

    signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, limit, _AGAIN_S)
    return stop


def _start_watch(limit: float) -> Callable[[], None]:
    """Interrupt this thread when it has used so many seconds of processor; where none are counted, by the clock."""
    reader = threading.get_ident()
    used = _clock_of(reader)
    until = used() + limit
    is_over = threading.Event()
    lock = threading.Lock()

    def watch() -> None:
        while not is_over.wait(max(until - used(), 0) or _AGAIN_S):
            with lock:
                if not is_over.is_set() and used() >= until:
                    _raise_in(reader, _TooLongError)

    def stop() -> None:
        with lock:
            is_over.set()
            _raise_in(reader, None)  # what was raised and has not come yet

    threading.Thread(target=watch, name="time-limit", daemon=True).start()
    return stop


def _clock_of(thread: int) -> Callable[[], float]:
    if not hasattr(time, "pthread_getcpuclockid"):  # as on macOS
        return time.monotonic
    clock = time.pthread_getcpuclockid(thread)
    return lambda: time.clock_gettime(clock)


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread), None if error is None else ctypes.py_object(error)
    )


def _interrupt(*_: object) -> None:
    raise _TooLongError
