"""The generations of an index folder: a reader sees one complete build or another, never a mixture.

    built/
      current                     the pointer: a generation's id and its manifest's SHA-256
      writer.lock                 locked by the process that writes
      generations/
        000012-3fa9c0d1e2b3/      a number, and the first 12 digits of the manifest's SHA-256
          manifest.json           the size and SHA-256 of every other file, and the builder's facts
          3b...c1.segment         rows of entries; the same file as in other generations that have these entries
          ...

The order of a write is that of Lucene's two-phase commit: all files of a generation are synced to the disk before its
folder gets its name, and the folder is synced before the pointer names it. What has a name that begins with a dot is
unfinished.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy.typing as npt

from index.errors import REBUILD, BadIndexError, NoIndexError
from index.storage.file_system import DISK, Disk
from index.storage.generation import Generation, open_generation, read_arrays, read_manifest
from index.storage.generation_writer import NewGeneration, write_generation
from index.storage.manifest import is_file_name, number_of
from index.storage.os_errors import translate_read_errors, translate_write_errors
from index.storage.payload import Payload
from index.storage.pointer import Pointer, PointerFile
from index.storage.retention import remove_generations, remove_unfinished
from index.storage.segments.segment_list import SegmentList
from index.storage.writer_lock import WriterLock

KEEP = 3  # generations
WAIT_S = 60.0
_NO_ROWS = SegmentList()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ListedGeneration:
    """A generation as `Store.generations` lists it: only its manifest has been read.

    Attributes:
        generation_id: Its id.
        built_at: ISO 8601 in UTC; None where the manifest cannot be read.
        facts: What the builder recorded; empty where the manifest cannot be read.
        is_current: Whether the pointer names it.
        problem: Why the manifest cannot be read, or None.
    """

    generation_id: str
    built_at: str | None
    facts: Mapping[str, Any]
    is_current: bool
    problem: str | None = None


class Store:
    """The generations in one folder.

    Args:
        root: The index folder; the first writer makes it.
        disk: The file system; tests pass one that fails.
        now: Returns the time; another one for tests.
        lender: The id of a process, such as the server that started this one, whose memory is used for segments that
            it has read and verified; None reads them from the disk.
    """

    def __init__(
        self, root: Path, *, disk: Disk = DISK, now: Callable[[], datetime] = _now, lender: int | None = None
    ) -> None:
        self.root = root
        self._disk = disk
        self._now = now
        self._lender = lender
        self._folder = root / "generations"
        self._pointer = PointerFile(root / "current", disk)
        self._lock = WriterLock(root / "writer.lock", disk)

    def current_id(self) -> str | None:
        """Return the id of the current generation, None where nothing was built; reads only the pointer, 120 bytes.

        Raises:
            BadIndexError: The pointer is damaged or cannot be read.
        """
        with translate_read_errors(self.root):
            pointer = self._pointer.read()
        return None if pointer is None else pointer.generation_id

    def current(self) -> Generation:
        """Open the current generation: every file is read and verified, segments as far as they are used.

        Raises:
            NoIndexError: Nothing has been built.
            BadIndexError: The pointer or the generation is damaged, missing or of another format.
        """
        while True:
            with translate_read_errors(self.root):
                pointer = self._pointer.read()
            if pointer is None:
                raise self._no_index_error()
            try:
                return self._open(pointer.generation_id, pointer.manifest_sha256)
            except BadIndexError:
                if self._pointer.generation_id() in (None, pointer.generation_id):
                    raise  # the pointer is the same: no writer has removed the generation while it was opened

    def open(self, generation_id: str) -> Generation:
        """Open one generation, current or not: every file is read and verified, segments as far as they are used.

        Raises:
            BadIndexError: It does not exist, is damaged or of another format.
        """
        return self._open(generation_id, None)

    def generations(self) -> tuple[ListedGeneration, ...]:
        """Return all generations, newest first.

        Raises:
            BadIndexError: The folder cannot be read.
        """
        current = self._pointer.generation_id()
        listed = tuple(self._listed(name, current) for name in reversed(self._ids()))
        # One that a build has removed since its name was read is no problem.
        return tuple(each for each in listed if each.problem is None or self.holds(each.generation_id))

    def holds(self, generation_id: str) -> bool:
        """Return whether a generation exists now; a build removes the oldest."""
        return generation_id in self._ids()

    def writer(self, *, wait_s: float = WAIT_S) -> AbstractContextManager[None]:
        """Hold the writer's lock; on entry, what a writer that was killed left unfinished is removed.

        Args:
            wait_s: How many seconds to wait for another writer.

        Raises:
            BusyError: Another writer still holds the lock after `wait_s` seconds.
            BuildError: The index folder cannot be written.
        """
        return self._writer(wait_s)

    def publish(
        self,
        files: Mapping[str, Payload],
        facts: Mapping[str, Any],
        *,
        rows: SegmentList = _NO_ROWS,
        keep: int = KEEP,
        make_current: bool = True,
        prepare: Callable[[Generation], None] | None = None,
    ) -> Generation:
        """Write a generation, verify what is on disk, and make it the current one.

        Args:
            files: Its files by name, each bytes or named arrays.
            facts: JSON for the manifest.
            rows: The rows of its entries.
            keep: How many generations to keep; the current one and those that readers have open stay in any case.
            make_current: False leaves the pointer and the old generations as they are; `rollback` to the new id then
                publishes it.
            prepare: Called with the generation before it may be searched; if it raises, the generation is removed.

        Raises:
            BusyError: Another writer holds the lock.
            BuildError: It could not be written; the current generation is unchanged.
        """
        if not all(map(is_file_name, files)):
            raise ValueError(f"the files of a generation have plain names, not {sorted(files)}")
        with self.writer(), translate_write_errors(self.root):
            if make_current:
                self._pointer.content()  # fails before anything is written where the pointer could not be replaced
            new = NewGeneration(self._next_number(), files, rows, facts, self._now())
            generation = write_generation(self._disk, self._folder, new)
            if prepare is not None:
                self._prepare(generation, prepare)
            if make_current:
                self._point_at(generation)
                self._prune(keep)
            return generation

    def rollback(self, generation_id: str | None = None) -> Generation:
        """Make another generation the current one: the newest intact one before the current, or the one named.

        Raises:
            BadIndexError: The one named is not intact, or there is no earlier intact one.
            BuildError: The pointer could not be written; the current generation is unchanged.
        """
        with self.writer():
            generation = self._before_current() if generation_id is None else self._open_intact(generation_id)
            with translate_write_errors(self.root):
                self._point_at(generation)
            return generation

    def discard(self, generation_id: str) -> None:
        """Remove a generation that was only tried; the current one, and one that a reader has open, stays."""
        with self.writer(), contextlib.suppress(BadIndexError):
            if generation_id != self._pointer.generation_id():
                remove_generations(self._disk, self._folder, [name for name in self._ids() if name == generation_id])

    def arrays_of_each(self, name: str) -> Iterator[tuple[Mapping[str, Any], dict[str, npt.NDArray[Any]]]]:
        """Yield the facts of each generation that has a file, and the arrays in it; nothing else of them is read.

        One that is damaged, or that a build removes meanwhile, is left out.
        """
        for generation_id in self._ids():
            with contextlib.suppress(BadIndexError, FileNotFoundError), translate_read_errors(self.root):
                manifest, arrays = read_arrays(self._folder / generation_id, self._disk, name)
                if arrays is not None:
                    yield manifest.facts, arrays

    def _prepare(self, generation: Generation, prepare: Callable[[Generation], None]) -> None:
        try:
            prepare(generation)
        except BaseException:
            generation.close()
            remove_generations(self._disk, self._folder, [generation.generation_id])
            raise

    @contextlib.contextmanager
    def _writer(self, wait_s: float) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            with translate_write_errors(self.root):
                if stack.enter_context(self._lock.held(wait_s=wait_s)):
                    remove_unfinished(self._disk, self.root, self._folder)
            yield

    def _open(self, name: str, manifest_sha256: str | None) -> Generation:
        if number_of(name) is None:
            raise BadIndexError(f'"{name}" is not the id of a generation', '"assistant generations" lists them')
        with translate_read_errors(self.root):
            try:
                return open_generation(
                    self._folder / name, self._disk, manifest_sha256=manifest_sha256, lender=self._lender
                )
            except FileNotFoundError as error:
                raise BadIndexError(
                    f"generation {name} is not in {self._folder} or has lost its manifest",
                    '"assistant generations" lists those that are there, "assistant rollback" goes back to the newest '
                    "intact one",
                ) from error

    def _open_intact(self, name: str) -> Generation:
        generation = self.open(name)
        with translate_read_errors(self.root):
            generation.verify()
        return generation

    def _ids(self) -> list[str]:
        """Return the ids of the generations on disk, oldest first."""
        with translate_read_errors(self.root):
            try:
                names = self._disk.names(self._folder)
            except FileNotFoundError:
                return []
        return sorted((name for name in names if number_of(name) is not None), key=lambda name: (number_of(name), name))

    def _listed(self, name: str, current: str | None) -> ListedGeneration:
        try:
            with translate_read_errors(self.root):
                manifest, _ = read_manifest(self._folder / name, self._disk)
        except (BadIndexError, FileNotFoundError) as error:
            return ListedGeneration(name, None, {}, name == current, str(error))
        return ListedGeneration(name, manifest.built_at, manifest.facts, name == current)

    def _no_index_error(self) -> NoIndexError:
        if self._ids():
            remedy = 'run "assistant rollback" to point at the newest intact generation'
            return NoIndexError(f"{self._pointer.path} is missing", remedy)
        return NoIndexError(f"no index has been built in {self.root}", REBUILD)

    def _before_current(self) -> Generation:
        with translate_read_errors(self.root):
            try:
                pointer = self._pointer.read()
            except BadIndexError:  # the pointer is damaged: the newest intact generation will do
                pointer = None
        for name in reversed(self._ids()):
            if pointer is None or name < pointer.generation_id:
                with contextlib.suppress(BadIndexError):
                    return self._open_intact(name)
        raise BadIndexError(f"{self._folder} has no earlier intact generation to go back to", REBUILD)

    def _point_at(self, generation: Generation) -> None:
        self._pointer.replace(Pointer(generation.generation_id, generation.manifest_sha256))

    def _prune(self, keep: int) -> None:
        """Remove all but the newest generations, of which the last is the one that was just made current."""
        with contextlib.suppress(BadIndexError, OSError):  # what is left is removed after the next build
            remove_generations(self._disk, self._folder, self._ids()[: -max(keep, 1)])

    def _next_number(self) -> int:
        names = [*self._ids(), self._pointer.generation_id() or ""]
        return 1 + max((number_of(name) or 0 for name in names), default=0)
