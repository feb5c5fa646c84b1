"""Which entries have a term: made of new entries, and merged with what a generation before says of all others.

A merge gives the same arrays as making them of all entries at once, and takes a few passes over arrays of numbers where
that would read every text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysis.terms import TermList, pack_terms
from index.storage.carried_rows import CarriedRows
from index.storage.ragged import ranges

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Terms, sorted by their UTF-8 bytes, and the entries that have each.

    Attributes:
        block: (bytes,) uint8, the terms' bytes one after another; with `term_starts` what `TermList` reads.
        term_starts: (terms + 1,) int64, where each term begins in `block`.
        starts: (terms + 1,) int64, where each term's entries begin in `rows`.
        rows: (pairs,) int32 rows of entries, ascending for each term.
        columns: More about each pair, by name, each (pairs,).
    """

    block: npt.NDArray[np.uint8]
    term_starts: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    columns: Mapping[str, Array]

    @property
    def terms(self) -> TermList:
        """The terms."""
        return TermList(self.block, self.term_starts)

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(terms,) int64, how many entries have each."""
        return np.diff(self.starts)

    def rows_of(self, term: int) -> npt.NDArray[np.int32]:
        """Return the rows of the entries that have a term, given by its number."""
        return self.rows[int(self.starts[term]) : int(self.starts[term + 1])]


def postings_of(
    terms_by_row: Iterable[tuple[int, Mapping[str, tuple[int, ...]]]], columns: Mapping[str, npt.DTypeLike]
) -> Postings:
    """Return the postings of some entries.

    Args:
        terms_by_row: The row of each entry, ascending, with its terms and the values that each has in the columns;
            a value that a column's numbers cannot hold becomes their largest.
        columns: The columns' names, and the kind of numbers in each.
    """
    rows: list[int] = []
    terms: list[str] = []
    values: list[tuple[int, ...]] = []
    for row, own in terms_by_row:
        rows += [row] * len(own)
        terms += own
        values += own.values()
    distinct = sorted(set(terms), key=str.encode)
    numbers = {term: number for number, term in enumerate(distinct)}
    term_rows = np.array([numbers[term] for term in terms], dtype=np.int64)
    order = np.argsort(term_rows, kind="stable")
    block, term_starts = pack_terms(distinct)
    table = np.array(values, dtype=np.int64).reshape(len(rows), len(columns))
    return Postings(
        block,
        term_starts,
        np.searchsorted(term_rows[order], np.arange(len(distinct) + 1)).astype(np.int64),
        np.array(rows, dtype=np.int32)[order],
        {name: _as(table[order, at], np.dtype(kind)) for at, (name, kind) in enumerate(columns.items())},
    )


def merged(before: Postings, new: Postings, carried: CarriedRows) -> Postings:
    """Return the postings of all entries: those carried over from a generation before, and new ones.

    Args:
        before: The postings of all entries of the generation before.
        new: Those of the new entries, with their new rows.
        carried: Which entries are carried over.
    """
    pairs = np.flatnonzero(carried.rows[before.rows] >= 0)
    old_terms = np.repeat(np.arange(len(before.starts) - 1), before.counts)[pairs]
    places, is_old = _places(before.terms, new.terms)
    stays = np.bincount(old_terms, minlength=len(before.starts) - 1) > 0
    stays[places[is_old]] = True
    added = places[~is_old]
    old_numbers = np.cumsum(stays) - stays + np.searchsorted(added, np.arange(len(stays)), side="right")
    new_numbers = np.empty(len(places), dtype=np.int64)
    new_numbers[is_old] = old_numbers[places[is_old]]
    new_numbers[~is_old] = np.append(0, np.cumsum(stays))[added] + np.arange(len(added))
    count = int(stays.sum()) + len(added)
    block, term_starts = _vocabulary(
        before, new, np.flatnonzero(stays), old_numbers, np.flatnonzero(~is_old), new_numbers, count
    )
    old_keys = old_numbers[old_terms] << 32 | carried.rows[before.rows[pairs]]
    new_keys = np.repeat(new_numbers, new.counts) << 32 | new.rows
    at = np.searchsorted(old_keys, new_keys)
    keys = np.insert(old_keys, at, new_keys)
    return Postings(
        block,
        term_starts,
        np.searchsorted(keys, np.arange(count + 1) << 32).astype(np.int64),
        (keys & 0xFFFFFFFF).astype(np.int32),
        {name: np.insert(before.columns[name][pairs], at, column) for name, column in new.columns.items()},
    )


def _places(terms: TermList, others: TermList) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return where each of other terms stands among some, or would stand, and whether it is one of them."""
    found = [terms.place(term) for term in others]
    return np.array([place for place, _ in found], dtype=np.int64), np.array([is_in for _, is_in in found], np.bool_)


def _vocabulary(  # noqa: PLR0917 - two lists of terms, and which of each go where
    before: Postings,
    new: Postings,
    staying: npt.NDArray[np.int64],
    old_numbers: npt.NDArray[np.int64],
    added: npt.NDArray[np.int64],
    new_numbers: npt.NDArray[np.int64],
    count: int,
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    starts, lengths = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    starts[old_numbers[staying]] = before.term_starts[staying]
    lengths[old_numbers[staying]] = np.diff(before.term_starts)[staying]
    starts[new_numbers[added]] = new.term_starts[added] + len(before.block)
    lengths[new_numbers[added]] = np.diff(new.term_starts)[added]
    block = np.concatenate([before.block, new.block])[ranges(starts, lengths)]
    return block, np.append(0, np.cumsum(lengths)).astype(np.int64)


def _as(values: npt.NDArray[np.int64], kind: np.dtype[Any]) -> Array:
    return values.astype(kind) if kind == np.bool_ else np.minimum(values, np.iinfo(kind).max).astype(kind)
