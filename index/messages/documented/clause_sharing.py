"""Which clauses of the documented messages no other entry has, and how that changes with the entries.

For each clause that says enough, the first other entry that has it too is noted. So an edit asks of the clauses of all
other messages only those that lost the entry that was noted, and those whose words all stand in a new entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysis.postings import Postings
from index.messages.bigram_index import word_hash
from index.messages.own_clauses import DocumentedMessage, telling_clauses
from index.messages.template import Element, Template, Word
from index.storage.carried_rows import CarriedRows
from index.storage.ragged import Runs

Rows = npt.NDArray[Any]
NOBODY = -1
_AT_ONCE = 256  # rows that are asked about, the first ones first: what many share is found among them


@dataclass(frozen=True, slots=True, eq=False)
class Clauses:
    """Clauses of messages, in the order of these.

    Attributes:
        places: (clauses, 3) int32: template, first element, element after the last.
        sharers: (clauses,) int32, the first row of another entry that has it; `NOBODY` if none has.
        words: Each clause's fixed words, as uint64 hashes.
    """

    places: npt.NDArray[np.int32]
    sharers: npt.NDArray[np.int32]
    words: Runs


@dataclass(frozen=True, slots=True)
class Message:
    """A documented message and the number of its template."""

    number: int
    documented: DocumentedMessage


class Sharing:
    """Tells which entries have a clause.

    Args:
        said: The words of all that entries say.
        spoken: Returns these words of the entry in a row, in their order.
        templates: Returns the messages of the entry in a row.
    """

    def __init__(
        self,
        said: Postings,
        spoken: Callable[[int], tuple[str, ...]],
        templates: Callable[[int], Iterable[Template]],
    ) -> None:
        self._said = said
        self._terms = said.terms
        self._read_spoken = spoken
        self._read_templates = templates
        self._rows: dict[str, Rows] = {}
        self._spoken: dict[int, str] = {}
        self._written: dict[int, tuple[str, ...]] = {}

    def first(self, elements: Sequence[Element], row: int, *, after: int = NOBODY) -> int:
        """Return the first row of another entry with a clause, or `NOBODY`.

        Args:
            elements: The clause.
            row: The row of its own entry.
            after: Only rows after this one are asked about.
        """
        words = {each.forms[0][0] for each in elements if isinstance(each, Word)}
        rows, *others = sorted(map(self._rows_of, words), key=len)
        line, runs = f" {_line(elements)} ", _runs(elements)
        for start in range(int(np.searchsorted(rows, after, side="right")), len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            for other in others:
                some = some[_are_in(other, some)]
            found = (each for each in some.tolist() if each != row and self._has(each, line, runs))
            if (first := next(found, NOBODY)) != NOBODY:
                return first
        return NOBODY

    def is_in(self, elements: Sequence[Element], row: int) -> bool:
        """Return whether the entry in a row, which has all words of a clause, has the clause."""
        return self._has(row, f" {_line(elements)} ", _runs(elements))

    def _has(self, row: int, line: str, runs: Sequence[str]) -> bool:
        if row not in self._spoken:
            self._spoken[row] = f" {' '.join(self._read_spoken(row))} "
            self._written[row] = tuple(f" {_line(each.elements)} " for each in self._read_templates(row))
        return all(run in self._spoken[row] for run in runs) or any(line in each for each in self._written[row])

    def _rows_of(self, word: str) -> Rows:
        if word not in self._rows:
            number = self._terms.row(word)
            self._rows[word] = np.empty(0, dtype=np.int32) if number is None else self._said.rows_of(number)
        return self._rows[word]


def clauses_of(messages: Iterable[Message], often: Collection[str], sharing: Sharing) -> Clauses:
    """Return the clauses of messages, with who shares them; `often` are the words that many entries have."""
    places: list[tuple[int, int, int]] = []
    sharers: list[int] = []
    words: list[list[int]] = []
    for message in messages:
        for first, end in telling_clauses(message.documented, often):
            elements = message.documented.template.elements[first:end]
            places.append((message.number, first, end))
            sharers.append(sharing.first(elements, message.documented.row))
            words.append([word_hash(each.forms[0][0]) for each in elements if isinstance(each, Word)])
    return Clauses(
        np.array(places, dtype=np.int32).reshape(-1, 3),
        np.array(sharers, dtype=np.int32),
        Runs(
            np.array([each for own in words for each in own], dtype=np.uint64),
            np.cumsum([0, *map(len, words)], dtype=np.int64),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What is the same as in the generation before.

    Attributes:
        entries: Its entries.
        numbers: (templates before,) int32 new numbers of the templates whose clauses are the same, -1 for others.
        template: Returns a template by its new number, with the row of its entry.
    """

    entries: CarriedRows
    numbers: npt.NDArray[np.int32]
    template: Callable[[int], tuple[Template, int]]


