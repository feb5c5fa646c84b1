"""A generation's manifest: the size and SHA-256 of each of its files, and facts that the builder wants recorded."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import REBUILD, BadIndexError
from index.storage.file_system import FileDigest

FORMAT = 2
MANIFEST = "manifest.json"
_GENERATION_ID = re.compile(r"(\d{6,12})-([0-9a-f]{12})")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of a generation's `manifest.json`.

    Attributes:
        number: Counts the generations of an index folder from 1, whatever the clock says.
        built_at: ISO 8601 in UTC.
        files: Each file's size and SHA-256 by its name.
        segments: Those of the segments, in the order of their numbers; see `index.storage.segments.block_file` for what
            the SHA-256 is of.
        facts: JSON of the builder's: the encoder's fingerprint, counts, the digest of the corpus ...
    """

    number: int
    built_at: str
    files: Mapping[str, FileDigest]
    segments: Mapping[str, FileDigest]
    facts: Mapping[str, Any]

    @property
    def content_sha256(self) -> str:
        """Hex SHA-256 over the files; generations that share it answer alike, whenever and by whom they were built."""
        lines = [f"{name} {digest.sha256}" for name, digest in (*sorted(self.files.items()), *self.segments.items())]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def as_bytes(self) -> bytes:
        """Return the manifest as it is stored: UTF-8 JSON."""
        fields = {
            "format": FORMAT,
            "number": self.number,
            "built_at": self.built_at,
            "files": _records(self.files),
            "segments": _records(self.segments),
            "facts": dict(self.facts),
        }
        return json.dumps(fields, ensure_ascii=False, indent=1).encode()


def generation_id(number: int, manifest_sha256: str) -> str:
    """Return a generation's id: ids sort in the order of building, and a changed manifest no longer fits its id.

    >>> generation_id(12, "3fa9c0d1e2b3" + 52 * "0")
    '000012-3fa9c0d1e2b3'
    """
    return f"{number:06d}-{manifest_sha256[:12]}"


def number_of(name: str) -> int | None:
    """Return the number in a generation's id, or None where `name` is not one."""
    match = _GENERATION_ID.fullmatch(name)
    return None if match is None else int(match[1])


def is_file_name(name: str) -> bool:
    """Return whether a generation may hold a file of that name."""
    return _FILE_NAME.fullmatch(name) is not None and name != MANIFEST


def parse_manifest(content: bytes, path: Path) -> Manifest:
    """Parse a manifest whose SHA-256 has been verified.

    Args:
        content: The file's bytes.
        path: Where it is, for messages.

    Raises:
        BadIndexError: It is of another format, or was not written by `Manifest.as_bytes`.
    """
    try:
        fields = json.loads(content)
        version = fields["format"]
        if version != FORMAT:
            raise BadIndexError(f"{path} is of index format {version}, this version reads format {FORMAT}", REBUILD)
        files, segments = _digests(fields["files"]), _digests(fields["segments"])
        return Manifest(int(fields["number"]), str(fields["built_at"]), files, segments, dict(fields["facts"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadIndexError(f"{path} is not a manifest, it is damaged", 'run "assistant check"') from error


def _records(digests: Mapping[str, FileDigest]) -> dict[str, dict[str, Any]]:
    return {name: {"size": each.size, "sha256": each.sha256} for name, each in digests.items()}


def _digests(records: Mapping[str, Mapping[str, Any]]) -> dict[str, FileDigest]:
    return {name: FileDigest(int(each["size"]), str(each["sha256"])) for name, each in records.items()}
