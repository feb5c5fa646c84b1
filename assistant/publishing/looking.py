"""Changes that the system does not report are found by looking: on network folders, or beyond what it will watch."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

LEAST_S = 5.0  # between two looks
_SHARE = 50  # a look may take one part in so many of the time: the more files, the rarer


class Look:
    """Looks at a folder now and then and tells whether files came, went or were written.

    Times and sizes say when to read again, never what has changed: that the build finds by content.

    Args:
        folder: Looked at with all folders in it; a link to a folder is not followed.
        matters: Whether a file or a folder of this path is looked at.
    """

    def __init__(self, folder: Path, matters: Callable[[str], bool]) -> None:
        self._folder = folder
        self._matters = matters
        self._due = 0.0
        self._state: int | None = None

    def take(self) -> bool:
        """Look, and return whether anything differs from the last look; the first finds nothing."""
        began = time.monotonic()
        before, self._state = self._state, sum(map(hash, _files(self._folder, self._matters)))
        now = time.monotonic()
        self._due = now + max(LEAST_S, _SHARE * (now - began))
        return before not in (None, self._state)

    def take_if_due(self) -> bool:
        """Look if the last look was long ago."""
        return time.monotonic() >= self._due and self.take()


def _files(folder: Path, matters: Callable[[str], bool]) -> Iterator[tuple[str, int, int, int]]:
    """Yield each file's path, time, size and inode; what cannot be looked at is not there."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as inside:
                for each in inside:
                    if not matters(each.path):
                        continue
                    if each.is_dir(follow_symlinks=False):
                        waiting.append(each.path)
                    else:
                        status = each.stat(follow_symlinks=False)
                        yield each.path, status.st_mtime_ns, status.st_size, status.st_ino
        except OSError:
            continue
