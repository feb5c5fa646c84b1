"""A file whose reading takes minutes is left out and named, so that a build is never held up by one.

What reads a file takes a time in proportion to its length; this is the last guard, for what nobody thought of. A timer
of the processor's time interrupts the reading, a pattern that is being matched included. Python allows that in the main
thread only, which is where the commands read; in a server's threads files are read without it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
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
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGPROF) != signal.SIG_DFL:
        yield
        return
    limit = scale * (_AT_LEAST_S + _A_MEGABYTE_S * size / 1e6)
    signal.signal(signal.SIGPROF, _interrupt)
    signal.setitimer(signal.ITIMER_PROF, limit, _AGAIN_S)
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except _TooLongError:
        problem = f"takes more than {limit:.1f} seconds to read; split it, or remove what repeats in it"
        raise ArticleError(source, problem) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)  # subtle: the interruption may have come while it was switched off
        signal.signal(signal.SIGPROF, signal.SIG_DFL)


def _interrupt(*_: object) -> None:
    raise _TooLongError
