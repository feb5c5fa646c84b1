"""Pairs of neighbouring words: which documented messages may stand in a text, without comparing it with all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from index.messages.paste import Paste
from index.messages.template import Template, Word
from index.storage.carried_rows import CarriedRows, new_rows
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.ragged import ranges

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


def bigram_files(templates: Sequence[Template], carried: CarriedRows | None = None) -> dict[str, Payload]:
    """Return the files that `BigramIndex` reads, by name.

    Args:
        templates: Those that are new, in the order of their rows.
        carried: The templates, by row, that are carried over from the generation before; None where all are new.
    """
    pairs, sizes = _new_pairs(templates, new_rows(carried, len(templates)))
    if carried is not None:
        arrays = carried.generation.arrays(_FILE)
        pairs = _merged({name: arrays[name] for name in pairs}, pairs, carried)
        sizes = carried.by_row(arrays["sizes"], sizes)
    # subtle: in the order of the keys, so that the sums are the same to the last digit however the pairs came together
    counts = np.diff(np.append(_first_of_each(pairs["keys"]), len(pairs["keys"])))
    weights = _weights(np.repeat(counts, counts), pairs["single"])
    totals = np.bincount(pairs["templates"], weights, minlength=len(sizes)).astype(np.float32)
    return {_FILE: {"totals": totals, "sizes": sizes, **pairs}}


def _new_pairs(
    templates: Sequence[Template], rows: Sequence[int]
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.int32]]:
    """Return the words and pairs of some templates, sorted by key, and how many words of each are looked up."""
    found = [(row, *pair) for row, template in zip(rows, templates, strict=True) for pair in _pairs(template)]
    sizes = [len({number for number, _, _ in _pairs(template)}) for template in templates]
    first, second = (np.array([each[at] for each in found], dtype=np.uint64) for at in (2, 3))
    keys = _keys(first, second)
    order = np.argsort(keys, kind="stable")
    numbers = np.array([each[1] for each in found], dtype=np.int64)
    pairs = {
        "keys": keys,
        "templates": np.array([each[0] for each in found], dtype=np.int32),
        "numbers": np.minimum(numbers, np.iinfo(np.uint16).max).astype(np.uint16),
        "single": second == 0,
    }
    return {name: each[order] for name, each in pairs.items()}, np.array(sizes, dtype=np.int32)


def _merged(
    before: Mapping[str, npt.NDArray[Any]], new: Mapping[str, npt.NDArray[Any]], carried: CarriedRows
) -> dict[str, npt.NDArray[Any]]:
    """Return words and pairs of carried and of new templates, sorted by key and template."""
    stays = carried.rows[before["templates"]] >= 0
    kept = {name: each[stays] for name, each in before.items()}
    kept["templates"] = carried.rows[kept["templates"]]
    at = np.searchsorted(kept["keys"], new["keys"])
    if len(kept["keys"]):
        places = np.zeros(len(kept["keys"]), dtype=np.int64)
        places[_first_of_each(kept["keys"])] = 1
        by_place = np.cumsum(places) << 32 | kept["templates"]
        there = np.minimum(at, len(by_place) - 1)
        wanted = by_place[there] >> 32 << 32 | new["templates"]
        at = np.where(kept["keys"][there] == new["keys"], np.searchsorted(by_place, wanted), at)
    return {name: np.insert(kept[name], at, new[name]) for name in new}


def _first_of_each(keys: Keys) -> Rows:
    """Return where each distinct key of sorted ones comes first."""
    return np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])


def _pairs(template: Template) -> Iterator[tuple[int, int, int]]:
    """Yield (element, its word, the next word) for each fixed word by itself (next 0) and with the one after it."""
    following: tuple[int, ...] = ()
    for number in reversed(range(len(template.elements))):
        element = template.elements[number]
        if not isinstance(element, Word):
            following = ()
            continue
        words = tuple(word_hash(form[0]) for form in element.forms if len(form) == 1)
        for word in words:
            yield number, word, 0
            for second in following:
                yield number, word, second
        following = words


@lru_cache(maxsize=1 << 13)
def word_hash(word: str) -> int:
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
        _, counts = self._ranges(_keys(np.array([word_hash(word)], dtype=np.uint64), np.zeros(1, dtype=np.uint64)))
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
        for group, own in groups.best(weights):
            yield Candidate(
                int(self._templates[rows[own[0]]]),
                groups.score(group),
                tuple(zip(self._numbers[rows[own]].tolist(), places[own].tolist(), strict=True)),
            )

    def _shared(self, words: Sequence[str]) -> tuple[Rows, Rows, Scores]:
        """Return rows of the table whose word or pair the text has, the tokens that have it, and its weight."""
        hashes = np.array([word_hash(word) for word in words], dtype=np.uint64)
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

    def best(self, weights: Scores) -> Iterator[tuple[int, Rows]]:
        """Yield the groups with the highest scores, the best first; in each window those near the best.

        Args:
            weights: Of each shared word and pair.

        Yields:
            A group, and the heaviest of the shared words and pairs that belong to it or to the window after it.
        """
        windows = int(self._windows.max()) + 1
        best_there = np.full(windows, self._scores.max(initial=0), dtype=np.float32)
        if windows > 1:
            best_there[:] = 0
            np.maximum.at(best_there, self._windows, self._scores)
        near = np.flatnonzero((self._scores > 0) & (self._scores >= _NEAR * best_there[self._windows]))
        if len(near) > _CANDIDATES:
            near = near[self._scores[near] >= np.partition(self._scores[near], -_CANDIDATES)[-_CANDIDATES]]
        groups = near[np.argsort(-self._scores[near], kind="stable")][:_CANDIDATES]
        ends = np.where(
            self._goes_on[groups], self._ends[np.minimum(groups + 1, len(self._ends) - 1)], self._ends[groups]
        )
        sizes = ends - self._firsts[groups]
        members = self._order[ranges(self._firsts[groups], sizes)]
        numbers = np.repeat(np.arange(len(groups)), sizes)
        members = members[np.lexsort((-weights[members], numbers))]
        starts = (np.cumsum(sizes) - sizes).tolist()
        for group, start, size in zip(groups.tolist(), starts, sizes.tolist(), strict=True):
            yield group, members[start : start + min(size, _ANCHORS)]

    def score(self, group: int) -> float:
        """Return the score of a group."""
        return float(self._scores[group])

    def _are_equal(self, numbers: npt.NDArray[np.uint16]) -> npt.NDArray[np.bool_]:
        """Return for each group whether all that it shares is of one element of the template."""
        low, high = (each.reduceat(numbers, self._firsts) for each in (np.minimum, np.maximum))
        after_low, after_high = (np.append(each[1:], each[-1:]) for each in (low, high))
        equal: npt.NDArray[np.bool_] = (low == high) & (~self._goes_on | ((after_low == low) & (after_high == low)))
        return equal
