"""Which clauses of the documented messages no other entry has.

For each clause that says enough, the first other entry that has it too is noted; `clause_merging` says how that changes
with the entries.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysis.postings import Postings
from index.messages.bigram_index import word_hash
from index.messages.own_clauses import DocumentedMessage, telling_clauses
from index.messages.template import Element, Template
from index.messages.value_patterns import Slot
from index.storage.ragged import Runs

Rows = npt.NDArray[Any]
NOBODY = -1
hash_of = lru_cache(maxsize=1 << 14)(word_hash)
_SLOTS = frozenset(each.value for each in Slot)
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
        written: Returns the messages of the entry in a row, each as `line` writes it.
    """

    def __init__(
        self,
        said: Postings,
        spoken: Callable[[int], tuple[str, ...]],
        written: Callable[[int], Iterable[str]],
    ) -> None:
        self._said = said
        self._terms = said.terms
        self._read_spoken = spoken
        self._read_written = written
        self._rows: dict[str, Rows] = {}
        self._spoken: dict[int, str] = {}
        self._written: dict[int, tuple[str, ...]] = {}

    def first(self, clause: str, row: int, *, after: int = NOBODY) -> int:
        """Return the first row of another entry with a clause, or `NOBODY`.

        Args:
            clause: The clause, as `line` writes it.
            row: The row of its own entry.
            after: Only rows after this one are asked about.
        """
        rows, *others = sorted(map(self._rows_of, set(_words(clause))), key=len)
        for start in range(int(np.searchsorted(rows, after, side="right")), len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            for other in others:
                some = some[are_in(other, some)]
            if (found := self.first_of(clause, [each for each in some.tolist() if each != row])) != NOBODY:
                return found
        return NOBODY

    def first_of(self, clause: str, rows: Iterable[int]) -> int:
        """Return the first of some entries, which have all words of a clause, that has the clause, or `NOBODY`."""
        own = f" {clause} "
        return next((row for row in rows if self._is_written(row, own) or self._is_spoken(row, clause)), NOBODY)

    def _is_written(self, row: int, own: str) -> bool:
        if row not in self._written:
            self._written[row] = tuple(f" {each} " for each in self._read_written(row))
        return any(own in each for each in self._written[row])

    def _is_spoken(self, row: int, clause: str) -> bool:
        """Whether an entry says the words between values; its text is read, which takes longer than `_is_written`."""
        if row not in self._spoken:
            self._spoken[row] = f" {' '.join(self._read_spoken(row))} "
        return all(run in self._spoken[row] for run in _runs(clause))

    def _rows_of(self, word: str) -> Rows:
        if word not in self._rows:
            number = self._terms.row(word)
            self._rows[word] = np.empty(0, dtype=np.int32) if number is None else self._said.rows_of(number)
        return self._rows[word]


def clauses_of(messages: Iterable[Message], often: Collection[str], first: Callable[[str, int], int]) -> Clauses:
    """Return the clauses of messages, in the order of these.

    Args:
        messages: The messages.
        often: The words that many entries have.
        first: Returns who shares a clause, given its line and the row of its own entry: `Sharing.first`.
    """
    places: list[tuple[int, int, int]] = []
    sharers: list[int] = []
    words: list[list[int]] = []
    for message in messages:
        for start, end in telling_clauses(message.documented, often):
            elements = message.documented.template.elements[start:end]
            places.append((message.number, start, end))
            clause = line(elements)
            sharers.append(first(clause, message.documented.row))
            words.append(hashes_of(clause))
    return Clauses(
        np.array(places, dtype=np.int32).reshape(-1, 3),
        np.array(sharers, dtype=np.int32),
        Runs(
            np.array([each for own in words for each in own], dtype=np.uint64),
            np.cumsum([0, *map(len, words)], dtype=np.int64),
        ),
    )


def are_in(rows: Rows, some: Rows) -> npt.NDArray[np.bool_]:
    """Return which of some rows are among others, which are ascending."""
    if not len(rows):
        return np.zeros(len(some), dtype=np.bool_)
    found: npt.NDArray[np.bool_] = rows[np.minimum(np.searchsorted(rows, some), len(rows) - 1)] == some
    return found


def line(elements: Sequence[Element]) -> str:
    """Return some elements in one line, as a template is written that opens no clause."""
    return str(Template(tuple(elements), (False,) * len(elements)))


def hashes_of(clause: str) -> list[int]:
    """Return the hashes of a clause's words, in their order."""
    return list(map(hash_of, _words(clause)))


def _words(clause: str) -> list[str]:
    """Return the fixed words of a clause's line, each in its first form, as `Template.parse` reads them."""
    return [_word(part) for part in clause.split(" ") if part not in _SLOTS]


def _word(part: str) -> str:
    return part.removeprefix("~").removeprefix("=").split("|", 1)[0].split("+", 1)[0]


@lru_cache(maxsize=1 << 8)
def _runs(clause: str) -> list[str]:
    """Return the fixed words between values, as they stand in a text."""
    words = " ".join("\n" if part in _SLOTS else _word(part) for part in clause.split(" "))
    return [f" {run.strip()} " for run in words.split("\n") if run.strip()]
