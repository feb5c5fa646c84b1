"""Which templates a part of a text may be, by how much of them stands there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_NEAR = 0.25  # of the best: candidates with less are not looked at
_NEAR_IN_SHORT = 0.08
_CANDIDATES_A_WINDOW = 16
_CANDIDATES = 120
_FEW_WORDS = 5

Scores = npt.NDArray[np.float32]


class SeedGroups:
    """Matches by template and part of the text; a message may lie across two neighbouring parts."""

    def __init__(
        self,
        templates: npt.NDArray[np.int32],
        windows: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int64],
        numbers: npt.NDArray[np.uint16],
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
        self._is_one_word = self._are_equal(numbers[self._order])

    def drop_single_words(self, sizes: npt.NDArray[np.int32]) -> None:
        """Drop the groups that have one word of a message, or one and the next, where that is next to nothing of it.

        `sizes` has for each template how many of its words are looked for.
        """
        self._totals = np.where(self._is_one_word & (sizes[self._templates] > _FEW_WORDS), 0, self._totals)

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

    def _are_equal(self, numbers: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
        """Tell of each group whether all its matches are of one element of the template."""
        low, high = (each.reduceat(numbers, self._firsts) for each in (np.minimum, np.maximum))
        after_low, after_high = (np.append(each[1:], each[-1:]) for each in (low, high))
        equal: npt.NDArray[np.bool_] = (low == high) & (~self._goes_on | ((after_low == low) & (after_high == low)))
        return equal

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
