"""A file system whose power is cut at a chosen call, which then loses what was not synced."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from tests.programs.faulty_disks import CountingDisk


class PowerCut(BaseException):
    """The power is cut. No `except Exception` may handle it."""


class Damage(StrEnum):
    """What may have happened to a file or a name that was not synced; the kinds are those of Lucene's tests."""

    DELETED = "deleted"
    ZEROED = "zeroed"
    HALVED = "halved"
    LEFT = "left"
    FLIPPED = "one bit flipped"
    EMPTIED = "emptied"
    NAMES_LOST = "names lost"


@dataclass(slots=True)
class _Pending:
    """A change of names in a folder that was not synced, and how to undo it, given where the folder is by then."""

    folder: Path
    undo: Callable[[Path], None]


@dataclass(slots=True)
class _Unsynced:
    """What a power cut may lose."""

    inodes: set[int] = field(default_factory=set)
    names: list[_Pending] = field(default_factory=list)
    opened: dict[int, Path] = field(default_factory=dict)


class CrashingDisk(CountingDisk):
    """Cuts the power before the call with the number `at`, or in the middle of it if it is a write."""

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

    def link(self, path: Path, to: Path) -> None:
        super().link(path, to)
        self._pend(to.parent, lambda folder: (folder / to.name).unlink(missing_ok=True))

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
        """Damage everything that was not synced."""
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
    """Damage one file."""
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


def _restore(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
