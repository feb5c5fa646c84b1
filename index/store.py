"""Generations on disk: immutable folders and one pointer, so that a reader sees one whole build or another.

    built/
      current                     the pointer: a generation's id and its manifest's SHA-256
      writer.lock                 held by the one who writes
      generations/
        000012-3fa9c0d1e2b3/      a number, and the beginning of the manifest's SHA-256
          manifest.json           the size and SHA-256 of every other file, and the builder's facts
          ...

The order of a write is that of Lucene's two-phase commit: everything a generation holds is on the disk itself before
its folder gets its name, and that before the pointer names it. Names that begin with a dot are unfinished work.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.disk import DISK, Disk, make_folders, read_file, remove_tree, sync_folder, write_file
from index.errors import BadIndexError, BuildError, NoIndexError
from index.failures import reading, writing
from index.generation import Generation, open_generation, read_manifest
from index.lock import WriterLock
from index.manifest import (
    MANIFEST,
    Manifest,
    Pointer,
    generation_id,
    is_file_name,
    number_of,
    parse_pointer,
)

Payload = bytes | npt.NDArray[Any] | Iterable[bytes]

KEEP = 3
WAIT_S = 60.0
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A generation on disk as `Store.generations` lists it, without its files having been read.

    Attributes:
        problem: What is wrong with its manifest, or None.
    """

    generation_id: str
    built_at: str | None
    facts: Mapping[str, Any]
    is_current: bool
    problem: str | None = None


