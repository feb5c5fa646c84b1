"""File systems that fail at a chosen call, or read and write only a little at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.storage.file_system import Disk

CALLS = (
    "open",
    "write",
    "read_into",
    "read_at",
    "sync",
    "truncate",
    "lock",
    "status",
    "status_open",
    "names",
    "make_folder",
    "rename",
    "link",
    "remove",
    "remove_folder",
)  # `close` is not among them: it also happens when a process dies


class QuickDisk(Disk):
    """Syncs nothing, which is faster and enough where the power is cut in a test only."""

    def sync(self, descriptor: int) -> None:
        del descriptor


class CountingDisk(QuickDisk):
    """Counts the calls named in `CALLS`; a subclass may do something else instead of one of them."""

    def __init__(self) -> None:
        self.count = 0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found

        def call(*arguments: Any, **options: Any) -> Any:
            self.count += 1
            return self.instead(name, found, arguments, options)

        return call

    def instead(self, name: str, call: Callable[..., Any], arguments: Any, options: Any) -> Any:
        """Do the call with the number `self.count`."""
        del name
        return call(*arguments, **options)


class FailingDisk(CountingDisk):
    """Fails with `code` at the call with the number `at`; with `onwards` at all later calls of that name too."""

    def __init__(self, at: int, code: int, *, onwards: bool) -> None:
        super().__init__()
        self.at = at
        self.code = code
        self.onwards = onwards
        self.failed: str | None = None

    def instead(self, name: str, call: Callable[..., Any], arguments: Any, options: Any) -> Any:
        if self.count == self.at:
            self.failed = name
        if self.count == self.at or (self.onwards and name == self.failed):
            path = arguments[0] if isinstance(arguments[0], Path) else None
            raise OSError(self.code, os.strerror(self.code), None if path is None else str(path))
        return call(*arguments, **options)


class ShortDisk(QuickDisk):
    """Writes and reads at most `most` bytes a call."""

    def __init__(self, most: int) -> None:
        self.most = most

    def write(self, descriptor: int, content: memoryview) -> int:
        return super().write(descriptor, content[: self.most])

    def read_into(self, descriptor: int, space: memoryview) -> int:
        return super().read_into(descriptor, space[: self.most])

    def read_at(self, descriptor: int, space: memoryview, at: int) -> int:
        return super().read_at(descriptor, space[: self.most], at)
