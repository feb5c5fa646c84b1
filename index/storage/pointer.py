"""The pointer: the one file that says which generation is current. It is replaced by a rename, or not at all."""

from __future__ import annotations

import contextlib
import json
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from index.errors import ROLL_BACK, BadIndexError
from index.storage.file_system import Disk, read_file, remove_if_possible, sync_folder, write_file
from index.storage.manifest import number_of

TEMPORARY_POINTER = ".current-"  # how the names of unfinished pointers begin
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """The id of the current generation, and the SHA-256 of its manifest in hex."""

    generation_id: str
    manifest_sha256: str

    def as_bytes(self) -> bytes:
        """Return the pointer as it is stored: a line of JSON."""
        fields = {"generation": self.generation_id, "manifest_sha256": self.manifest_sha256}
        return json.dumps(fields).encode() + b"\n"


class PointerFile:
    """The pointer of an index folder."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self.path = path
        self._disk = disk

    def read(self) -> Pointer | None:
        """Return the pointer, or None where nothing was published.

        Raises:
            BadIndexError: It is damaged.
            OSError: It cannot be read.
        """
        content = self.content()
        return None if content is None else parse_pointer(content, self.path)

    def generation_id(self) -> str | None:
        """Return the id of the current generation; None also where the pointer is damaged or cannot be read."""
        with contextlib.suppress(BadIndexError, OSError):
            pointer = self.read()
            return None if pointer is None else pointer.generation_id
        return None

    def content(self) -> bytes | None:
        """Return the file's bytes, whatever they are, or None where nothing was published.

        Raises:
            OSError: It cannot be read.
        """
        try:
            return bytes(read_file(self._disk, self.path)[0])
        except FileNotFoundError:
            return None
        except IsADirectoryError as error:  # raised by the read call, which has no path to report
            raise IsADirectoryError(error.errno, error.strerror, str(self.path)) from error

    def replace(self, pointer: Pointer) -> None:
        """Point at another generation; after an error the file is as it was before.

        Raises:
            OSError: It could not be written.
        """
        before = self.content()
        backup = None if before is None else self._write_temporary(before)  # now: later it might not be possible
        try:
            self._disk.rename(self._write_temporary(pointer.as_bytes()), self.path)
            self._sync_or_restore(backup)
        finally:
            if backup is not None:
                remove_if_possible(self._disk, backup)

    def _sync_or_restore(self, backup: Path | None) -> None:
        """Sync the rename to the disk; if that fails, undo it, because the caller reports that nothing changed."""
        try:
            sync_folder(self._disk, self.path.parent)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.remove(self.path) if backup is None else self._disk.rename(backup, self.path)
            raise

    def _write_temporary(self, content: bytes) -> Path:
        path = self.path.parent / f"{TEMPORARY_POINTER}{secrets.token_hex(8)}"
        try:
            write_file(self._disk, path, [content])
        except BaseException:
            remove_if_possible(self._disk, path)
            raise
        return path


def parse_pointer(content: bytes, path: Path) -> Pointer:
    """Parse a pointer.

    Args:
        content: The file's bytes.
        path: Where it is, for messages.

    Raises:
        BadIndexError: The content was not written by `Pointer.as_bytes`.
    """
    try:
        fields = json.loads(content)
        pointer = Pointer(fields["generation"], fields["manifest_sha256"])
        is_valid = number_of(pointer.generation_id) is not None and _SHA256.fullmatch(pointer.manifest_sha256)
    except (ValueError, KeyError, TypeError):
        is_valid = None
    if not is_valid or not pointer.manifest_sha256.startswith(pointer.generation_id.rpartition("-")[2]):
        raise BadIndexError(f"{path} does not name a generation, it is damaged", ROLL_BACK)
    return pointer
