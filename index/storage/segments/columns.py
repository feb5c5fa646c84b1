"""The arrays of a segment: one row an entry, or as many rows as another array counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Columns = Mapping[str, Array]

LINE_LENGTHS, LINES = "line_lengths", "lines"
PASSAGE_COUNTS, FIELD_NUMBERS, DIGESTS, VECTORS, SEARCH_CODES = (
    "passage_counts", "fields", "digests", "vectors", "search_codes"
)  # fmt: skip
WORD_COUNTS, WORD_CODES = "word_counts", "word_codes"

COUNTED_BY = {  # an array that is not here has one row for each entry
    LINES: LINE_LENGTHS,
    FIELD_NUMBERS: PASSAGE_COUNTS,
    DIGESTS: PASSAGE_COUNTS,
    VECTORS: PASSAGE_COUNTS,
    SEARCH_CODES: PASSAGE_COUNTS,
    WORD_COUNTS: PASSAGE_COUNTS,
    WORD_CODES: WORD_COUNTS,
}


def entries_in(columns: Columns) -> int:
    """Return how many entries the arrays have rows of."""
    return next((len(array) for name, array in columns.items() if name not in COUNTED_BY), 0)


def joined(is_one: npt.NDArray[np.bool_], one: Columns, other: Columns) -> dict[str, Array]:
    """Return the rows of two sets of entries in one order.

    Args:
        is_one: (entries of both,) which of them, in this order, is the next entry of `one`; else it is that of `other`.
        one: Arrays of some entries.
        other: The same arrays of the others.
    """
    if not entries_in(other):
        return dict(one)
    if not entries_in(one):
        return dict(other)
    found: dict[str, Array] = {}
    masks: dict[str | None, npt.NDArray[np.bool_]] = {None: is_one}
    for name in sorted(one, key=_depth):
        counts = COUNTED_BY.get(name)
        if counts not in masks:
            masks[counts] = np.repeat(masks[COUNTED_BY.get(str(counts))], found[str(counts)])
        mask = masks[counts]
        rows = np.empty((len(mask), *one[name].shape[1:]), one[name].dtype)
        rows[mask], rows[~mask] = one[name], other[name]
        found[name] = rows
    return found


def _depth(name: str) -> int:
    return 0 if name not in COUNTED_BY else 1 + _depth(COUNTED_BY[name])
