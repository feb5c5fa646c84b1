"""Pairs of neighbouring words, by which the messages that a text may hold are found without paste all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from index.messages.template import Template, Word
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "bigrams.safetensors"
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, as in Knuth's multiplicative hashing

_RARE = 64  # a word by itself is looked for if it stands in at most so many places
_ALONE = 0.5  # a word by itself tells less than a pair
_MATCHES = 60_000  # so many matches are looked at
_WINDOW = 48  # tokens; a message is seldom longer
_TRIES = 5
_LONG = 200  # tokens; in a longer text a message counts from a share of what tells it
_LEAST_SHARE = 0.2
_NEAR = 0.25  # of the best: candidates with less are not looked at
_NEAR_IN_SHORT = 0.08
_CANDIDATES_A_WINDOW = 16
_CANDIDATES = 120
_FEW_WORDS = 5

Scores = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]


def bigram_files(templates: Iterable[Template]) -> dict[str, Payload]:
    """Return the files that `BigramIndex` reads, by name."""
    firsts: list[int] = []
    seconds: list[int] = []
    rows: list[int] = []
    numbers: list[int] = []
    sizes: list[int] = []
    for row, template in enumerate(templates):
        pairs = list(_pairs(template))
        sizes.append(len({number for number, _, _ in pairs}))
        for number, first, second in pairs:
            firsts.append(first)
            seconds.append(second)
            rows.append(row)
            numbers.append(number)
    keys = _mixed(np.array(firsts, dtype=np.uint64), np.array(seconds, dtype=np.uint64))
    order = np.argsort(keys, kind="stable")
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    telling = _telling(counts[inverse], np.array(seconds) == 0)
    return {
        _FILE: {
            "totals": np.bincount(np.array(rows, dtype=np.int64), telling, minlength=len(sizes)).astype(np.float32),
            "sizes": np.array(sizes, dtype=np.int32),
            "keys": keys[order],
            "templates": np.array(rows, dtype=np.int32)[order],
            "numbers": np.minimum(np.array(numbers, dtype=np.int64), np.iinfo(np.uint16).max).astype(np.uint16)[order],
        },
    }


def _pairs(template: Template) -> Iterator[tuple[int, int, int]]:
    """Yield (element, its word, the next word) for each fixed word by itself (next 0) and with the one after it."""
    following: tuple[int, ...] = ()
    for number in reversed(range(len(template.elements))):
        element = template.elements[number]
        if not isinstance(element, Word):
            following = ()
            continue
        words = tuple(hash_of(form[0]) for form in element.forms if len(form) == 1)
        for word in words:
            yield number, word, 0
            for second in following:
                yield number, word, second
        following = words


@lru_cache(maxsize=1 << 13)
def hash_of(word: str) -> int:
    """Return 64 bits of a word; the same on every machine, and never 0."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") or 1


def _telling(counts: npt.NDArray[np.int64], alone: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how much a match tells: the more places share it, the less, and a word by itself less than a pair."""
    weights: npt.NDArray[np.float64] = np.where(alone, _ALONE, 1.0) / np.log2(2 + counts)
    return weights


def _mixed(first: Keys, second: Keys) -> Keys:
    return first * _MIX + second


def _most(counts: npt.NDArray[np.int64]) -> int:
    """Return in how many places a pair may stand to be looked at: the rare ones first, until it is work enough."""
    rarest = np.sort(counts)
    enough = np.searchsorted(np.cumsum(rarest), _MATCHES, side="right")
    return int(rarest[enough - 1]) if enough else 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that a part of the text may be.

    Attributes:
        template: Its row.
        score: How much of it tells in that part.
        anchors: (element, token) pairs that are the same word, the most telling first.
    """

    template: int
    score: float
    anchors: tuple[tuple[int, int], ...]


class BigramIndex:
    """The pairs of a generation's templates, searched as they lie on disk."""

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self._keys: Keys = arrays["keys"]
        self._templates: npt.NDArray[np.int32] = arrays["templates"]
        self._numbers: npt.NDArray[np.uint16] = arrays["numbers"]
        self._totals: Scores = arrays["totals"]
        self._sizes: npt.NDArray[np.int32] = arrays["sizes"]

    def count(self, word: str) -> int:
        """Return in how many places of templates a word stands."""
        _, counts = self._ranges(_mixed(np.array([hash_of(word)], dtype=np.uint64), np.zeros(1, dtype=np.uint64)))
        return int(counts[0])

    def candidates(self, words: Sequence[str]) -> Iterator[Candidate]:
        """Yield the templates that share most with a part of a text, the most promising first."""
        rows, places, scores = self._matches(words)
        if not len(rows):
            return
        groups = SeedGroups(self._templates[rows], places // _WINDOW, rows, self._numbers[rows], scores)
        groups.drop_single_words(self._sizes)
        if len(words) > _LONG:
            groups.drop(_LEAST_SHARE * self._totals)
        for group in groups.best():
            own = groups.members(group)
            own = own[np.argsort(-scores[own], kind="stable")[:_TRIES]]
            yield Candidate(
                int(self._templates[rows[own[0]]]),
                groups.score(group),
                tuple(zip(self._numbers[rows[own]].tolist(), places[own].tolist(), strict=True)),
            )

    def _matches(self, words: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Scores]:
        """Return rows of the table, the tokens that match them, and how much each match tells."""
        hashes = np.array([hash_of(word) for word in words], dtype=np.uint64)
        starts, counts = self._ranges(
            np.concatenate([_mixed(hashes, np.zeros(len(hashes), dtype=np.uint64)), _mixed(hashes[:-1], hashes[1:])])
        )
        places = np.concatenate([np.arange(len(hashes)), np.arange(len(hashes) - 1)])
        alone = np.arange(len(places)) < len(hashes)
        telling = _telling(counts, alone)
        counts = np.where(counts > np.where(alone, _RARE, _most(counts)), 0, counts)
        rows = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return rows, np.repeat(places, counts), np.repeat(telling, counts).astype(np.float32)

    def _ranges(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        distinct, inverse = np.unique(keys, return_inverse=True)
        low = np.searchsorted(self._keys, distinct)
        high = np.searchsorted(self._keys, distinct, side="right")
        return low[inverse], (high - low)[inverse]


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
