"""One immutable build of the index: every byte of it is verified before it is used."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from index.errors import REBUILD, ROLL_BACK, BadIndexError
from index.storage.file_system import Disk, FileDigest, read_file
from index.storage.manifest import MANIFEST, Manifest, generation_id, parse_manifest
from index.storage.payload import parse_arrays
from index.storage.segments.lent_memory import CAN_LEND
from index.storage.segments.placed_rows import EntryRows
from index.storage.segments.segment import Segment, open_segments, verify_segment
from index.storage.segments.segment_list import SegmentList

PLACES = "places.safetensors"  # where the rows of each entry are


class ReadLock:
    """A reader's shared lock on a generation's manifest; while it is held, no writer removes the generation.

    Raises:
        FileNotFoundError: The generation is not there (any more).
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        path = folder / MANIFEST
        descriptor = disk.open(path, os.O_RDONLY)
        try:
            removed = not disk.lock(descriptor, shared=True)
            # subtle: between `open` and `lock` the generation may be removed; the path then names another file or none
            removed = removed or not os.path.samestat(disk.status_open(descriptor), disk.status(path))
        except BaseException:
            disk.close(descriptor)
            raise
        if removed:
            disk.close(descriptor)
            raise FileNotFoundError(path)
        self.close = weakref.finalize(self, disk.close, descriptor)


