"""A command that is told to end (SIGTERM) tidies up as after Ctrl-C: nothing unfinished is left on disk."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Ended(BaseException):
    """The process was told to end; no handler of errors is meant to hold that up."""


@contextmanager
def tidily() -> Iterator[None]:
    """Let SIGTERM leave the block as an exception does; then the process ends by that signal, as its parent expects."""
    if threading.current_thread() is not threading.main_thread():  # only there can a signal be handled
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    except Ended:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: object) -> None:
    del number, frame
    raise Ended
