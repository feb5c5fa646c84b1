"""Which entries a build carries over from the generation before, and which are new to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.storage.generation import Generation


@dataclass(frozen=True, slots=True, eq=False)
class CarriedRows:
    """The entries of a build by row: each is carried over from the generation before, or is new.

    What a module computes of an entry alone is computed for new entries; for the others it is taken from that
    generation. Carried entries are in the same order as before.

    Attributes:
        generation: The generation before, made by the same code.
        rows: (entries before,) int32, the new row of each entry; -1 for one that is not carried over.
        new: (new entries,) int32 rows of the new entries, ascending.
    """

    generation: Generation
    rows: npt.NDArray[np.int32]
    new: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.kept) + len(self.new)

    @property
    def kept(self) -> npt.NDArray[np.int64]:
        """(carried entries,) int64: their rows in the generation before, ascending."""
        return np.flatnonzero(self.rows >= 0)

    def by_row(self, before: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return (entries,) values by row.

        Args:
            before: (entries before,) those of the generation before.
            new: (new entries,) those of the new entries.
        """
        values = np.empty(len(self), before.dtype)
        kept = self.kept
        values[self.rows[kept]] = before[kept]
        values[self.new] = new
        return values


def new_rows(carried: CarriedRows | None, count: int) -> list[int]:
    """Return the rows of `count` new entries; without entries that are carried over they are numbered from 0."""
    return list(range(count)) if carried is None else carried.new.tolist()
