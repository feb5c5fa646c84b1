"""Records what people asked and whether the answer helped, so that editors see which articles are missing.

The records ("notes") stay on this machine, in an SQLite file, for a limited time. Queries are masked before they are
written. Nothing in the journal changes the ranking.
"""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.journal_file import delete_oldest, opened, used_bytes
from assistant.masking import mask
from assistant.notes import Count, Kind, Note, Refusal, Summary

_MAX_QUERY = 2_000
_MAX_REASON = 500
_MAX_CLIENT = 100
_MAX_READ = 20_000  # letters that are masked, the most that a query may have
_MAX_SIZE = 50_000_000  # bytes: 12,000 notes of the greatest length, some 200,000 of the usual one


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
                if used_bytes(connection) > self._max_size:
                    delete_oldest(connection)
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

    def opened(self) -> AbstractContextManager[sqlite3.Connection]:
        """Open the file with its table `notes`; what was done is kept unless it ends with an error."""
        return opened(self._path)


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
