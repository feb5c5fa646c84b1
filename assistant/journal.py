"""Records what people asked and whether the answer helped, so that editors see which articles are missing.

The records ("notes") stay on this machine, in an SQLite file, for a limited time. Queries are masked before they are
written. Nothing in the journal changes the ranking.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from assistant.errors import JournalError
from assistant.masking import mask

_MAX_QUERY = 2_000
_MAX_REASON = 500
_MAX_CLIENT = 100
_MAX_READ = 20_000  # letters that are masked, the most that a query may have
_MAX_SIZE = 50_000_000  # bytes: 12,000 notes of the greatest length, some 200,000 of the usual one
_ROOM = 0.1  # the share of the notes that goes when the size is reached
_LOCK_TIMEOUT_S = 1.0  # short, because a person waits meanwhile
_TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    at TEXT NOT NULL, kind TEXT NOT NULL, query TEXT NOT NULL, masked INTEGER NOT NULL, decision TEXT NOT NULL,
    generation TEXT NOT NULL, entry TEXT, reason TEXT, client TEXT
)
"""


class Kind(StrEnum):
    """What a note records."""

    ASKED = "asked"
    OPENED = "opened"
    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"


@dataclass(frozen=True, slots=True)
class Note:
    """One event on the page.

    Attributes:
        kind: A query was asked, an entry was opened, or an answer was judged.
        query: As it was typed; masked when it is written.
        decision: The decision of the answer to it.
        generation: The id of the generation that answered.
        entry: The id of the entry that was opened or judged.
        reason: Why it did not help, in the person's words; masked when it is written.
        client: The program that asked; None for the page. Masked when it is written.
    """

    kind: Kind
    query: str
    decision: str
    generation: str
    entry: str | None = None
    reason: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A query, an entry's id or a client, and how often it occurs."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked and did not help.

    Attributes:
        query: What was asked, masked.
        entry: The id of the entry; empty where it was none of the choices.
        reason: Why, if people said so; masked.
    """

    query: str
    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the journal shows to editors, each list with the most frequent or latest first.

    Attributes:
        queries: What was asked.
        unanswered: Queries to which nothing in the articles is near.
        unhelpful: Ids of entries that did not help.
        refusals: What was asked and did not help, together.
        clients: The programs that asked; the page is none of them.
    """

    queries: tuple[Count, ...]
    unanswered: tuple[Count, ...]
    unhelpful: tuple[Count, ...]
    refusals: tuple[Refusal, ...]
    clients: tuple[Count, ...] = ()


EMPTY = Summary((), (), (), ())


