"""What was asked and whether it helped, kept on this machine for a while so that editors see what is missing.

Queries are masked before they are written. Nothing here changes any ranking.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from assistant.errors import JournalError
from assistant.masking import masked

_LONGEST_QUERY = 2_000
_LONGEST_REASON = 500
_WAIT_S = 1.0  # for another that writes; people wait meanwhile
_TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    at TEXT NOT NULL, kind TEXT NOT NULL, query TEXT NOT NULL, masked INTEGER NOT NULL, decision TEXT NOT NULL,
    generation TEXT NOT NULL, entry TEXT, reason TEXT
)
"""


class Kind(StrEnum):
    """What happened."""

    ASKED = "asked"
    OPENED = "opened"
    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened on the page.

    Attributes:
        query: As it was typed; it is masked when it is written.
        decision: What the assistant decided about it.
        generation: The build that answered.
        entry: The entry that was opened or judged.
        reason: Why it did not help, in the person's words; masked too.
    """

    kind: Kind
    query: str
    decision: str
    generation: str
    entry: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A query or an entry, and how often."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What editors look at: the most frequent queries, those without an answer, the entries that did not help."""

    queries: tuple[Counted, ...]
    unanswered: tuple[Counted, ...]
    unhelpful: tuple[Counted, ...]
    reasons: tuple[tuple[str, str], ...]


EMPTY = Summary((), (), (), ())


class Journal:
    """Keeps notes in a file for some days; safe to use from several threads and processes.

    Every method raises JournalError where the file is locked for long, damaged, or cannot be read or written.

    Args:
        path: The file; its folder is made when the first note is written.
        days: How long a note is kept; with 0 none is written.
    """

    def __init__(self, path: Path, *, days: int) -> None:
        self._path = path
        self._days = days
        self._purged_on = ""

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._days > 0

    def write(self, note: Note, *, now: datetime | None = None) -> None:
        """Keep a note, masked."""
        if not self.is_on:
            return
        moment = now or datetime.now(UTC)
        query = note.query.strip()[:_LONGEST_QUERY]
        kept = masked(query)
        reason = masked(note.reason[:_LONGEST_REASON]) if note.reason else None
        row = (
            moment.isoformat(),
            note.kind.value,
            kept,
            kept != query,
            note.decision,
            note.generation,
            note.entry,
            reason,
        )
        with self._open() as connection:
            connection.execute("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if self._purged_on != (today := moment.date().isoformat()):
            self._purged_on = today
            self.purge(before=moment - timedelta(days=self._days))

    def purge(self, *, before: datetime) -> int:
        """Delete the notes from before a moment and return how many there were."""
        with self._open() as connection:
            return connection.execute("DELETE FROM notes WHERE at < ?", (before.isoformat(),)).rowcount

    def summary(self, *, most: int = 20) -> Summary:
        """Return what editors look at, the most frequent first."""
        asked, unhelpful = f"kind = '{Kind.ASKED}'", f"kind = '{Kind.DID_NOT_HELP}'"
        with self._open() as connection:
            reasons = connection.execute(
                f"SELECT entry, reason FROM notes WHERE {unhelpful} AND reason != '' ORDER BY at DESC LIMIT ?",  # noqa: S608
                (most,),
            ).fetchall()
            return Summary(
                _counted(connection, "query", asked, most),
                _counted(connection, "query", f"{asked} AND decision = 'none'", most),
                _counted(connection, "entry", f"{unhelpful} AND entry IS NOT NULL", most),
                tuple((entry or "", reason) for entry, reason in reasons),
            )

    def unmasked_queries(self, *, most: int = 500) -> tuple[str, ...]:
        """Return the most frequent queries that masking did not alter, so that they can be asked again."""
        with self._open() as connection:
            return tuple(each.text for each in _counted(connection, "query", "kind = 'asked' AND NOT masked", most))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection, connection:
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(_TABLE)
                yield connection
        except (OSError, sqlite3.Error) as error:
            raise JournalError(
                f"the journal {self._path} cannot be used ({error}); mend or remove that file, name another in "
                "ASSISTANT_JOURNAL, or keep none with ASSISTANT_JOURNAL_DAYS=0"
            ) from error


def _counted(connection: sqlite3.Connection, column: str, condition: str, most: int) -> tuple[Counted, ...]:
    """Count by one of our own columns under one of our own conditions; nothing of a person's is put into the query."""
    rows = connection.execute(
        f"SELECT {column}, count(*) AS times FROM notes WHERE {condition} "  # noqa: S608
        f"GROUP BY lower({column}) ORDER BY times DESC, {column} LIMIT ?",
        (most,),
    )
    return tuple(Counted(text, times) for text, times in rows)
