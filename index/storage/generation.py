"""One immutable build of the index, read whole and checked before any of it is used."""

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

from index.errors import BadIndexError
from index.storage.file_system import Disk, read_file
from index.storage.manifest import MANIFEST, Manifest, generation_id, parse_manifest
from index.storage.payload import parse_arrays


class Hold:
    """A reader's shared lock on a generation, which keeps it from being removed.

    Raises:
        FileNotFoundError: The generation is not there (any more).
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        path = folder / MANIFEST
        descriptor = disk.open(path, os.O_RDONLY)
        try:
            removed = not disk.lock(descriptor, shared=True)
            # subtle: it may have been removed between `open` and `lock`, then the path is another file's or nobody's
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
    """A generation that a reader holds: it is not removed until `close`, or until nothing refers to it any more.

    Its files are in memory, the very bytes whose digests were found right: what happens to them on disk afterwards
    changes no answer. Views that were handed out outlive `forget` and `close`.
    """

    path: Path
    manifest: Manifest
    manifest_sha256: str
    _contents: dict[str, npt.NDArray[np.uint8]]
    _hold: Hold
    _disk: Disk

    @property
    def generation_id(self) -> str:
        """Its id; ids sort in the order of making."""
        return generation_id(self.manifest.number, self.manifest_sha256)

    @property
    def built_at(self) -> str:
        """When it was made, ISO 8601 in UTC."""
        return self.manifest.built_at

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the builder noted."""
        return self.manifest.facts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        return tuple(self.manifest.files)

    @property
    def size(self) -> int:
        """How many bytes its files have together."""
        return sum(content.size for content in self.manifest.files.values())

    def bytes_of(self, name: str) -> memoryview:
        """Return a file's bytes, read-only.

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
            raise BadIndexError(
                f'{self.path / name} is not a file of arrays ({error}); run "assistant build"'
            ) from error

    def forget(self) -> None:
        """Drop the files' bytes, but not the views handed out, once everything needed has been taken."""
        self._contents.clear()

    def close(self) -> None:
        """Let go: the generation may be removed."""
        self.forget()
        self._hold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _content(self, name: str) -> npt.NDArray[np.uint8]:
        if name not in self.manifest.files:
            raise BadIndexError(f'{self.path} has no file "{name}"; run "assistant build"')
        if name not in self._contents:
            self._contents[name] = _read_checked(self.path / name, self.manifest, self._disk)
        return self._contents[name]


def open_generation(folder: Path, disk: Disk, *, manifest_sha256: str | None = None) -> Generation:
    """Open a generation and read all of it, checking every digest.

    Args:
        folder: Its folder, whose name ends with the beginning of its manifest's digest.
        disk: The file system.
        manifest_sha256: The manifest's digest as the pointer has it; None where only the folder's name is known.

    Raises:
        FileNotFoundError: It is not there (any more).
        BadIndexError: One of its files is missing, damaged or of another format.
    """
    hold = Hold(folder, disk)
    try:
        manifest, sha256 = read_manifest(folder, disk, manifest_sha256=manifest_sha256)
        contents = {name: _read_checked(folder / name, manifest, disk) for name in manifest.files}
    except BaseException:
        hold.close()
        raise
    return Generation(folder, manifest, sha256, contents, hold, disk)


def read_manifest(folder: Path, disk: Disk, *, manifest_sha256: str | None = None) -> tuple[Manifest, str]:
    """Return a generation's manifest and its digest.

    Raises:
        FileNotFoundError: It is not there.
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
    return BadIndexError(
        f'{path} is damaged (expected {expected}, found {found}); run "assistant rollback" to go back to the newest '
        'sound generation, or "assistant build" to make a new one'
    )
