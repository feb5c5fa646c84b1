"""Pairs of neighbouring words: which documented messages may stand in a text, without comparing it with all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from index.messages.paste import Paste
from index.messages.template import Template, Word
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "bigrams.safetensors"
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, as in Knuth's multiplicative hashing

_RARE = 64  # places; commoner words are not looked up alone. With 8 2 pastes fail, all words take 4.6 times the time
_SINGLE = 0.5  # weight of a word by itself, a pair has 1; with 1 2 more altered match
_OCCURRENCES = 60_000  # are looked at, the rarest first; 1 message of the logs changes between 30,000 and 120,000
_WINDOW = 48  # tokens; a message is seldom longer
_ANCHORS = 5  # no paste changes between 2 and 20; with 1 132 of 595 with a piece of the message in a subject fail
_LEAST_SHARE = 0.2  # of a message's weight, in a long text; with 0.1 that takes twice as long, with 0.4 2 of 61 fail
_NEAR = 0.08  # share of the best score in a window; with 0.04 562 messages of the logs are recognised, with 0.16 540
_CANDIDATES = 120  # are tried; with 60 528 messages of the logs are recognised, with 240 561
_FEW_WORDS = 5  # a longer message needs two words of its own; with 2 12 of the 600 fail, with 8 one

Scores = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]


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
    keys = _keys(np.array(firsts, dtype=np.uint64), np.array(seconds, dtype=np.uint64))
    order = np.argsort(keys, kind="stable")
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    weights = _weights(counts[inverse], np.array(seconds) == 0)
    return {
        _FILE: {
            "totals": np.bincount(np.array(rows, dtype=np.int64), weights, minlength=len(sizes)).astype(np.float32),
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
        words = tuple(_hash(form[0]) for form in element.forms if len(form) == 1)
        for word in words:
            yield number, word, 0
            for second in following:
                yield number, word, second
        following = words


@lru_cache(maxsize=1 << 13)
def _hash(word: str) -> int:
    """Return 64 bits of a word; the same on every machine, and never 0."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") or 1


