"""Which clauses no other entry has, after an edit: what was noted in the generation before mostly holds.

An edit asks of the clauses of all messages only those that lost the entry that was noted, and those whose words all
stand in a new entry. An edited entry mostly has the clauses that it had: what was noted of these is used as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.messages.documented.clause_sharing import (
    NOBODY,
    Clauses,
    Message,
    Sharing,
    clauses_of,
    hash_of,
    hashes_of,
)
from index.messages.documented.template_table import TemplateTable
from index.storage.carried_rows import CarriedRows
from index.storage.ragged import Runs

_UNKNOWN = -2  # nothing was noted of a clause
_TEXTS = 64  # that are looked at together: a bit each
_Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What is the same as in the generation before.

    Attributes:
        entries: Its entries.
        numbers: (templates before,) int32 new numbers of the templates whose clauses are the same, -1 for others.
        table: All templates.
        table_before: Those of the generation before.
        new_texts: The words of each new entry by its row, ascending.
    """

    entries: CarriedRows
    numbers: npt.NDArray[np.int32]
    table: TemplateTable
    table_before: TemplateTable
    new_texts: Mapping[int, Iterable[str]]

    def clause(self, place: _Numbers) -> tuple[str, int]:
        """Return the line of a clause, and the row of its entry."""
        number, first, end = place.tolist()
        return self.table.part(number, first, end), int(self.table.rows[number])


def merged_clauses(
    before: Clauses, messages: Iterable[Message], often: Collection[str], carried: Carried, sharing: Sharing
) -> Clauses:
    """Return the clauses of all messages.

    Args:
        before: Those of the generation before.
        messages: Those that are new, or to be looked at again, in the order of their numbers.
        often: The words that many entries have.
        carried: What is the same.
        sharing: Tells who shares a clause now.
    """
    kept = np.flatnonzero(carried.numbers[before.places[:, 0]] >= 0)
    places, words = before.places[kept], before.words.chosen(kept)
    places[:, 0] = carried.numbers[places[:, 0]]
    new = clauses_of(messages, often, _Noted(before, carried).first)
    between = np.searchsorted(places[:, 0], new.places[:, 0])
    places = np.insert(places, between, new.places, axis=0)
    words = words.with_inserted(between, new.words)
    noted = np.insert(before.sharers[kept], between, new.sharers)
    sharers = _sharers_now(noted, places, carried, sharing)
    was_noted = np.flatnonzero(noted != _UNKNOWN)
    for at, rows in _with_all_words(words, was_noted, sharers, carried.new_texts):
        clause, own = carried.clause(places[at])
        if (found := sharing.first_of(clause, (row for row in rows if row != own))) != NOBODY:
            sharers[at] = found
    return Clauses(places, sharers, words)


def _sharers_now(
    noted: npt.NDArray[np.int32], places: npt.NDArray[np.int32], carried: Carried, sharing: Sharing
) -> npt.NDArray[np.int32]:
    """Return the first other entry with each clause, new entries before the one that was noted left out.

    Args:
        noted: (clauses,) int32 rows in the generation before, `NOBODY` or `_UNKNOWN`. No other entry before that row
            had the clause.
        places: (clauses, 3) int32.
        carried: What is the same.
        sharing: Tells who shares a clause now.
    """
    rows = carried.entries.rows
    sharers = np.where(noted >= 0, rows[noted], NOBODY).astype(np.int32)
    is_lost = (noted >= 0) & ((sharers == NOBODY) | (sharers == carried.table.rows[places[:, 0]]))
    up_to = np.maximum.accumulate(np.append(np.int32(NOBODY), rows))  # the last row of those before
    for at in np.flatnonzero(is_lost | (noted == _UNKNOWN)).tolist():
        after = int(up_to[noted[at]]) if noted[at] >= 0 else NOBODY  # of carried entries, none up to there has it
        sharers[at] = sharing.first(*carried.clause(places[at]), after=after)
    return sharers


class _Noted:
    """What the generation before noted of clauses that are the same, whosever they were."""

    def __init__(self, before: Clauses, carried: Carried) -> None:
        keys = _keys(before.words)
        self._before = before
        self._carried = carried
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def first(self, clause: str, row: int) -> int:
        """Return a row in the generation before before which no carried entry but that in `row` has a clause.

        Either that entry has it, or it is not carried over; `NOBODY`: none has it; `_UNKNOWN`: nothing was noted.
        """
        hashes = np.array(hashes_of(clause), dtype=np.uint64)
        key = _keys(Runs(hashes, np.array([0, len(hashes)])))
        table = self._carried.table_before
        for at in self._order[slice(*(int(np.searchsorted(self._keys, key, side)[0]) for side in ("left", "right")))]:
            number, start, end = self._before.places[at].tolist()
            if table.part(number, start, end) == clause:
                owner, sharer = int(table.rows[number]), int(self._before.sharers[at])
                is_other = self._carried.entries.rows[owner] not in (NOBODY, row)
                return min(owner, sharer if sharer != NOBODY else owner) if is_other else sharer
        return _UNKNOWN


def _keys(words: Runs) -> npt.NDArray[np.uint64]:
    """Return (runs,) uint64 that are the same for the same words in the same order, and hardly ever for others."""
    if not len(words.values):
        return np.empty(0, dtype=np.uint64)
    places = np.arange(len(words.values)) - np.repeat(words.starts[:-1], words.lengths)
    keys: npt.NDArray[np.uint64] = np.add.reduceat(words.values * (2 * places + 1).astype(np.uint64), words.starts[:-1])
    return keys


def _with_all_words(
    words: Runs, some: _Numbers, sharers: npt.NDArray[np.int32], texts: Mapping[int, Iterable[str]]
) -> Iterator[tuple[int, list[int]]]:
    """Yield clauses whose words all stand in a text before the entry that shares them, and the rows of those texts.

    Args:
        words: Those of each clause.
        some: The clauses that are asked about.
        sharers: (clauses,) int32.
        texts: The words of each text by its row, ascending.
    """
    rows, found = list(texts), dict[int, list[int]]()
    for start in range(0, len(rows), _TEXTS):
        own = rows[start : start + _TEXTS]
        if (is_open := (sharers[some] == NOBODY) | (sharers[some] > own[0])).sum() <= len(some) // 2 or not start:
            some = some[is_open]  # most are soon shared by an entry before
            asked = words.chosen(some)
            distinct, numbers = np.unique(asked.values, return_inverse=True)
        if not len(some):
            break
        has_all = np.bitwise_and.reduceat(_bits(distinct, [texts[row] for row in own])[numbers], asked.starts[:-1])
        for at in np.flatnonzero(has_all).tolist():
            clause, held = int(some[at]), int(has_all[at])
            last = own[-1] if sharers[clause] == NOBODY else int(sharers[clause]) - 1
            if before := [row for bit, row in enumerate(own) if row <= last and held >> bit & 1]:
                found.setdefault(clause, []).extend(before)
    yield from found.items()


def _bits(distinct: npt.NDArray[np.uint64], texts: Sequence[Iterable[str]]) -> npt.NDArray[np.uint64]:
    """Return for each of some words, given by their hashes, a bit for each text that has it."""
    bits = np.zeros(len(distinct), dtype=np.uint64)
    for number, text in enumerate(texts):
        own = np.array(list(map(hash_of, set(text))), dtype=np.uint64)
        at = np.minimum(np.searchsorted(distinct, own), len(distinct) - 1)
        bits[at[distinct[at] == own]] |= np.uint64(1 << number)
    return bits
