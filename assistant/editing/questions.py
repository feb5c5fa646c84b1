"""What the journal says of each question: how often, when last, how it was answered, and what helped or did not."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from assistant.journal import Journal
from assistant.notes import Count, Kind

_MARKS = "CREATE TABLE IF NOT EXISTS marks (query TEXT PRIMARY KEY, mark TEXT NOT NULL, at TEXT NOT NULL)"
_ASKED = """
WITH asked AS (
    SELECT lower(query) AS key, query, count(*) AS times, max(at) AS last, sum(decision = 'none') AS unanswered,
        sum(decision = 'ambiguous') AS ambiguous, masked
    FROM notes WHERE kind = 'asked' AND at >= :start GROUP BY key
), judged AS (
    SELECT lower(query) AS key, sum(kind = 'helped') AS helped, sum(kind = 'did_not_help') AS refused
    FROM notes WHERE kind IN ('helped', 'did_not_help') AND at >= :start GROUP BY key
)
SELECT asked.key, query, times, last, unanswered, ambiguous, masked, count(*) OVER ()
FROM asked LEFT JOIN judged ON judged.key = asked.key
WHERE (unanswered OR coalesce(refused > helped, 0) OR (ambiguous AND NOT coalesce(helped, 0))) = :in_vain
ORDER BY times DESC, last DESC, query LIMIT :most
"""  # SQLite takes the query and whether it is masked from the row with the latest `at`
_TOLD = """
SELECT lower(query), kind, coalesce(entry, ''), coalesce(reason, ''), count(*) FROM notes
WHERE kind != 'asked' AND at >= ? AND lower(query) IN (SELECT value FROM json_each(?)) GROUP BY 1, 2, 3, 4
"""
_MOST = 2_000  # questions that are read, the most frequent ones of a journal with more


class Outcome(StrEnum):
    """How a question went; of several times the worst counts, for that it is answered now is asked anew."""

    UNANSWERED = "unanswered"  # nothing in the articles was near
    DID_NOT_HELP = "did_not_help"  # somebody said so
    NEARLY = "nearly"  # a question was asked back, and nobody said that a choice helped
    ANSWERED = "answered"


class Mark(StrEnum):
    """What an editor says of a question."""

    DONE = "done"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class PastQuestion:
    """One question, however often it was asked.

    Attributes:
        text: As it was asked, masked.
        times: How often.
        last: When it was asked last, ISO 8601 in UTC.
        outcome: How it went.
        is_masked: Whether something in it was masked, so that it cannot be asked again exactly.
        helped: Ids of entries that helped, with how often.
        opened: Ids of entries that were opened.
        refused: Ids of entries that did not help; an empty one stands for none of the choices.
        reasons: Why, in people's words, masked.
        mark: What an editor said of it; a question that is asked again after it was done has none.
    """

    text: str
    times: int
    last: str
    outcome: Outcome
    is_masked: bool = False
    helped: tuple[Count, ...] = ()
    opened: tuple[Count, ...] = ()
    refused: tuple[Count, ...] = ()
    reasons: tuple[str, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class PastQuestions:
    """What was asked, the most frequent first, of those asked as often the latest.

    Attributes:
        questions: At most 2,000.
        left_out: How many rarer ones there are.
    """

    questions: tuple[PastQuestion, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """A row of the journal's questions."""

    text: str
    times: int
    last: str
    unanswered: int
    ambiguous: int
    masked: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What people did with an answer, and how often."""

    kind: str
    entry: str
    reason: str
    times: int


def questions(journal: Journal, *, since: datetime | None = None, in_vain: bool = True) -> PastQuestions:
    """Return what was asked in vain, or else what was answered.

    Args:
        journal: Where it was kept.
        since: What is older is left out.
        in_vain: Those whose outcome is not `ANSWERED`, or only those whose outcome that is.

    Raises:
        JournalError: The journal cannot be read.
    """
    start = "" if since is None else since.isoformat()
    with journal.opened() as connection:
        connection.execute(_MARKS)
        asked = connection.execute(_ASKED, {"start": start, "in_vain": in_vain, "most": _MOST}).fetchall()
        told = defaultdict[str, list[_Told]](list)
        for key, *columns in connection.execute(_TOLD, (start, json.dumps([key for key, *_ in asked]))):
            told[key].append(_Told(*columns))
        marks = {key: (mark, at) for key, mark, at in connection.execute("SELECT query, mark, at FROM marks")}
    found = [_question(_Asked(*columns), told[key], marks.get(key, ("", ""))) for key, *columns, _ in asked]
    return PastQuestions(tuple(found), asked[0][-1] - len(asked) if asked else 0)


def mark(journal: Journal, texts: Sequence[str], value: Mark | None, *, now: datetime | None = None) -> None:
    """Mark questions as done or not ours, or take the marks off.

    Raises:
        JournalError: The journal cannot be written.
    """
    at = (now or datetime.now(UTC)).isoformat()
    with journal.opened() as connection:
        connection.execute(_MARKS)
        connection.executemany("DELETE FROM marks WHERE query = lower(?)", [(text,) for text in texts])
        if value is not None:
            rows = [(text, value.value, at) for text in texts]
            connection.executemany("INSERT OR REPLACE INTO marks VALUES (lower(?), ?, ?)", rows)
        # a mark goes with the last note of its question
        connection.execute("DELETE FROM marks WHERE query NOT IN (SELECT lower(query) FROM notes)")


def _question(asked: _Asked, told: Sequence[_Told], marked: tuple[str, str]) -> PastQuestion:
    helped, refused = _counts(told, Kind.HELPED), _counts(told, Kind.DID_NOT_HELP)
    mark, at = marked
    return PastQuestion(
        text=asked.text,
        times=asked.times,
        last=asked.last,
        outcome=_outcome(asked, helped, refused),
        is_masked=bool(asked.masked),
        helped=helped,
        opened=_counts(told, Kind.OPENED),
        refused=refused,
        reasons=tuple(each.reason for each in told if each.reason),
        mark=None if not mark or (mark == Mark.DONE and asked.last > at) else Mark(mark),
    )


def _outcome(asked: _Asked, helped: Sequence[Count], refused: Sequence[Count]) -> Outcome:
    if refused and sum(each.times for each in refused) > sum(each.times for each in helped):
        return Outcome.DID_NOT_HELP
    if asked.unanswered:
        return Outcome.UNANSWERED
    return Outcome.NEARLY if asked.ambiguous and not helped else Outcome.ANSWERED


def _counts(told: Sequence[_Told], kind: Kind) -> tuple[Count, ...]:
    counts = Counter[str]()
    for each in told:
        if each.kind == kind:
            counts[each.entry] += each.times
    return tuple(Count(*pair) for pair in counts.most_common())
