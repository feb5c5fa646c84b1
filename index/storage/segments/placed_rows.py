"""The rows of a generation's entries, wherever their segments are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.storage.ragged import ranges
from index.storage.segments.columns import COUNTED_BY, Array
from index.storage.segments.segment import Segment

Places = npt.NDArray[np.int64]  # the number of a segment in the upper half of the bits, that of a row in the lower
SHIFT = 32
_ROW = (1 << SHIFT) - 1


class PlacedRows:
    """Rows of one array in several segments; indexed as a numpy array is, by rows, by a slice, or by one row.

    Attributes:
        places: (rows,) int64, where each row is.
        shape: As that of a numpy array.
    """

    def __init__(self, segments: Sequence[Segment], name: str, places: Places) -> None:
        self.places = places
        self._segments, self._name = segments, name
        shape, kind = segments[0].kind(name) if segments else ((0,), np.dtype(np.uint8))
        self._kind: np.dtype[Any] = kind
        self.shape = (len(places), *shape[1:])

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, rows: Any) -> Array:
        if isinstance(rows, int):
            return self[rows : rows + 1][0]  # type: ignore[no-any-return]
        return self.at(self.places[rows])

    def at(self, places: Places) -> Array:
        """Return the rows in some places."""
        if len(self._segments) == 1:
            return self._segments[0].rows(self._name, places)
        numbers = places >> SHIFT
        found = np.empty((len(places), *self.shape[1:]), self._kind)
        for number in np.unique(numbers).tolist():
            own = np.flatnonzero(numbers == number)
            found[own] = self._segments[number].rows(self._name, places[own] & _ROW)
        return found


class EntryRows:
    """All rows of some entries.

    Args:
        segments: The segments.
        places: (entries,) int64, where each entry's row is, in arrays of one row an entry.
    """

    def __init__(self, segments: Sequence[Segment], places: Places) -> None:
        self.segments = segments
        self.places = places
        self._starts: dict[str, list[Places]] = {}

    def __len__(self) -> int:
        return len(self.places)

    def of(self, name: str, places: Places) -> PlacedRows:
        """Return an array with rows in given places."""
        return PlacedRows(self.segments, name, places)

    def runs(self, counts: str, places: Places) -> tuple[Places, npt.NDArray[np.int64]]:
        """Return where the rows begin that an array counts, and how many there are, both int64.

        Args:
            counts: The name of the array that counts them.
            places: Where its own rows are.
        """
        numbers = (places >> SHIFT).astype(np.intp)
        firsts, lengths = np.empty_like(places), np.empty_like(places)
        for number in np.unique(numbers).tolist():
            own = numbers == number
            starts = self._starts_of(counts, number)
            rows = places[own] & _ROW
            firsts[own] = starts[rows] | number << SHIFT
            lengths[own] = starts[rows + 1] - starts[rows]
        return firsts, lengths

    def arrays(self, names: Sequence[str]) -> dict[str, Array]:
        """Return all rows of some arrays, by the arrays' names."""
        places: dict[str | None, Places] = {None: self.places}

        def places_of(name: str) -> Places:
            counts = COUNTED_BY.get(name)
            if counts not in places:
                places[counts] = ranges(*self.runs(str(counts), places_of(str(counts))))
            return places[counts]

        return {name: self.of(name, places_of(name))[:] for name in names}

    def _starts_of(self, counts: str, number: int) -> Places:
        if counts not in self._starts:
            self._starts[counts] = [
                np.append(0, np.cumsum(segment.whole(counts), dtype=np.int64)) for segment in self.segments
            ]
        return self._starts[counts][number]
