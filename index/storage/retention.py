"""Old generations and unfinished files are removed; a generation that a reader has open is not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from index.storage.file_system import Disk, remove_if_possible, remove_tree
from index.storage.manifest import MANIFEST
from index.storage.pointer import TEMPORARY_POINTER

TEMPORARY_GENERATION = ".new-"  # how the names of generations begin while they are written
_BEING_REMOVED = ".old-"  # and while they are removed


def remove_generations(disk: Disk, folder: Path, names: Collection[str]) -> None:
    """Remove generations that no reader has open; what cannot be removed now is left to the next writer."""
    for name in names:
        with contextlib.suppress(OSError):
            _remove_unless_open(disk, folder, name)


def remove_unfinished(disk: Disk, *folders: Path) -> None:
    """Remove what a writer that was killed has left behind."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in disk.names(folder):
                if name.startswith((TEMPORARY_GENERATION, _BEING_REMOVED, TEMPORARY_POINTER)):
                    remove_if_possible(disk, folder / name)


def _remove_unless_open(disk: Disk, folder: Path, name: str) -> None:
    hidden = folder / f"{_BEING_REMOVED}{name}"
    try:
        descriptor = disk.open(folder / name / MANIFEST, os.O_RDWR)  # NFS locks exclusively only what may be written
    except FileNotFoundError:  # without a manifest no reader can have it open
        disk.rename(folder / name, hidden)
    else:
        try:
            if not disk.lock(descriptor, shared=False):
                return
            disk.rename(folder / name, hidden)
        finally:
            disk.close(descriptor)
    remove_tree(disk, hidden)
