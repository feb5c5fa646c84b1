"""File systems that fail: at one call, from one call on, or by a power cut that loses what was not synced."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from index.storage.file_system import Disk
from index.storage.manifest import number_of

CALLS = (
    "open",
    "write",
    "read_into",
    "sync",
    "truncate",
    "lock",
    "status",
    "status_open",
    "names",
    "make_folder",
    "rename",
    "remove",
    "remove_folder",
)  # `close` is not among them: it also happens when a process dies


class PowerCut(BaseException):
    """The power is cut; no handler of errors can do anything any more."""


class Damage(StrEnum):
    """What a power cut makes of a file that was not synced, after Lucene's MockDirectoryWrapper; and of a name."""

    DELETED = "deleted"
    ZEROED = "zeroed"
    HALVED = "halved"
    LEFT = "left"
    FLIPPED = "one bit flipped"
    EMPTIED = "emptied"
    NAMES_LOST = "names lost"


class QuickDisk(Disk):
    """Syncs nothing: a test's power cut is no real one."""

    def sync(self, descriptor: int) -> None:
        del descriptor


class CountingDisk(QuickDisk):
    """Counts the calls of the kinds in `CALLS` and lets `before` interfere with each."""

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
        """Do the call numbered `self.count`."""
        del name
        return call(*arguments, **options)


class FailingDisk(CountingDisk):
    """The call numbered `at` fails with `code`; with `onwards`, so do the later ones of its kind."""

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


@dataclass(slots=True)
class _Pending:
    """A change of names in a folder that is not synced, and how to undo it, wherever the folder is by then."""

    folder: Path
    undo: Callable[[Path], None]


@dataclass(slots=True)
class _Unsynced:
    """What a power cut may lose."""

    inodes: set[int] = field(default_factory=set)
    names: list[_Pending] = field(default_factory=list)
    opened: dict[int, Path] = field(default_factory=dict)


class CrashingDisk(CountingDisk):
    """Cuts the power before call `at` (in the middle of it where that is a write); knows what was not synced."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at
        self.unsynced = _Unsynced()

    def instead(self, name: str, call: Callable[..., Any], arguments: Any, options: Any) -> Any:
        if self.count == self.at and name == "write":
            call(arguments[0], arguments[1][: len(arguments[1]) // 2])
        if self.count >= self.at:
            raise PowerCut
        return call(*arguments, **options)

    def open(self, path: Path, flags: int) -> int:
        is_new = bool(flags & os.O_CREAT) and not path.exists()
        descriptor = super().open(path, flags)
        self.unsynced.opened[descriptor] = path
        if is_new:
            self._pend(path.parent, lambda folder: (folder / path.name).unlink(missing_ok=True))
        return descriptor

    def write(self, descriptor: int, content: memoryview) -> int:
        self.unsynced.inodes.add(os.fstat(descriptor).st_ino)
        return super().write(descriptor, content)

    def truncate(self, descriptor: int, size: int) -> None:
        self.unsynced.inodes.add(os.fstat(descriptor).st_ino)
        super().truncate(descriptor, size)

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        path = self.unsynced.opened[descriptor]
        self.unsynced.inodes.discard(os.fstat(descriptor).st_ino)
        self.unsynced.names = [each for each in self.unsynced.names if each.folder != path]

    def make_folder(self, folder: Path) -> None:
        super().make_folder(folder)
        self._pend(folder.parent, lambda parent: shutil.rmtree(parent / folder.name, ignore_errors=True))

    def rename(self, path: Path, to: Path) -> None:
        replaced = to.read_bytes() if to.is_file() else None
        super().rename(path, to)
        self._moved(path, to)

        def undo(folder: Path) -> None:
            del folder
            if to.exists():
                to.rename(path)
                self._moved(to, path)
            if replaced is not None:
                to.write_bytes(replaced)

        self._pend(to.parent, undo)

    def _moved(self, path: Path, to: Path) -> None:
        for pending in self.unsynced.names:
            pending.folder = to if pending.folder == path else pending.folder

    def remove(self, path: Path) -> None:
        content = path.read_bytes()
        super().remove(path)
        self._pend(path.parent, lambda folder: _restore(folder / path.name, content))

    def remove_folder(self, folder: Path) -> None:
        super().remove_folder(folder)
        self._pend(folder.parent, lambda parent: (parent / folder.name).mkdir(parents=True, exist_ok=True))

    def damage(self, root: Path, how: Damage, random_bits: random.Random) -> None:
        """Make of everything that was not synced what a power cut may make of it."""
        if how is Damage.NAMES_LOST:
            for pending in reversed(self.unsynced.names):
                pending.undo(pending.folder)
            return
        for path in sorted(each for each in root.rglob("*") if each.is_file()):
            if path.stat().st_ino in self.unsynced.inodes:
                damage_file(path, how, random_bits)

    def _pend(self, folder: Path, undo: Callable[[Path], None]) -> None:
        self.unsynced.names.append(_Pending(folder, undo))


def damage_file(path: Path, how: Damage, random_bits: random.Random) -> None:
    """Damage one file in one of Lucene's ways."""
    content = bytearray(path.read_bytes())
    if how is Damage.DELETED:
        path.unlink()
    elif how is Damage.ZEROED:
        path.write_bytes(bytes(len(content)))
    elif how is Damage.HALVED:
        path.write_bytes(content[: len(content) // 2])
    elif how is Damage.FLIPPED and content:
        bit = random_bits.randrange(8 * len(content))
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
    elif how is Damage.EMPTIED:
        path.write_bytes(b"")


def unfinished(root: Path) -> list[str]:
    """List what is in an index folder and is neither a generation nor of the three names that belong there."""
    inside = root / "generations"
    strangers = {path for path in root.iterdir() if path.name not in {"current", "writer.lock", "generations"}}
    strangers |= {path for path in inside.iterdir() if number_of(path.name) is None} if inside.is_dir() else set()
    return sorted(str(path.relative_to(root)) for path in strangers)


def _restore(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
