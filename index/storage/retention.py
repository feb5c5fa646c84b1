"""Old generations and unfinished work are removed; what a reader holds is not."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

from index.storage.file_system import Disk, discard, remove_tree
from index.storage.manifest import MANIFEST
from index.storage.pointer import UNFINISHED as UNFINISHED_POINTER

UNFINISHED = ".new-"
_GRAVE = ".old-"


def remove_old(disk: Disk, folder: Path, names: Collection[str]) -> None:
    """Remove generations that no reader holds; what cannot be removed now is the next writer's to remove."""
    for name in names:
        with contextlib.suppress(OSError):
            _remove_unless_held(disk, folder, name)


def remove_leftovers(disk: Disk, *folders: Path) -> None:
    """Remove what writers that died have left unfinished."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in disk.names(folder):
                if name.startswith((UNFINISHED, _GRAVE, UNFINISHED_POINTER)):
                    discard(disk, folder / name)


def _remove_unless_held(disk: Disk, folder: Path, name: str) -> None:
    grave = folder / f"{_GRAVE}{name}"
    try:
        descriptor = disk.open(folder / name / MANIFEST, os.O_RDWR)  # NFS gives a lock to write to no other
    except FileNotFoundError:  # no reader can hold what has lost its manifest
        disk.rename(folder / name, grave)
    else:
        try:
            if not disk.lock(descriptor, shared=False):
                return
            disk.rename(folder / name, grave)
        finally:
            disk.close(descriptor)
    remove_tree(disk, grave)
