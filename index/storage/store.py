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
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import BadIndexError, NoIndexError
from index.storage.file_system import DISK, Disk
from index.storage.generation import Generation, open_generation, read_manifest
from index.storage.generation_writer import write_generation
from index.storage.manifest import is_file_name, number_of
from index.storage.os_errors import reading, writing
from index.storage.payload import Payload
from index.storage.pointer import Pointer, PointerFile
from index.storage.retention import remove_leftovers, remove_old
from index.storage.writer_lock import WriterLock

KEEP = 3
WAIT_S = 60.0


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
        self._pointer = PointerFile(root / "current", disk)
        self._lock = WriterLock(root / "writer.lock", disk)

    def pointed(self) -> str | None:
        """Return the id of the generation that is searched now, None where nothing was built; a read of 100 bytes.

        Raises:
            BadIndexError: The pointer is damaged or cannot be read.
        """
        with reading(self.root):
            pointer = self._pointer.read()
        return None if pointer is None else pointer.generation_id

    def current(self) -> Generation:
        """Open the generation that is searched now, every file read and checked.

        Raises:
            NoIndexError: Nothing has been built.
            BadIndexError: The pointer or the generation is damaged, missing or of another format.
        """
        while True:
            with reading(self.root):
                pointer = self._pointer.read()
            if pointer is None:
                raise NoIndexError(self._none_built())
            try:
                return self._open(pointer.generation_id, pointer.manifest_sha256)
            except BadIndexError:
                if self._pointer.generation_id() in (None, pointer.generation_id):
                    raise  # and no writer has moved on while it was being opened

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
        current = self._pointer.generation_id()
        found = tuple(self._listed(name, current) for name in reversed(self._ids()))
        return tuple(each for each in found if each.problem is None or self.holds(each.generation_id))

    def holds(self, generation_id: str) -> bool:
        """Tell whether a generation of that id is in the folder now; a build removes the oldest."""
        return generation_id in self._ids()

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
            files: Its files by name, each bytes or named arrays.
            facts: JSON for the manifest.
            keep: How many generations stay; the current one and those that readers hold stay in any case.
            point: False leaves the pointer and the old generations; `rollback` with the id publishes this one.

        Raises:
            BusyError: Another writer holds the lock.
            BuildError: It could not be written; what was current still is.
        """
        if not all(map(is_file_name, files)):
            raise ValueError(f"a generation's files have plain names, not {sorted(files)}")
        with self.writer(), writing(self.root):
            if point:
                self._pointer.content()  # one that cannot be read cannot be moved either: nothing is written for it
            generation = write_generation(self._disk, self._folder, self._next_number(), files, facts)
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
                    remove_leftovers(self._disk, self.root, self._folder)
            yield

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
            return f'{self._pointer.path} is missing; run "assistant rollback" to point at the newest sound generation'
        return f'no index has been built in {self.root}; run "assistant build"'

    def _before_current(self) -> Generation:
        with reading(self.root):
            try:
                pointer = self._pointer.read()
            except BadIndexError:  # it is damaged, so any sound generation is a way back; an unreadable one is not
                pointer = None
        for name in reversed(self._ids()):
            if pointer is None or name < pointer.generation_id:
                with contextlib.suppress(BadIndexError):
                    return self.open(name)
        raise BadIndexError(f'{self._folder} has no earlier sound generation to go back to; run "assistant build"')

    def _point_at(self, generation: Generation) -> None:
        self._pointer.move(Pointer(generation.generation_id, generation.manifest_sha256))

    def _prune(self, keep: int) -> None:
        with contextlib.suppress(BadIndexError, OSError):  # a pointer that cannot be read might name any of them
            names, pointer = self._ids(), self._pointer.read()
            kept = {*names[-max(keep, 1) :], pointer.generation_id if pointer else None}
            remove_old(self._disk, self._folder, [name for name in names if name not in kept])

    def _next_number(self) -> int:
        names = [*self._ids(), self._pointer.generation_id() or ""]
        return 1 + max((number_of(name) or 0 for name in names), default=0)
