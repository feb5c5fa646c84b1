"""A new generation is written under another name, put on the disk itself, named, and read back."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import BadIndexError, BuildError
from index.storage.file_system import Disk, discard, make_folders, sync_folder, write_file
from index.storage.generation import Generation, open_generation
from index.storage.manifest import MANIFEST, Manifest, generation_id
from index.storage.payload import Payload, chunks_of
from index.storage.retention import UNFINISHED


def write_generation(
    disk: Disk, folder: Path, number: int, files: Mapping[str, Payload], facts: Mapping[str, Any]
) -> Generation:
    """Write a generation into `folder` and open it as any reader would.

    Raises:
        OSError: It could not be written; nothing of it is left if that can be helped.
        BuildError: What is on disk afterwards is not what was written.
    """
    make_folders(disk, folder)
    draft = folder / f"{UNFINISHED}{secrets.token_hex(8)}"
    try:
        disk.make_folder(draft)
        sha256 = _write_files(disk, draft, number, files, facts)
    except BaseException:  # whoever interrupts a build leaves nothing behind either
        discard(disk, draft)
        raise
    named = folder / generation_id(number, sha256)
    try:
        disk.rename(draft, named)
        sync_folder(disk, folder)
        return open_generation(named, disk, manifest_sha256=sha256)
    except BaseException as error:
        with contextlib.suppress(OSError):
            disk.rename(named, draft)  # half a generation must not be seen under a generation's name
        discard(disk, draft)
        discard(disk, named)
        if isinstance(error, BadIndexError):
            raise BuildError(f"what is on disk is not what was written, check the disk: {error}") from error
        raise


def _write_files(disk: Disk, draft: Path, number: int, files: Mapping[str, Payload], facts: Mapping[str, Any]) -> str:
    contents = {name: write_file(disk, draft / name, chunks_of(payload)) for name, payload in files.items()}
    manifest = Manifest(number, datetime.now(UTC).isoformat("T", "seconds"), contents, facts)
    written = write_file(disk, draft / MANIFEST, [manifest.as_bytes()])
    sync_folder(disk, draft)
    return written.sha256