def _weights(counts: npt.NDArray[np.int64], single: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Return how much a word or pair weighs: the less the more messages have it, and a single word less than a pair."""
    weights: npt.NDArray[np.float64] = np.where(single, _SINGLE, 1.0) / np.log2(2 + counts)
    return weights


def _keys(first: Keys, second: Keys) -> Keys:
    return first * _MIX + second


def _rarest(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return which words and pairs are looked at: the rarest, as many as have `_OCCURRENCES` together."""
    order = np.argsort(counts, kind="stable")
    is_rare = np.empty(len(counts), dtype=np.bool_)
    is_rare[order] = np.cumsum(counts[order]) <= _OCCURRENCES
    return is_rare


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that may stand in a part of the text.

    Attributes:
        template: Its row.
        score: The weight of the words and pairs that they share.
        anchors: (element, token) pairs that are the same word, the heaviest first.
    """

    template: int
    score: float
    anchors: tuple[tuple[int, int], ...]


class BigramIndex:
    """The words and pairs of a generation's templates, searched as they lie on disk."""

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self._keys: Keys = arrays["keys"]
        self._templates: npt.NDArray[np.int32] = arrays["templates"]
        self._numbers: npt.NDArray[np.uint16] = arrays["numbers"]
        self._totals: Scores = arrays["totals"]
        self._sizes: npt.NDArray[np.int32] = arrays["sizes"]

    def count(self, word: str) -> int:
        """Return how often a word occurs in templates."""
        _, counts = self._ranges(_keys(np.array([_hash(word)], dtype=np.uint64), np.zeros(1, dtype=np.uint64)))
        return int(counts[0])

    def candidates(self, paste: Paste) -> Iterator[Candidate]:
        """Yield the templates that share most with a part of a text, the most promising first."""
        rows, places, weights = self._shared(paste.keys)
        if not len(rows):
            return
        groups = _Groups(self._templates[rows], places // _WINDOW, rows, self._numbers[rows], weights)
        groups.drop_single_words(self._sizes)
        if paste.is_long:
            groups.drop(_LEAST_SHARE * self._totals)
        for group in groups.best():
            own = groups.members(group)
            own = own[np.argsort(-weights[own], kind="stable")[:_ANCHORS]]
            yield Candidate(
                int(self._templates[rows[own[0]]]),
                groups.score(group),
                tuple(zip(self._numbers[rows[own]].tolist(), places[own].tolist(), strict=True)),
            )

    def _shared(self, words: Sequence[str]) -> tuple[Rows, Rows, Scores]:
        """Return rows of the table whose word or pair the text has, the tokens that have it, and its weight."""
        hashes = np.array([_hash(word) for word in words], dtype=np.uint64)
        starts, counts = self._ranges(
            np.concatenate([_keys(hashes, np.zeros(len(hashes), dtype=np.uint64)), _keys(hashes[:-1], hashes[1:])])
        )
        places = np.concatenate([np.arange(len(hashes)), np.arange(len(hashes) - 1)])
        single = np.arange(len(places)) < len(hashes)
        weights = _weights(counts, single)
        counts = np.where(single & (counts > _RARE), 0, counts)
        counts = np.where(_rarest(counts), counts, 0)
        rows = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return rows, np.repeat(places, counts), np.repeat(weights, counts).astype(np.float32)

    def _ranges(self, keys: Keys) -> tuple[Rows, Rows]:
        distinct, inverse = np.unique(keys, return_inverse=True)
        low = np.searchsorted(self._keys, distinct)
        high = np.searchsorted(self._keys, distinct, side="right")
        return low[inverse], (high - low)[inverse]


class _Groups:
    """Shared words and pairs by template and window of the text; a message may lie across two neighbouring windows."""

    def __init__(
        self,
        templates: npt.NDArray[np.int32],
        windows: Rows,
        rows: Rows,
        numbers: npt.NDArray[np.uint16],
        weights: Scores,
    ) -> None:
        keys = templates.astype(np.int64) << 32 | windows
        self._order = np.lexsort((rows, keys))
        keys, rows = keys[self._order], rows[self._order]
        self._firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        self._ends = np.append(self._firsts[1:], len(keys))
        repeated = np.append(False, (np.diff(rows) == 0) & (np.diff(keys) == 0))
        scores = np.add.reduceat(np.where(repeated, 0, weights[self._order]), self._firsts)
        keys = keys[self._firsts]
        self._templates = keys >> 32
        self._windows = keys & 0xFFFFFFFF
        self._goes_on = np.append(np.diff(keys) == 1, False)
        self._scores = scores + np.where(self._goes_on, np.append(scores[1:], 0), 0)
        self._has_one_word = self._are_equal(numbers[self._order])

    def drop_single_words(self, sizes: npt.NDArray[np.int32]) -> None:
        """Drop the groups that share one word, or one and the next, with a message of more than a few words.

        `sizes` has for each template how many of its words are looked up.
        """
        self._scores = np.where(self._has_one_word & (sizes[self._templates] > _FEW_WORDS), 0, self._scores)

    def drop(self, least: Scores) -> None:
        """Drop the groups that score too little; `least` has a number for each template."""
        self._scores = np.where(self._scores < least[self._templates], 0, self._scores)

    def best(self) -> list[int]:
        """Return the groups with the highest scores, the best first; in each window those near the best."""
        best_there = np.zeros(int(self._windows.max()) + 1, dtype=np.float32)
        np.maximum.at(best_there, self._windows, self._scores)
        near = np.flatnonzero((self._scores > 0) & (self._scores >= _NEAR * best_there[self._windows]))
        order = near[np.argsort(-self._scores[near], kind="stable")]
        return [int(group) for group in order[:_CANDIDATES]]

    def score(self, group: int) -> float:
        """Return the score of a group."""
        return float(self._scores[group])

    def members(self, group: int) -> Rows:
        """Return which shared words and pairs belong to a group and to the window after it."""
        end = self._ends[group + 1] if self._goes_on[group] else self._ends[group]
        return self._order[self._firsts[group] : end]

    def _are_equal(self, numbers: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
        """Return for each group whether all that it shares is of one element of the template."""
        low, high = (each.reduceat(numbers, self._firsts) for each in (np.minimum, np.maximum))
        after_low, after_high = (np.append(each[1:], each[-1:]) for each in (low, high))
        equal: npt.NDArray[np.bool_] = (low == high) & (~self._goes_on | ((after_low == low) & (after_high == low)))
        return equal
