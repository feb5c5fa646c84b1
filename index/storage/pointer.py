"""The one file that says which generation is searched; it is replaced at once or not at all."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from index.errors import BadIndexError
from index.storage.file_system import Disk, discard, read_file, sync_folder, write_file
from index.storage.manifest import number_of

UNFINISHED = ".current-"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The generation that is searched, and the SHA-256 of its manifest."""

    generation_id: str
    manifest_sha256: str

    def as_bytes(self) -> bytes:
        """Return the pointer as it is stored."""
        fields = {"generation": self.generation_id, "manifest_sha256": self.manifest_sha256}
        return json.dumps(fields).encode() + b"\n"


class PointerFile:
    """The pointer of an index folder."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk

    def read(self) -> Pointer | None:
        """Return what the pointer says, or None where nothing was published.

        Raises:
            BadIndexError: It is damaged.
        """
        content = self.content()
        return None if content is None else parse_pointer(content, self.path)

    def generation_id(self) -> str | None:
        """Return the id that it names, None also where it is damaged or cannot be read."""
        with contextlib.suppress(BadIndexError, OSError):
            pointer = self.read()
            return None if pointer is None else pointer.generation_id
        return None

    def move(self, pointer: Pointer) -> None:
        """Name another generation; after an error the one named before still is.

        Raises:
            OSError: It could not be written.
        """
        before = self.content()
        way_back = None if before is None else self._draft(before)  # written now: later it might not be possible
        try:
            draft = self._draft(pointer.as_bytes())
            self._disk.rename(draft, self.path)
            self._make_sure(way_back)
        finally:
            if way_back is not None:
                discard(self._disk, way_back)

    def _make_sure(self, way_back: Path | None) -> None:
        """Put the new pointer on the disk itself; who reports a failure has published nothing."""
        try:
            sync_folder(self._disk, self.path.parent)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.remove(self.path) if way_back is None else self._disk.rename(way_back, self.path)
            raise

    def content(self) -> bytes | None:
        """Return its bytes, sound or not, or None where nothing was published.

        Raises:
            OSError: It cannot be read.
        """
        try:
            return bytes(read_file(self._disk, self.path)[0])
        except FileNotFoundError:
            return None
        except IsADirectoryError as error:  # told by the read, which does not know the name
            raise IsADirectoryError(error.errno, error.strerror, str(self.path)) from error

    def _draft(self, content: bytes) -> Path:
        draft = self.path.parent / f"{UNFINISHED}{secrets.token_hex(8)}"
        try:
            write_file(self._disk, draft, [content])
        except BaseException:
            discard(self._disk, draft)
            raise
        return draft


def parse_pointer(content: bytes, path: Path) -> Pointer:
    """Read the pointer.

    Raises:
        BadIndexError: It is not what `Pointer.as_bytes` writes.
    """
    try:
        fields = json.loads(content)
        pointer = Pointer(fields["generation"], fields["manifest_sha256"])
        sound = number_of(pointer.generation_id) is not None and _SHA256.fullmatch(pointer.manifest_sha256)
    except (ValueError, KeyError, TypeError):
        sound = None
    if not sound or not pointer.manifest_sha256.startswith(pointer.generation_id.rpartition("-")[2]):
        raise BadIndexError(
            f'{path} does not name a generation, it is damaged; run "assistant rollback" to go back to the newest '
            'sound generation, or "assistant build"'
        )
    return pointer