class Journal:
    """Keeps notes in a file; safe to use from several threads and processes.

    Every method raises JournalError if the file is damaged, stays locked, or cannot be read or written.

    Args:
        path: The file; its folder is made when the first note is written.
        days: For how many days a note is kept; with 0 none is written.
        max_size: Bytes; when the notes take more, the oldest tenth of them is deleted.
    """

    def __init__(self, path: Path, *, days: int, max_size: int = _MAX_SIZE) -> None:
        self._path = path
        self._days = days
        self._max_size = max_size
        self._purged_on = ""

    @property
    def is_on(self) -> bool:
        """Whether notes are written."""
        return self._days > 0

    def write(self, note: Note, *, now: datetime | None = None) -> None:
        """Write a note, masked, and delete notes that are too old or take too much room.

        A reason that comes after its note is added to that note: people are asked for it once they went on.
        """
        if not self.is_on:
            return
        moment = now or datetime.now(UTC)
        query = note.query.strip()[:_MAX_READ]
        masked = mask(query)  # before it is cut, which could leave half of a password that no pattern matches
        reason = mask(note.reason[:_MAX_READ])[:_MAX_REASON] if note.reason else None
        row = (
            moment.isoformat(),
            note.kind.value,
            masked[:_MAX_QUERY],
            masked != query,
            note.decision,
            note.generation,
            note.entry,
            reason,
            mask(note.client[:_MAX_CLIENT]) if note.client else None,
        )
        with self.opened() as connection:
            if not (reason and _complete(connection, masked, note, reason)):
                connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
                if _used(connection) > self._max_size:
                    _delete_oldest(connection)
        if self._purged_on != (today := moment.date().isoformat()):
            self._purged_on = today
            self.purge(before=moment - timedelta(days=self._days))

    def purge(self, *, before: datetime) -> int:
        """Delete the notes from before a moment; return how many."""
        with self.opened() as connection:
            return connection.execute("DELETE FROM notes WHERE at < ?", (before.isoformat(),)).rowcount

    def summary(self, *, limit: int = 20, since: datetime | None = None) -> Summary:
        """Return what editors are shown, at most `limit` rows of each list, nothing from before a moment."""
        late = f"at >= '{'' if since is None else since.isoformat()}' AND"
        asked, unhelpful = f"{late} kind = '{Kind.ASKED}'", f"{late} kind = '{Kind.DID_NOT_HELP}'"
        with self.opened() as connection:
            refusals = connection.execute(
                f"SELECT query, coalesce(entry, ''), coalesce(reason, '') FROM notes WHERE {unhelpful} "  # noqa: S608
                "ORDER BY at DESC LIMIT ?",
                (limit,),
            ).fetchall()
            return Summary(
                _counts(connection, "query", asked, limit),
                _counts(connection, "query", f"{asked} AND decision = 'none'", limit),
                _counts(connection, "entry", f"{unhelpful} AND entry IS NOT NULL", limit),
                tuple(Refusal(*each) for each in refusals),
                _counts(connection, "client", f"{asked} AND client IS NOT NULL", limit),
            )

    def repeatable_queries(self, *, limit: int = 500) -> tuple[str, ...]:
        """Return the most frequent queries in which nothing was masked, so that they can be asked again."""
        with self.opened() as connection:
            return tuple(each.text for each in _counts(connection, "query", "kind = 'asked' AND NOT masked", limit))

    def recent_queries(self, *, limit: int = 200) -> tuple[str, ...]:
        """Return the queries that were asked last in which nothing was masked, the newest first."""
        with self.opened() as connection:
            rows = connection.execute(
                "SELECT query, max(at) AS last FROM notes WHERE kind = ? AND NOT masked "
                "GROUP BY lower(query) ORDER BY last DESC LIMIT ?",
                (Kind.ASKED.value, limit),
            )
            return tuple(query for query, _ in rows)

    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """Open the file with its table `notes`; what was done is kept unless it ends with an error."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _keep_private(self._path)
            with closing(sqlite3.connect(self._path, timeout=_LOCK_TIMEOUT_S)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(_TABLE)
                _add_client(connection)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise JournalError(
                f"the journal {self._path} cannot be used ({error}); repair or remove that file, name another in "
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


def _used(connection: sqlite3.Connection) -> int:
    """Return how many bytes of the file hold something; what was deleted leaves pages that are used again."""
    pages, free, size = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def _delete_oldest(connection: sqlite3.Connection) -> None:
    (count,) = connection.execute("SELECT count(*) FROM notes").fetchone()
    oldest = "SELECT rowid FROM notes ORDER BY rowid LIMIT ?"
    connection.execute(f"DELETE FROM notes WHERE rowid IN ({oldest})", (max(1, int(count * _ROOM)),))  # noqa: S608


def _complete(connection: sqlite3.Connection, query: str, note: Note, reason: str) -> bool:
    """Add a reason to the newest note of the same query and entry that has none; return whether there is one."""
    changed = connection.execute(
        "UPDATE notes SET reason = ? WHERE rowid = (SELECT max(rowid) FROM notes "
        "WHERE kind = ? AND query = ? AND entry IS ? AND reason IS NULL)",
        (reason, note.kind.value, query, note.entry),
    )
    return changed.rowcount > 0


def _counts(connection: sqlite3.Connection, column: str, condition: str, limit: int) -> tuple[Count, ...]:
    """Count notes by a column. Column and condition are constants of this module, so they may stand in the SQL."""
    rows = connection.execute(
        f"SELECT {column}, count(*) AS times FROM notes WHERE {condition} "  # noqa: S608
        f"GROUP BY lower({column}) ORDER BY times DESC, {column} LIMIT ?",
        (limit,),
    )
    return tuple(Count(text, times) for text, times in rows)