def merged_clauses(
    before: Clauses, new: Clauses, carried: Carried, sharing: Sharing, new_texts: Mapping[int, Iterable[str]]
) -> Clauses:
    """Return the clauses of all messages.

    Args:
        before: Those of the generation before.
        new: Those of messages that are new, or that are to be looked at again.
        carried: What is the same.
        sharing: Tells who shares a clause now.
        new_texts: The words of each new entry by its row, ascending.
    """
    kept = np.flatnonzero(carried.numbers[before.places[:, 0]] >= 0)
    places, words = before.places[kept], before.words.chosen(kept)
    places[:, 0] = carried.numbers[places[:, 0]]
    was_shared = before.sharers[kept] != NOBODY
    sharers = np.where(was_shared, carried.entries.rows[before.sharers[kept]], NOBODY).astype(np.int32)
    up_to = np.maximum.accumulate(np.append(np.int32(NOBODY), carried.entries.rows))  # the last row of those before
    for at in np.flatnonzero(was_shared & (sharers == NOBODY)).tolist():
        after = int(up_to[before.sharers[kept[at]]])  # of carried entries, none up to there has it
        sharers[at] = sharing.first(*_clause(places[at], carried), after=after)
    for row, clauses in _with_all_words(words, new_texts):
        is_open = (sharers[clauses] == NOBODY) | (sharers[clauses] > row)
        for at in clauses[is_open].tolist():
            if sharing.is_in(_clause(places[at], carried)[0], row):
                sharers[at] = row
    between = np.searchsorted(places[:, 0], new.places[:, 0])
    return Clauses(
        np.insert(places, between, new.places, axis=0),
        np.insert(sharers, between, new.sharers),
        words.with_inserted(between, new.words),
    )


def _clause(place: npt.NDArray[np.int32], carried: Carried) -> tuple[Sequence[Element], int]:
    number, first, end = place.tolist()
    template, row = carried.template(number)
    return template.elements[first:end], row


def _with_all_words(words: Runs, texts: Mapping[int, Iterable[str]]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Yield the row of each text, and which of the clauses that consist of some words have all of them there."""
    if not len(words.values):
        return
    distinct, numbers = np.unique(words.values, return_inverse=True)
    for row, own in texts.items():
        is_there = _are_in(np.unique(np.array([word_hash(word) for word in own], dtype=np.uint64)), distinct)
        yield row, np.flatnonzero(np.logical_and.reduceat(is_there[numbers], words.starts[:-1]))


def _are_in(rows: Rows, some: Rows) -> npt.NDArray[np.bool_]:
    """Return which of some rows are among others, which are ascending."""
    if not len(rows):
        return np.zeros(len(some), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = rows[np.minimum(np.searchsorted(rows, some), len(rows) - 1)] == some
    return found


def _line(elements: Sequence[Element]) -> str:
    return str(Template(tuple(elements), (False,) * len(elements)))


def _runs(elements: Sequence[Element]) -> list[str]:
    """Return the fixed words between values, as they stand in a text."""
    words = " ".join(each.forms[0][0] if isinstance(each, Word) else "\n" for each in elements)
    return [f" {run.strip()} " for run in words.split("\n") if run.strip()]