@dataclass(frozen=True, slots=True, eq=False)
class Generation:
    """An open generation: it is not removed from disk until `close`, or until nothing refers to this object any more.

    Its files are in memory, exactly the bytes whose SHA-256 was verified, so what happens to the files on disk changes
    no answer; so are its segments after `load`, and before that what was used of them. Arrays, byte views and rows that
    were returned stay valid after `drop_contents` and `close`.

    Attributes:
        path: Its folder.
        manifest: Its files and facts.
        manifest_sha256: The manifest's SHA-256 in hex.
        segments: Its segments, by their numbers.
    """

    path: Path
    manifest: Manifest
    manifest_sha256: str
    segments: tuple[Segment, ...]
    _contents: dict[str, npt.NDArray[np.uint8]]
    _lock: ReadLock
    _disk: Disk

    @property
    def generation_id(self) -> str:
        """Its id; ids sort in the order of building."""
        return generation_id(self.manifest.number, self.manifest_sha256)

    @property
    def built_at(self) -> str:
        """When it was built, ISO 8601 in UTC."""
        return self.manifest.built_at

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the builder recorded: JSON values."""
        return self.manifest.facts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files, without segments."""
        return tuple(self.manifest.files)

    @property
    def size(self) -> int:
        """The size of all its files and segments together, in bytes."""
        return sum(each.size for each in (*self.manifest.files.values(), *self.manifest.segments.values()))

    @property
    def own_size(self) -> int:
        """The size of what each process that opens it has for itself, in bytes: without segments, if these are lent."""
        return sum(each.size for each in self.manifest.files.values()) if CAN_LEND else self.size

    @property
    def segment_files(self) -> dict[Path, FileDigest]:
        """The files of its segments, by their numbers."""
        return {self.path / name: digest for name, digest in self.manifest.segments.items()}

    def bytes_of(self, name: str) -> memoryview:
        """Return a file's bytes, read-only and without a copy.

        Raises:
            BadIndexError: The generation has no such file.
        """
        return self._content(name).data

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays in a file by their names, read-only and without a copy.

        Raises:
            BadIndexError: The generation has no such file, or it is not a file of arrays.
        """
        content = self._content(name)
        try:
            return parse_arrays(content)
        except ValueError as error:
            raise BadIndexError(f"{self.path / name} is not a file of arrays ({error})", REBUILD) from error

    def entry_rows(self) -> EntryRows:
        """Return the rows of its entries.

        Raises:
            BadIndexError: It does not say where they are.
        """
        return EntryRows(self.segments, self.arrays(PLACES)["places"])

    def all_rows(self) -> SegmentList:
        """Return its rows as they are, for another generation that has the same entries."""
        return SegmentList(self.arrays(PLACES)["places"], self.segment_files)

    def load(self) -> None:
        """Read what was not read yet of its segments, so that nothing depends on the disk any more.

        Raises:
            BadIndexError: One is damaged.
        """
        for segment in self.segments:
            segment.load()

    def verify(self, *, again: bool = False) -> None:
        """Read the segments' files, except those that this process has read and that did not change since.

        Args:
            again: Read these, too.

        Raises:
            BadIndexError: One is damaged.
        """
        for path, digest in self.segment_files.items():
            verify_segment(self._disk, path, digest, again=again)

    def drop_contents(self) -> None:
        """Free the memory of files from which nothing was taken; one that is asked for later is read again."""
        self._contents.clear()

    def close(self) -> None:
        """Release the lock, after which the generation may be removed, and the memory."""
        self.drop_contents()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _content(self, name: str) -> npt.NDArray[np.uint8]:
        if name not in self.manifest.files:
            raise BadIndexError(f'{self.path} has no file "{name}"', REBUILD)
        if name not in self._contents:
            self._contents[name] = _read_checked(self.path / name, self.manifest, self._disk)
        return self._contents[name]


def open_generation(
    folder: Path, disk: Disk, *, manifest_sha256: str | None = None, lender: int | None = None
) -> Generation:
    """Open a generation: read and verify all of its files; its segments are verified as they are read.

    Args:
        folder: Its folder, whose name ends with the first 12 digits of the manifest's SHA-256.
        disk: The file system.
        manifest_sha256: The manifest's SHA-256 as the pointer states it; None to verify the folder's name only.
        lender: The id of a process that may have read its segments.

    Raises:
        FileNotFoundError: It does not exist (any more).
        BadIndexError: One of its files is missing, damaged or of another format.
    """
    lock = ReadLock(folder, disk)
    try:
        manifest, sha256 = read_manifest(folder, disk, manifest_sha256=manifest_sha256)
        contents = {name: _read_checked(folder / name, manifest, disk) for name in manifest.files}
        segments = open_segments(disk, folder, manifest.segments, lender=lender)
    except BaseException:
        lock.close()
        raise
    return Generation(folder, manifest, sha256, segments, contents, lock, disk)


def read_manifest(folder: Path, disk: Disk, *, manifest_sha256: str | None = None) -> tuple[Manifest, str]:
    """Return a generation's manifest, verified, and the manifest's SHA-256 in hex.

    Raises:
        FileNotFoundError: It does not exist.
        BadIndexError: It is damaged, another generation's, or of another format.
    """
    path = folder / MANIFEST
    content, sha256 = read_file(disk, path)
    if sha256 != (manifest_sha256 or sha256):
        raise _damaged(path, f"SHA-256 {manifest_sha256}", sha256)
    manifest = parse_manifest(bytes(content), path) if folder.name.endswith(f"-{sha256[:12]}") else None
    if manifest is None or folder.name != generation_id(manifest.number, sha256):
        raise _damaged(path, "the SHA-256 that its folder's name ends with", sha256)
    return manifest, sha256


def read_arrays(folder: Path, disk: Disk, name: str) -> tuple[Manifest, dict[str, npt.NDArray[Any]] | None]:
    """Return a generation's manifest and the arrays in one of its files, both verified; None without such a file.

    Raises:
        FileNotFoundError: The generation does not exist.
        BadIndexError: One of the two is damaged.
    """
    manifest, _ = read_manifest(folder, disk)
    if name not in manifest.files:
        return manifest, None
    return manifest, parse_arrays(_read_checked(folder / name, manifest, disk))


def _read_checked(path: Path, manifest: Manifest, disk: Disk) -> npt.NDArray[np.uint8]:
    expected = manifest.files[path.name]
    try:
        size = disk.status(path).st_size
        if size != expected.size:
            raise _damaged(path, f"{expected.size} bytes", f"{size} bytes")
        content, sha256 = read_file(disk, path)
    except FileNotFoundError as error:
        raise _damaged(path, "the file", "none") from error
    if sha256 != expected.sha256:
        raise _damaged(path, f"SHA-256 {expected.sha256}", sha256)
    return content


def _damaged(path: Path, expected: str, found: str) -> BadIndexError:
    return BadIndexError(f"{path} is damaged (expected {expected}, found {found})", ROLL_BACK)
