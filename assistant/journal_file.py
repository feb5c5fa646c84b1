"""The SQLite file of the journal: private, with its table, and no larger than it may be."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.errors import JournalError

_ROOM = 0.1  # the share of the notes that goes when the size is reached
_LOCK_TIMEOUT_S = 1.0  # short, because a person waits meanwhile
_TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    at TEXT NOT NULL, kind TEXT NOT NULL, query TEXT NOT NULL, masked INTEGER NOT NULL, decision TEXT NOT NULL,
    generation TEXT NOT NULL, entry TEXT, reason TEXT, client TEXT
)
"""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a journal with its table `notes`; what was done is kept unless it ends with an error.

    Raises:
        JournalError: The file is damaged, stays locked, or cannot be read or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(path)
        with closing(sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S)) as connection, connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute(_TABLE)
            _add_client(connection)
            yield connection
    except (OSError, sqlite3.Error) as error:
        raise JournalError(
            f"the journal {path} cannot be used ({error}); repair or remove that file, name another in "
            "ASSISTANT_JOURNAL, or keep none with ASSISTANT_JOURNAL_DAYS=0"
        ) from error


def _keep_private(path: Path) -> None:
    """Make the file if there is none, and let only its owner read it; SQLite gives its own files the same mode."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_mode & 0o077 and status.st_uid == os.geteuid():
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _add_client(connection: sqlite3.Connection) -> None:
    """Add the column that journals of earlier versions lack."""
    if not any(name == "client" for _, name, *_ in connection.execute("PRAGMA table_info(notes)")):
        try:
            connection.execute("ALTER TABLE notes ADD COLUMN client TEXT")
        except sqlite3.OperationalError as error:
            if "duplicate column" not in str(error):  # another process has just added it
                raise


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file hold something; what was deleted leaves pages that are used again."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def delete_oldest(connection: sqlite3.Connection) -> None:
    """Delete the oldest tenth of the notes."""
    (count,) = connection.execute("SELECT count(*) FROM notes").fetchone()
    oldest = "SELECT rowid FROM notes ORDER BY rowid LIMIT ?"
    connection.execute(f"DELETE FROM notes WHERE rowid IN ({oldest})", (max(1, int(count * _ROOM)),))  # noqa: S608
