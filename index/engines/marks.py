"""Which generations a collection has all rows of: each has a mark there, a row that no search finds.

A mark is written before the rows of a generation and removed before they are. So a reader whose mark is missing knows
that rows of its generation may be, too. And an index folder that does not know a mark has been copied, and the copy is
built as well: what one of the two removes the other may need, therefore neither builds nor removes anything then.
"""

from __future__ import annotations

from pathlib import Path

from index.engines.milvus import Milvus
from index.engines.rows import MARKS, mark_row
from index.errors import EngineError
from index.storage.file_system import DISK, write_file
from index.storage.os_errors import translate_write_errors

OWNER = "engine-owner"  # a file of the index folder: what its collections' names begin with


class Marks:
    """The marks in a collection of entries, and those that an index folder knows, which it notes in a file.

    Args:
        milvus: The server.
        root: The index folder.
        collection: The collection.
        known: The marks of the generations in the folder.
    """

    def __init__(self, milvus: Milvus, root: Path, collection: str, known: frozenset[int]) -> None:
        self._milvus = milvus
        self._root = root
        self._collection = collection
        self._path = root / f"{collection}.marks"
        self._known = known | self._noted()

    def there(self) -> frozenset[int]:
        """Return the marks that are there.

        Raises:
            EngineError: There are others than those that the folder knows.
        """
        there = frozenset(row["id"] for row in self._milvus.strictly(self._collection, MARKS, ["id"]))
        if there <= self._known:
            return there
        raise EngineError(
            f"{self._collection} at {self._milvus.options.address} (ASSISTANT_ENGINE) was built from another folder "
            f"than {self._root}, too: one of them is a copy",
            f"build in one of them only; or remove {self._root / OWNER}, and this one gets collections of its own",
        )

    def add(self, mark: int) -> None:
        """Write a mark, before any row of its generation.

        Raises:
            EngineError: Another folder is built there, too.
            BuildError: The index folder cannot be written.
        """
        before = self.there()
        self._known |= {mark}
        self._note(self._known)
        self._milvus.upsert(self._collection, [mark_row(mark)])
        try:
            self.there()  # of two builds that begin at once, the later sees the other
        except EngineError:
            if mark not in before:
                self._remove(frozenset({mark}))
            raise

    def keep(self, needed: frozenset[int]) -> None:
        """Remove all marks but some, before any row of the others' generations."""
        self._remove(self.there() - needed)

    def forget(self, needed: frozenset[int]) -> None:
        """Know no other marks than some: the rows of the others are gone."""
        self._note(needed)

    def _remove(self, marks: frozenset[int]) -> None:
        if marks:
            self._milvus.delete(self._collection, f"id in {sorted(marks)}")

    def _noted(self) -> frozenset[int]:
        try:
            return frozenset(int(line) for line in self._path.read_text(encoding="ascii").split())
        except (FileNotFoundError, ValueError):  # where it was damaged, marks are unknown, and that is told
            return frozenset()

    def _note(self, marks: frozenset[int]) -> None:
        if marks == self._noted():
            return
        unfinished = self._root / f".new-{self._path.name}"
        with translate_write_errors(self._root):
            write_file(DISK, unfinished, [f"{mark}\n".encode() for mark in sorted(marks)])
            DISK.rename(unfinished, self._path)
