"""Which templates a part of a text may be, by how much of them stands there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_NEAR = 0.25  # of the best: candidates with less are not looked at
_NEAR_IN_SHORT = 0.08
_CANDIDATES_A_WINDOW = 16
_CANDIDATES = 120

Scores = npt.NDArray[np.float32]


class SeedGroups:
    """Matches by template and part of the text; a message may lie across two neighbouring parts."""

    def __init__(
        self,
        templates: npt.NDArray[np.int32],
        windows: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        scores: Scores,
    ) -> None:
        keys = templates.astype(np.int64) << 32 | windows
        self._order = np.lexsort((rows, keys))
        keys, rows = keys[self._order], rows[self._order]
        self._firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        self._ends = np.append(self._firsts[1:], len(keys))
        repeated = np.append(False, (np.diff(rows) == 0) & (np.diff(keys) == 0))
        totals = np.add.reduceat(np.where(repeated, 0, scores[self._order]), self._firsts)
        keys = keys[self._firsts]
        self._templates = keys >> 32
        self._windows = keys & 0xFFFFFFFF
        self._goes_on = np.append(np.diff(keys) == 1, False)
        self._totals = totals + np.where(self._goes_on, np.append(totals[1:], 0), 0)

    def drop(self, least: Scores) -> None:
        """Drop the groups with too little of their template; `least` has a number for each template."""
        self._totals = np.where(self._totals < least[self._templates], 0, self._totals)

    def best(self) -> list[int]:
        """Return the groups with most of what tells, the best first; in each part of the text those near the best."""
        best_there = np.zeros(int(self._windows.max()) + 1, dtype=np.float32)
        np.maximum.at(best_there, self._windows, self._totals)
        least = (_NEAR_IN_SHORT if len(best_there) <= 2 else _NEAR) * best_there[self._windows]
        near = np.flatnonzero((self._totals > 0) & (self._totals >= least))
        order = near[np.argsort(-self._totals[near], kind="stable")]
        rank = _rank_within(self._windows[order])
        most = max(_CANDIDATES_A_WINDOW, _CANDIDATES // (1 + int(self._windows.max())))
        kept = order[rank < most][:_CANDIDATES]
        return [int(each) for each in kept]

    def score(self, group: int) -> float:
        """Return how much tells in a group."""
        return float(self._totals[group])

    def members(self, group: int) -> npt.NDArray[np.int64]:
        """Return which matches belong to a group and to the part of the text after it."""
        end = self._ends[group + 1] if self._goes_on[group] else self._ends[group]
        return self._order[self._firsts[group] : end]


def _rank_within(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many equal values stand before each."""
    order = np.argsort(values, kind="stable")
    sorted_values = values[order]
    firsts = np.flatnonzero(np.diff(sorted_values, prepend=-1))
    counts = np.diff(np.append(firsts, len(values)))
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values)) - np.repeat(firsts, counts)
    return rank
