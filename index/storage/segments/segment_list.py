"""What a build writes of its entries' rows: segments that it keeps, one that is new, and each entry's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from index.storage.file_system import FileDigest
from index.storage.segments.columns import Columns, entries_in
from index.storage.segments.placed_rows import SHIFT, Places

_NONE: Places = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class SegmentList:
    """The segments of a generation that is about to be written.

    Attributes:
        places: (entries,) int64, where the rows of each entry are: see `index.storage.segments.placed_rows`.
        kept: The files of segments that another generation has, with what they hold; the first has the number 0.
        new: The arrays of the last segment; empty where there is none.
    """

    places: Places = field(default_factory=lambda: _NONE)
    kept: Mapping[Path, FileDigest] = field(default_factory=lambda: MappingProxyType({}))
    new: Columns = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of_one(cls, columns: Columns) -> SegmentList:
        """Return one new segment, whose entries are in its order."""
        return cls(np.arange(entries_in(columns), dtype=np.int64), new=columns)

    @classmethod
    def over(cls, kept: Mapping[Path, FileDigest], stays: Places, new: Columns) -> SegmentList:
        """Return segments of another generation, without those that no entry is in, and a new one.

        Args:
            kept: All segments of that generation.
            stays: (entries,) int64, each entry's place in them; -1 for those in the new segment, which has them in
                this order.
            new: The new segment's arrays.
        """
        is_new = stays < 0
        used = np.unique(stays[~is_new] >> SHIFT)
        places = np.empty_like(stays)
        places[~is_new] = np.searchsorted(used, stays[~is_new] >> SHIFT) << SHIFT | stays[~is_new] & ((1 << SHIFT) - 1)
        places[is_new] = np.arange(int(is_new.sum())) | len(used) << SHIFT
        files = list(kept.items())
        return cls(places, dict(files[number] for number in used.tolist()), new if is_new.any() else {})
