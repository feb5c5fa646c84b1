"""A file that is verified a block at a time: of a large one, only what is used has to be read.

After the content stand the SHA-256 of its blocks. The SHA-256 of these stands for the whole: whoever knows it can tell
of every block whether it is the one that was written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, BadIndexError
from index.storage.file_system import Disk, FileDigest, write_new

BLOCK = 1 << 16  # bytes; a query needs some hundred rows here and there, and reads the blocks around them
_SHA256 = 32  # bytes
_MEND = f"{REBUILD}: it is made anew from the articles, because other generations may share it"
_AT_ONCE = 16  # blocks that are read together


def write_blocks(disk: Disk, path: Path, chunks: Iterable[bytes | memoryview]) -> FileDigest:
    """Write and sync a new file; return its size and the SHA-256 that stands for it."""
    digests = _BlockDigests()

    def with_digests() -> Iterator[bytes | memoryview]:
        for chunk in chunks:
            digests.update(chunk)
            yield chunk
        yield digests.as_bytes()

    size = write_new(disk, path, with_digests())
    return FileDigest(size, hashlib.sha256(digests.as_bytes()).hexdigest())


def content_size(digest: FileDigest) -> int:
    """Return how many bytes a file holds, without the digests after them."""
    return digest.size - -(-digest.size // (BLOCK + _SHA256)) * _SHA256


class BlockFile:
    """An open file whose blocks are verified as they are read.

    Args:
        disk: The file system.
        path: The file.
        expected: What `write_blocks` returned of it.

    Attributes:
        path: The file.
        size: How many bytes it holds.
        status: The system's record of the open file.

    Raises:
        BadIndexError: It is missing, or its size or its list of digests is not what was written.
    """

    def __init__(self, disk: Disk, path: Path, expected: FileDigest) -> None:
        self.path, self._disk = path, disk
        self.size = content_size(expected)
        blocks = -(-self.size // BLOCK)
        try:
            self._descriptor: int | None = disk.open(path, os.O_RDONLY)
        except FileNotFoundError as error:
            raise damaged(path, "the file", "none") from error
        try:
            self.status = disk.status_open(self._descriptor)
            self._digests = self._read_digests(blocks, expected)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._digests)

    def _read_digests(self, blocks: int, expected: FileDigest) -> list[bytes]:
        if self.status.st_size != expected.size:
            raise damaged(self.path, f"{expected.size} bytes", f"{self.status.st_size} bytes")
        space = np.empty(blocks * _SHA256, np.uint8)
        self._read_into(space, self.size)
        digests = space.tobytes()
        if (found := hashlib.sha256(digests).hexdigest()) != expected.sha256:
            raise damaged(self.path, f"SHA-256 {expected.sha256}", found)
        return [digests[at : at + _SHA256] for at in range(0, len(digests), _SHA256)]

    def read(self, first: int, end: int, space: npt.NDArray[np.uint8]) -> None:
        """Read and verify the blocks from `first` up to and without `end`.

        Args:
            first: The number of a block.
            end: The number of the block after the last.
            space: (bytes,) uint8, where their bytes go.

        Raises:
            BadIndexError: One of them is not what was written.
        """
        for start in range(first, end, _AT_ONCE):
            last = min(start + _AT_ONCE, end)
            own = space[(start - first) * BLOCK : (last - first) * BLOCK]
            self._read_into(own, start * BLOCK)
            for block in range(start, last):
                content = own[(block - start) * BLOCK : (block - start + 1) * BLOCK]
                if hashlib.sha256(content.data).digest() != self._digests[block]:
                    raise damaged(self.path, f"SHA-256 {self._digests[block].hex()} of block {block}", "another")

    def verify(self) -> None:
        """Read everything.

        Raises:
            BadIndexError: Something is not what was written.
        """
        space = np.empty(_AT_ONCE * BLOCK, np.uint8)
        for start in range(0, len(self), _AT_ONCE):
            last = min(start + _AT_ONCE, len(self))
            self.read(start, last, space[: min(last * BLOCK, self.size) - start * BLOCK])

    def close(self) -> None:
        """Close the file; nothing more can be read."""
        if self._descriptor is not None:
            self._disk.close(self._descriptor)
        self._descriptor = None

    def _read_into(self, space: npt.NDArray[np.uint8], at: int) -> None:
        assert self._descriptor is not None
        rest = space.data
        while rest:
            count = self._disk.read_at(self._descriptor, rest, at)
            if count == 0:
                raise damaged(self.path, f"{at + len(rest)} bytes", f"{at} bytes")
            rest, at = rest[count:], at + count


class _BlockDigests:
    """The SHA-256 of each block of what is passed in piece by piece."""

    def __init__(self) -> None:
        self._done: list[bytes] = []
        self._block, self._size = hashlib.sha256(), 0

    def update(self, chunk: bytes | memoryview) -> None:
        rest = memoryview(chunk)
        while rest:
            piece = rest[: BLOCK - self._size]
            self._block.update(piece)
            self._size += len(piece)
            rest = rest[len(piece) :]
            if self._size == BLOCK:
                self._end_block()

    def as_bytes(self) -> bytes:
        if self._size:
            self._end_block()
        return b"".join(self._done)

    def _end_block(self) -> None:
        self._done.append(self._block.digest())
        self._block, self._size = hashlib.sha256(), 0


def damaged(path: Path, expected: str, found: str) -> BadIndexError:
    """Return the error that a file is not what was written."""
    return BadIndexError(f"{path} is damaged (expected {expected}, found {found})", _MEND)
