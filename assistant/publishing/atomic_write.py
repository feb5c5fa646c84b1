"""A file is replaced as a whole: whoever reads it sees the old bytes or the new ones."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes, *, only_if: bytes | None = None) -> bool:
    """Replace a file by one rename, with its permissions; return whether it was done.

    Args:
        path: The file; it need not exist unless `only_if` is given.
        content: What it is to hold.
        only_if: What it must hold now; with other bytes in it, or without it, nothing is done.

    Raises:
        OSError: The folder cannot be written.
    """
    path = path.resolve()  # a link stays a link
    descriptor, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)
        else:
            temporary.chmod(0o644)
        if only_if is not None and _bytes_of(path) != only_if:  # asked last, so that as little time as can be is left
            return False
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
