"""Mistyped words: corrected to words of the articles in a description, and recognised in a pasted message.

In a description a word is taken for mistyped only if neither the articles nor the encoder know it: the encoder's
vocabulary holds the common words of its languages whole, so a word it has to take to pieces is a rare one, a name, or
a typo. Numbers, codes and anything with a digit in it are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, DamerauLevenshtein

from index.analysis.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS
from index.analysis.terms import TermList, pack_terms, stem, word_spans, words_of
from index.hit import Correction
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "spelling.safetensors"
_SHORTEST = 4  # a slip in a shorter word leaves too little to tell which word it was
_LONG = 8  # from here on two typos are as unlikely to make another word as one is in a shorter word
_LOOKS = str.maketrans({"1": "l", "i": "l", "0": "o", "5": "s", "8": "b"})


def correction_files(texts: Iterable[str]) -> dict[str, Payload]:
    """Return the files that `Corrections` reads, by name."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in words_of(text) if word.isalpha() and len(word) >= _SHORTEST})
    words = sorted(counts, key=str.encode)
    block, starts = pack_terms(words)
    occurrences = np.array([counts[word] for word in words], dtype=np.int32)
    return {_FILE: {"words": block, "starts": starts, "counts": occurrences}}


class Corrections:
    """The words of a generation's entries.

    Args:
        generation: An opened generation.
        is_common: Whether a word is one that the encoder knows.
    """

    def __init__(self, generation: Generation, is_common: Callable[[str], bool]) -> None:
        arrays = generation.arrays(_FILE)
        self._terms = TermList(arrays["words"], arrays["starts"])
        self._counts: npt.NDArray[np.int32] = arrays["counts"]
        self._is_common = is_common

    def correct(self, text: str) -> tuple[str, tuple[Correction, ...]]:
        """Return a text with its mistyped words corrected, and the corrections, in the order of the text."""
        corrections: list[Correction] = []
        pieces: list[str] = []
        done = 0
        for start, end in word_spans(text):
            word = text[start:end]
            if (corrected := self._corrected(word.casefold())) is None:
                continue
            corrections.append(Correction(word, corrected))
            pieces += [text[done:start], corrected]
            done = end
        return "".join([*pieces, text[done:]]), tuple(corrections)

    def knows(self, word: str) -> bool:
        """Return whether a word, in small letters, stands in the articles or is one that the encoder knows."""
        return self._terms.row(word) is not None or self._is_common(word)

    @cached_property
    def _words(self) -> list[str]:
        return list(self._terms)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(map(stem, self._words))

    def _corrected(self, word: str) -> str | None:
        if len(word) < _SHORTEST or not word.isalpha() or self.knows(word):
            return None
        if stem(word) in self._stems:
            return None
        furthest = 2 if len(word) >= _LONG else 1
        found = process.extract(
            word, self._words, scorer=DamerauLevenshtein.distance, score_cutoff=furthest, limit=None
        )
        near = [(distance, -int(self._counts[row]), other) for other, distance, row in found if other[0] == word[0]]
        return min(near)[2] if near else None


def _looks(word: str) -> str:
    """Return a word's outline: "lnv0ice", as a picture of text is read, has that of "invoice"."""
    return word.translate(_LOOKS).replace("rn", "m").replace("cl", "d").replace("vv", "w")


class Speller:
    """Judges words that are not the expected ones.

    Args:
        is_known: Whether the corpus has a word.
    """

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = lru_cache(maxsize=1 << 12)(is_known)

    def __call__(self, word: str, expected: str) -> int | None:
        """Return how many characters of a word are mistyped if another was meant; None if it was not.

        One character may be wrong, missing, doubled or in its neighbour's place; two in a long word that begins
        right, because "unexpected" and "expected", "internal" and "external" are as near as two typos are. Any number
        may be another that looks the same in a picture.
        """
        if abs(len(word) - len(expected)) > 2 or not expected.isalpha():
            return None
        errors = self._errors(word, expected)
        if errors is None or word in FUNCTION_WORDS or word in COMMON_SHORT_WORDS or self._is_known(word):
            return None
        return errors

    def _errors(self, word: str, expected: str) -> int | None:
        most = 2 if len(expected) > _LONG and word[0] == expected[0] else 1
        errors = OSA.distance(word, expected, score_cutoff=most) if word.isalpha() else most + 1
        if errors <= most:
            return errors
        return 1 if not word.isdigit() and _looks(word) == _looks(expected) else None