class Store:
    """The generations in one folder.

    Args:
        root: The index folder; made by the first writer.
        disk: The file system, for tests.
    """

    def __init__(self, root: Path, *, disk: Disk = DISK) -> None:
        self.root = root
        self._disk = disk
        self._folder = root / "generations"
        self._pointer = root / "current"
        self._lock = WriterLock(root / "writer.lock", disk)

    def pointed(self) -> str | None:
        """Return the id of the generation that is searched now, None where nothing was built; a read of 100 bytes.

        Raises:
            BadIndexError: The pointer is damaged or cannot be read.
        """
        pointer = self._read_pointer()
        return None if pointer is None else pointer.generation_id

    def current(self) -> Generation:
        """Open the generation that is searched now, every file read and checked.

        Raises:
            NoIndexError: Nothing has been built.
            BadIndexError: The pointer or the generation is damaged, missing or of another format.
        """
        while True:
            pointer = self._read_pointer()
            if pointer is None:
                raise NoIndexError(self._none_built())
            try:
                return self._open(pointer.generation_id, pointer.manifest_sha256)
            except BadIndexError:
                if self._read_pointer() == pointer:  # else a writer moved on while it was being opened
                    raise

    def open(self, generation_id: str) -> Generation:
        """Open one generation, current or not, every file read and checked.

        Raises:
            BadIndexError: It is not there, damaged or of another format.
        """
        return self._open(generation_id, None)

    def generations(self) -> tuple[Listed, ...]:
        """List all generations, newest first.

        Raises:
            BadIndexError: The folder cannot be read.
        """
        try:
            current = self.pointed()
        except BadIndexError:
            current = None
        return tuple(self._listed(name, current) for name in reversed(self._ids()))

    def last_sound(self, *, other_than: str | None = None) -> Generation | None:
        """Open the newest generation that is whole, or None where there is none; one that was never current counts."""
        for name in reversed(self._ids()):
            if name != other_than:
                with contextlib.suppress(BadIndexError):
                    return self._open(name, None)
        return None

    def writer(self, *, wait_s: float = WAIT_S) -> AbstractContextManager[None]:
        """Be the one writer; leftovers of a writer that died are removed.

        Raises:
            BusyError: Another writer still holds the lock after `wait_s` seconds.
            BuildError: The index folder cannot be written.
        """
        return self._writer(wait_s)

    def publish(
        self, files: Mapping[str, Payload], facts: Mapping[str, Any], *, keep: int = KEEP, point: bool = True
    ) -> Generation:
        """Write a generation, check it, and point at it.

        Args:
            files: Its files by name: bytes, an array (written as .npy) or a stream, hashed as it is written.
            facts: JSON for the manifest.
            keep: How many generations stay; the current one and those that readers hold stay in any case.
            point: False leaves the pointer where it is; `rollback` with the id publishes it later.

        Raises:
            BusyError: Another writer holds the lock.
            BuildError: It could not be written; what was current still is.
        """
        if not all(map(is_file_name, files)):
            raise ValueError(f"a generation's files have plain names, not {sorted(files)}")
        with self.writer(), writing(self.root):
            generation = self._write(files, facts)
            if point:
                self._point_at(generation)
            self._prune(keep)
            return generation

    def rollback(self, generation_id: str | None = None) -> Generation:
        """Point at another generation: the newest sound one before the current, or the one named.

        Raises:
            BadIndexError: The one named is not sound, or there is no other to go back to.
            BuildError: The pointer could not be written; what was current still is.
        """
        with self.writer():
            found = self._before_current() if generation_id is None else self.open(generation_id)
            with writing(self.root):
                self._point_at(found)
            return found

    @contextlib.contextmanager
    def _writer(self, wait_s: float) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            with writing(self.root):
                if stack.enter_context(self._lock.held(wait_s=wait_s)):
                    self._remove_leftovers()
            yield

    def _read_pointer(self) -> Pointer | None:
        with reading(self.root):
            try:
                content, _ = read_file(self._disk, self._pointer)
            except FileNotFoundError:
                return None
            return parse_pointer(bytes(content), self._pointer)

    def _open(self, name: str, manifest_sha256: str | None) -> Generation:
        if number_of(name) is None:
            raise BadIndexError(f'"{name}" is not the id of a generation; "assistant generations" lists them')
        with reading(self.root):
            try:
                return open_generation(self._folder / name, self._disk, manifest_sha256=manifest_sha256)
            except FileNotFoundError as error:
                raise BadIndexError(
                    f'generation {name} is not in {self._folder} or has lost its manifest; "assistant generations" '
                    'lists those that are, "assistant rollback" goes back to the newest sound one'
                ) from error

    def _ids(self) -> list[str]:
        """Return the ids of the generations on disk, oldest first."""
        with reading(self.root):
            try:
                names = self._disk.names(self._folder)
            except FileNotFoundError:
                return []
        return sorted((name for name in names if number_of(name) is not None), key=lambda name: (number_of(name), name))

    def _listed(self, name: str, current: str | None) -> Listed:
        try:
            with reading(self.root):
                manifest, _ = read_manifest(self._folder / name, self._disk)
        except (BadIndexError, FileNotFoundError) as error:
            return Listed(name, None, {}, name == current, str(error))
        return Listed(name, manifest.built_at, manifest.facts, name == current)

    def _none_built(self) -> str:
        if self._ids():
            return f'{self._pointer} is missing; run "assistant rollback" to point at the newest sound generation'
        return f'no index has been built in {self.root}; run "assistant build"'

    def _before_current(self) -> Generation:
        try:
            current = self.pointed()
        except BadIndexError:
            current = None
        for name in reversed(self._ids()):
            if current is None or name < current:
                with contextlib.suppress(BadIndexError):
                    return self.open(name)
        raise BadIndexError(f'{self._folder} has no earlier sound generation to go back to; run "assistant build"')

    def _write(self, files: Mapping[str, Payload], facts: Mapping[str, Any]) -> Generation:
        make_folders(self._disk, self._folder)
        draft = self._folder / f".new-{secrets.token_hex(8)}"
        self._disk.make_folder(draft)
        try:
            contents = {name: write_file(self._disk, draft / name, _chunks(payload)) for name, payload in files.items()}
            manifest = Manifest(self._next_number(), datetime.now(UTC).isoformat("T", "seconds"), contents, facts)
            written = write_file(self._disk, draft / MANIFEST, [manifest.as_bytes()])
            sync_folder(self._disk, draft)
            folder = self._folder / generation_id(manifest.number, written.sha256)
            self._disk.rename(draft, folder)
            sync_folder(self._disk, self._folder)
        except Exception:
            self._discard(draft)
            raise
        try:
            return open_generation(folder, self._disk, manifest_sha256=written.sha256)
        except BadIndexError as error:
            self._discard(folder)
            raise BuildError(f"what was written is not what is on disk, check the disk: {error}") from error

    def _next_number(self) -> int:
        names = [*self._ids(), self._pointed_or_nothing()]
        return 1 + max((number_of(name) or 0 for name in names), default=0)

    def _pointed_or_nothing(self) -> str:
        try:
            return self.pointed() or ""
        except BadIndexError:
            return ""

    def _point_at(self, generation: Generation) -> None:
        before = self._pointer_bytes()
        self._replace_pointer(Pointer(generation.generation_id, generation.manifest_sha256).as_bytes())
        try:
            sync_folder(self._disk, self.root)
        except OSError:
            with contextlib.suppress(OSError):  # a build that reports a failure has published nothing
                self._replace_pointer(before) if before is not None else self._disk.remove(self._pointer)
            raise

    def _pointer_bytes(self) -> bytes | None:
        try:
            return bytes(read_file(self._disk, self._pointer)[0])
        except FileNotFoundError:
            return None

    def _replace_pointer(self, content: bytes) -> None:
        draft = self.root / f".current-{secrets.token_hex(8)}"
        try:
            write_file(self._disk, draft, [content])
            self._disk.rename(draft, self._pointer)
        except Exception:
            self._discard(draft)
            raise

    def _prune(self, keep: int) -> None:
        """Remove the oldest generations; what cannot be removed now is the next build's to remove."""
        kept = {self._pointed_or_nothing(), *self._ids()[-max(keep, 1) :]}
        for name in self._ids():
            if name not in kept:
                with contextlib.suppress(OSError):
                    self._remove_unless_held(name)

    def _remove_unless_held(self, name: str) -> None:
        folder, grave = self._folder / name, self._folder / f".old-{name}"
        try:
            descriptor = self._disk.open(folder / MANIFEST, os.O_RDONLY)
        except FileNotFoundError:
            self._disk.rename(folder, grave)
        else:
            try:
                if not self._disk.lock(descriptor, shared=False):
                    return
                self._disk.rename(folder, grave)
            finally:
                self._disk.close(descriptor)
        remove_tree(self._disk, grave)

    def _remove_leftovers(self) -> None:
        for folder in (self.root, self._folder):
            with contextlib.suppress(OSError):
                for name in self._disk.names(folder):
                    if name.startswith((".new-", ".old-", ".current-")):
                        self._discard(folder / name)

    def _discard(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            remove_tree(self._disk, path)


def _chunks(payload: Payload) -> Iterator[bytes | memoryview]:
    """Yield a payload's bytes; an array's are those of the .npy format."""
    if isinstance(payload, bytes):
        yield payload
    elif isinstance(payload, np.ndarray):
        yield from _array_chunks(np.asarray(payload, order="C"))
    else:
        yield from payload


def _array_chunks(array: npt.NDArray[Any]) -> Iterator[bytes | memoryview]:
    if array.dtype.hasobject:
        raise ValueError("an array of objects is a pickle, it is not written")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    yield header.getvalue()
    content = array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]
