"""Batches to learn from: in each, entries stand beside others that are near to them, to be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.adaptation.questions import Lesson
from index.models.encoder import Vectors

BATCH = 32  # pairs; the others of a batch are the wrong entries for each
NEAR = 5  # entries from which the neighbour of one is drawn
_ROWS_AT_ONCE = 1024
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, and the text of its entry without it."""

    question: str
    text: str


def nearest(vectors: Vectors, count: int = NEAR) -> Rows:
    """Return (entries, count) int64, for each entry the rows of the nearest others, in no order.

    Args:
        vectors: (entries, dimension) float32 unit rows.
        count: How many; fewer where there are not so many entries.
    """
    count = min(count, len(vectors) - 1)
    found = np.empty((len(vectors), count), dtype=np.int64)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = vectors[start : start + _ROWS_AT_ONCE] @ vectors.T
        cosines[np.arange(len(cosines)), np.arange(start, start + len(cosines))] = -2
        found[start : start + _ROWS_AT_ONCE] = np.argpartition(-cosines, count - 1)[:, :count]
    return found


def batches(lessons: Sequence[Lesson], near: Rows, *, seed: int, size: int = BATCH) -> Iterator[list[Pair]]:
    """Yield batches without end; no entry is twice in one.

    Args:
        lessons: What is learnt, an entry each.
        near: What `nearest` returns for them.
        seed: Of the order.
        size: How many pairs a batch has at most.
    """
    chance = np.random.default_rng(seed)
    while True:
        order = chance.permutation(len(lessons))
        for start in range(0, len(order), max(size // 2, 1)):
            rows = dict.fromkeys(map(int, order[start : start + size // 2]))
            rows |= dict.fromkeys(int(chance.choice(near[row])) for row in tuple(rows))
            pairs = [pair_of(lessons[row], chance) for row in rows]
            if len(found := [pair for pair in pairs if pair is not None]) > 1:
                yield found


def pair_of(lesson: Lesson, chance: np.random.Generator) -> Pair | None:
    """Return a question of an entry that is drawn from its sentences; None where it has none."""
    if not lesson.asked:
        return None
    at = int(chance.choice(lesson.asked))
    return Pair(lesson.texts[at], lesson.without(at))
