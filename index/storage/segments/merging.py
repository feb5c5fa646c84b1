"""Which segments a build merges into the one that it writes.

A segment of which too much is dead is written anew without that. Where there are too many segments, the small ones are
merged: an entry is written again only each time so many builds have come, and no more once it lies in a large segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.storage.segments.placed_rows import SHIFT, Places


@dataclass(frozen=True, slots=True)
class Policy:
    """When segments are merged.

    Attributes:
        most: How many segments a generation may have.
        dead: Which share of a segment's entries may be dead.
        small: A segment is small that has less than this share of all entries.
    """

    most: int = 20
    dead: float = 0.25
    small: float = 0.1


def merged_segments(sizes: npt.NDArray[np.int64], stays: Places, policy: Policy) -> npt.NDArray[np.bool_]:
    """Return which segments are merged, (segments,) bool.

    Args:
        sizes: (segments,) how many entries each has, dead ones too.
        stays: (entries,) int64 places; -1 for an entry that is written by this build.
        policy: When to merge.
    """
    live = np.bincount(stays[stays >= 0] >> SHIFT, minlength=len(sizes))
    merged: npt.NDArray[np.bool_] = sizes - live > policy.dead * sizes
    is_small = live < policy.small * len(stays)
    for more in (np.zeros_like(merged), is_small, np.ones_like(merged)):
        merged = merged | more
        if int((~merged & (live > 0)).sum()) < policy.most:
            break
    return merged & (live > 0)
