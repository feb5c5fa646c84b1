"""An open segment. Its rows are read and verified when they are asked for, or all at once."""

from __future__ import annotations

import errno
import os
import threading
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, BadIndexError
from index.storage.file_system import Disk, FileDigest, write_file
from index.storage.os_errors import translate_read_errors
from index.storage.payload import chunks_of, header_end, parse_arrays
from index.storage.segments.block_file import BLOCK, BlockFile, content_size, damaged, write_blocks
from index.storage.segments.columns import Array, Columns
from index.storage.segments.lent_memory import Memory, lent

SUFFIX = ".segment"
_UNNAMED = f"new{SUFFIX}"
_CANNOT_LINK = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
_CHUNK = 1 << 20  # bytes
_Known = tuple[int, int, int, int, str]  # a file: its device, inode, size and time of change, and what it should hold


class Segment:
    """Rows of entries; safe to use from several threads.

    The bytes that are used are those whose digest was verified, whatever happens on disk afterwards.

    Args:
        disk: The file system.
        path: Its file.
        digest: What `write_segment` returned of it.
        lender: The id of a process whose memory is used where it has all of it; None reads the file.

    Raises:
        BadIndexError: It is damaged.
    """

    def __init__(self, disk: Disk, path: Path, digest: FileDigest, *, lender: int | None = None) -> None:
        size = content_size(digest)
        content = None if lender is None else lent(lender, digest.sha256, size)
        self._path = path
        self._lock = threading.Lock()
        self._has = np.zeros(-(-size // BLOCK), np.bool_)
        self._is_whole = content is not None
        if content is None:
            self._file = BlockFile(disk, path, digest)
            self._memory = Memory(digest.sha256, size)
            self._close = weakref.finalize(self, _close, self._file, self._memory)
            content = self._memory.content
        view = content[:]
        view.flags.writeable = False
        self._need(0, 8)
        self._need(0, min(header_end(view), len(view)))
        try:
            self._arrays = parse_arrays(view)
        except ValueError as error:
            raise BadIndexError(f"{path} is not a file of arrays ({error})", REBUILD) from error
        first = view.ctypes.data
        self._begins = {name: array.ctypes.data - first for name, array in self._arrays.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its arrays."""
        return tuple(self._arrays)

    def kind(self, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
        """Return an array's shape and kind of number.

        Raises:
            BadIndexError: There is no such array.
        """
        array = self._array(name)
        return array.shape, array.dtype

    def rows(self, name: str, rows: npt.NDArray[np.int64]) -> Array:
        """Return some rows of an array, in the order given."""
        array = self._array(name)
        if not self._is_whole and len(rows) and (width := _row_bytes(array)):
            begins = self._begins[name] + rows * width
            is_needed = np.zeros(len(self._has), np.bool_)
            for within in (*range(0, width, BLOCK), width - 1):  # no block between two of these is left out
                is_needed[(begins + within) // BLOCK] = True
            self._need_blocks(np.flatnonzero(is_needed))
        found: Array = array[rows]
        return found

    def run(self, name: str, first: int, end: int) -> Array:
        """Return the rows of an array from `first` up to and without `end`, read-only and without a copy."""
        array = self._array(name)
        width = _row_bytes(array)
        self._need(self._begins[name] + first * width, self._begins[name] + end * width)
        return array[first:end]

    def whole(self, name: str) -> Array:
        """Return an array, read-only and without a copy."""
        return self.run(name, 0, len(self._array(name)))

    def load(self) -> None:
        """Read all that was not read yet; from then on others may borrow it.

        Raises:
            BadIndexError: Some of it is damaged.
        """
        if self._is_whole:
            return
        self._need_blocks(np.arange(len(self._has)))
        with self._lock:
            self._is_whole = True
            self._memory.seal()
            self._close()

    def _array(self, name: str) -> Array:
        try:
            return self._arrays[name]
        except KeyError as error:
            raise BadIndexError(f'{self._path} has no array "{name}"', REBUILD) from error

    def _need(self, begin: int, end: int) -> None:
        if not self._is_whole and begin < end:
            self._need_blocks(np.arange(begin // BLOCK, (end - 1) // BLOCK + 1))

    def _need_blocks(self, blocks: npt.NDArray[np.int64]) -> None:
        if self._has[blocks].all():
            return
        with self._lock, translate_read_errors(self._path):
            for first, end in _runs(blocks[~self._has[blocks]]):
                self._file.read(first, end, self._memory.content[first * BLOCK : end * BLOCK])
                self._has[first:end] = True


def _close(file: BlockFile, memory: Memory) -> None:
    file.close()
    memory.close()


def _row_bytes(array: Array) -> int:
    return array.nbytes // max(len(array), 1)


def _runs(numbers: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield the first of each run of consecutive numbers, and the one after its last."""
    if len(numbers):
        for run in np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1):
            yield int(run[0]), int(run[-1]) + 1


class _Pool:
    """The segments that are open in this process, and the files that were read and found intact."""

    def __init__(self) -> None:
        self.open: weakref.WeakValueDictionary[str, Segment] = weakref.WeakValueDictionary()
        self.intact: set[_Known] = set()


_POOLS: weakref.WeakKeyDictionary[Disk, _Pool] = weakref.WeakKeyDictionary()


def open_segments(
    disk: Disk, folder: Path, digests: Mapping[str, FileDigest], *, lender: int | None = None
) -> tuple[Segment, ...]:
    """Open the segments of a generation; one that is open already, for another generation, is shared.

    Args:
        disk: The file system.
        folder: The generation's.
        digests: What `write_segment` returned of each, by name.
        lender: The id of a process whose memory is used, as far as it has read them; None for none.

    Raises:
        BadIndexError: One is missing, has another size, or cannot be verified.
    """
    open_ = _POOLS.setdefault(disk, _Pool()).open
    found = []
    for name, digest in digests.items():
        path = folder / name
        if (segment := open_.get(digest.sha256)) is None:
            segment = open_[digest.sha256] = Segment(disk, path, digest, lender=lender)
        else:
            _assert_size(disk, path, digest)
        found.append(segment)
    return tuple(found)


def verify_segment(disk: Disk, path: Path, digest: FileDigest, *, again: bool = False) -> None:
    """Read all of a segment, unless this process has read this file before and it has not changed since.

    Args:
        disk: The file system.
        path: The segment's file.
        digest: What `write_segment` returned of it.
        again: Read it in any case.

    Raises:
        BadIndexError: It is damaged.
    """
    intact = _POOLS.setdefault(disk, _Pool()).intact
    file = BlockFile(disk, path, digest)
    try:
        known = (
            *(getattr(file.status, name) for name in ("st_dev", "st_ino", "st_size", "st_mtime_ns")),
            digest.sha256,
        )
        if again or known not in intact:
            file.verify()
            intact.add(known)
    finally:
        file.close()


def write_segment(disk: Disk, folder: Path, columns: Columns) -> tuple[str, FileDigest]:
    """Write and sync a segment; return its name, which is its digest's, and its digest."""
    digest = write_blocks(disk, folder / _UNNAMED, chunks_of(columns))
    name = f"{digest.sha256}{SUFFIX}"
    disk.rename(folder / _UNNAMED, folder / name)
    return name, digest


def keep_segment(disk: Disk, path: Path, to: Path) -> None:
    """Give a segment's file another name; where the file system has no links, or has too many, it is copied.

    Raises:
        OSError: Neither could be done.
    """
    try:
        disk.link(path, to)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        descriptor = disk.open(path, os.O_RDONLY)
        try:
            write_file(disk, to, _chunks(disk, descriptor))
        finally:
            disk.close(descriptor)


def _chunks(disk: Disk, descriptor: int) -> Iterator[memoryview]:
    space = memoryview(bytearray(_CHUNK))
    while count := disk.read_into(descriptor, space):
        yield space[:count]


def _assert_size(disk: Disk, path: Path, digest: FileDigest) -> None:
    try:
        size = disk.status(path).st_size
    except FileNotFoundError as error:
        raise damaged(path, "the file", "none") from error
    if size != digest.size:
        raise damaged(path, f"{digest.size} bytes", f"{size} bytes")
