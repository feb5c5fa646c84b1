"""The file system: every call of the store goes through a `Disk`, which is passed in; tests pass one that fails."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

_CHUNK = 1 << 20  # bytes hashed at a time, so that they are still in the processor's cache after they were read
# Some file systems cannot sync a folder; their renames are synchronous.
_CANNOT_SYNC_FOLDER = (errno.EINVAL, errno.ENOTSUP)


class Disk:
    """The operating system's calls, one method each. Every method raises OSError where the call fails."""

    def open(self, path: Path, flags: int) -> int:
        """Open a file or a folder and return its descriptor."""
        return os.open(path, flags, 0o644)

    def close(self, descriptor: int) -> None:
        """Close a descriptor; a lock that was taken through it ends."""
        os.close(descriptor)

    def write(self, descriptor: int, content: memoryview) -> int:
        """Write some of `content` and return how many bytes were written."""
        return os.write(descriptor, content)

    def read_into(self, descriptor: int, space: memoryview) -> int:
        """Read up to `len(space)` bytes and return how many there were, 0 at the end."""
        return os.readv(descriptor, [space])

    def read_at(self, descriptor: int, space: memoryview, at: int) -> int:
        """Read up to `len(space)` bytes from the byte `at` on and return how many there were, 0 at the end."""
        return os.preadv(descriptor, [space], at)

    def sync(self, descriptor: int) -> None:
        """Return when what was written to a descriptor is on the disk itself, not only in memory."""
        if hasattr(fcntl, "F_FULLFSYNC"):  # macOS: fsync alone leaves it in the drive's cache
            with contextlib.suppress(OSError):
                fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
                return
        os.fsync(descriptor)

    def truncate(self, descriptor: int, size: int) -> None:
        """Cut a file to `size` bytes."""
        os.ftruncate(descriptor, size)

    def lock(self, descriptor: int, *, shared: bool) -> bool:
        """Take a lock that ends with the descriptor or its process; False where another process's lock prevents it."""
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def status(self, path: Path) -> os.stat_result:
        """Return the system's record of a file: its size, inode and so on."""
        return path.stat()

    def status_open(self, descriptor: int) -> os.stat_result:
        """Return the system's record of an open file."""
        return os.fstat(descriptor)

    def names(self, folder: Path) -> list[str]:
        """Return the names in a folder, sorted."""
        return sorted(path.name for path in folder.iterdir())

    def make_folder(self, folder: Path) -> None:
        """Make one folder, whose parent exists."""
        folder.mkdir()

    def rename(self, path: Path, to: Path) -> None:
        """Rename a file or a folder atomically; a file of that name is replaced."""
        path.replace(to)

    def link(self, path: Path, to: Path) -> None:
        """Give a file another name; both stand for the same bytes, which go when the last of their names does."""
        to.hardlink_to(path)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def remove_folder(self, folder: Path) -> None:
        """Remove an empty folder."""
        folder.rmdir()


DISK = Disk()


@dataclass(frozen=True, slots=True)
class FileDigest:
    """The size in bytes and the hex SHA-256 of a file."""

    size: int
    sha256: str


def write_file(disk: Disk, path: Path, chunks: Iterable[bytes | memoryview]) -> FileDigest:
    """Write and sync a new file, and return the digest of what was passed in (not of what is on disk then)."""
    digest = hashlib.sha256()

    def hashed() -> Iterator[bytes | memoryview]:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk

    return FileDigest(write_new(disk, path, hashed()), digest.hexdigest())


def write_new(disk: Disk, path: Path, chunks: Iterable[bytes | memoryview]) -> int:
    """Write and sync a new file, and return its size."""
    size = 0
    descriptor = disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        for chunk in chunks:
            size += len(chunk)
            write_all(disk, descriptor, chunk)
        disk.sync(descriptor)
    finally:
        disk.close(descriptor)
    return size


def write_all(disk: Disk, descriptor: int, chunk: bytes | memoryview) -> None:
    """Write all of `chunk`, in as many calls as the system needs."""
    rest = memoryview(chunk)
    while rest:
        written = disk.write(descriptor, rest)
        if written <= 0:
            raise OSError(errno.EIO, "the system wrote nothing")
        rest = rest[written:]


def read_file(disk: Disk, path: Path) -> tuple[npt.NDArray[np.uint8], str]:
    """Return a file's (size,) bytes, read-only, and their hex SHA-256.

    The file is read once: the bytes that are used are those that were hashed, whatever happens on disk later.
    """
    descriptor = disk.open(path, os.O_RDONLY)
    try:
        return _read_open_file(disk, descriptor)
    finally:
        disk.close(descriptor)


def _read_open_file(disk: Disk, descriptor: int) -> tuple[npt.NDArray[np.uint8], str]:
    content = np.empty(disk.status_open(descriptor).st_size, np.uint8)
    space, digest, at = content.data, hashlib.sha256(), 0
    while at < len(space):
        count = disk.read_into(descriptor, space[at : at + _CHUNK])
        if count == 0:
            break
        digest.update(space[at : at + count])
        at += count
    content = content[:at]
    content.flags.writeable = False
    return content, digest.hexdigest()


def sync_folder(disk: Disk, folder: Path) -> None:
    """Return when the names in a folder are on the disk itself, not only in memory."""
    descriptor = disk.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        disk.sync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDER:
            raise
    finally:
        disk.close(descriptor)


def make_folders(disk: Disk, folder: Path) -> None:
    """Make a folder and the folders above it, and sync each."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folders(disk, folder.parent)
    with contextlib.suppress(FileExistsError):
        disk.make_folder(folder)
    sync_folder(disk, folder.parent)


def remove_tree(disk: Disk, folder: Path) -> None:
    """Remove a folder of files, or a file."""
    if not folder.is_dir() or folder.is_symlink():
        disk.remove(folder)
        return
    for name in disk.names(folder):
        remove_tree(disk, folder / name)
    disk.remove_folder(folder)


def remove_if_possible(disk: Disk, path: Path) -> None:
    """Remove a file or a folder; if that fails, it is left to the next writer."""
    with contextlib.suppress(OSError):
        remove_tree(disk, path)
