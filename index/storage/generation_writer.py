"""A new generation is written under a temporary name, synced, renamed, and read back."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from index.errors import BadIndexError, BuildError
from index.storage.file_system import Disk, make_folders, remove_if_possible, sync_folder, write_file
from index.storage.generation import PLACES, Generation, open_generation
from index.storage.manifest import MANIFEST, Manifest, generation_id
from index.storage.payload import Payload, chunks_of
from index.storage.retention import TEMPORARY_GENERATION
from index.storage.segments.segment import keep_segment, write_segment
from index.storage.segments.segment_list import SegmentList


@dataclass(frozen=True, slots=True)
class NewGeneration:
    """What a generation is made of.

    Attributes:
        number: Its number.
        files: Its files by name.
        rows: The rows of its entries.
        facts: JSON for its manifest.
        now: When it is built, which is only shown.
    """

    number: int
    files: Mapping[str, Payload]
    rows: SegmentList
    facts: Mapping[str, Any]
    now: datetime


def write_generation(disk: Disk, folder: Path, new: NewGeneration) -> Generation:
    """Write a generation and open it as any reader would.

    Args:
        disk: The file system.
        folder: Where generations are.
        new: What it is made of.

    Raises:
        OSError: It could not be written. Nothing is left of it, as far as it can be removed.
        BuildError: What is on disk afterwards is not what was written.
    """
    make_folders(disk, folder)
    temporary = folder / f"{TEMPORARY_GENERATION}{secrets.token_hex(8)}"
    try:
        disk.make_folder(temporary)
        sha256 = _write_files(disk, temporary, new)
    except BaseException:  # also an interrupt: it should leave nothing behind
        remove_if_possible(disk, temporary)
        raise
    final = folder / generation_id(new.number, sha256)
    try:
        disk.rename(temporary, final)
        sync_folder(disk, folder)
        generation = open_generation(final, disk, manifest_sha256=sha256)
        generation.verify()
    except BaseException as error:
        with contextlib.suppress(OSError):
            disk.rename(final, temporary)  # a partly removed generation must not be seen under its final name
        remove_if_possible(disk, temporary)
        remove_if_possible(disk, final)
        if isinstance(error, BadIndexError):
            raise BuildError(f"what is on disk is not what was written, check the disk: {error}") from error
        raise
    return generation


def _write_files(disk: Disk, folder: Path, new: NewGeneration) -> str:
    """Write all files and the manifest, and return the manifest's SHA-256."""
    files = {**new.files, PLACES: {"places": new.rows.places}}
    digests = {name: write_file(disk, folder / name, chunks_of(payload)) for name, payload in files.items()}
    for path in new.rows.kept:
        keep_segment(disk, path, folder / path.name)
    segments = {path.name: digest for path, digest in new.rows.kept.items()}
    if new.rows.new:
        name, digest = write_segment(disk, folder, new.rows.new)
        segments[name] = digest
    manifest = Manifest(new.number, new.now.isoformat("T", "seconds"), digests, segments, new.facts)
    written = write_file(disk, folder / MANIFEST, [manifest.as_bytes()])
    sync_folder(disk, folder)
    return written.sha256
