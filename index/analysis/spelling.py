"""Mistyped words: corrected to words of the articles in a description, accepted as they are in a pasted message.

A word of a description is taken for mistyped only if neither the articles nor the encoder know it: the encoder's
vocabulary holds the common words of its languages whole, so a word that it divides is a rare one, a name, or a typo.
Numbers, codes and anything with a digit in it are never corrected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.analysis.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS
from index.analysis.terms import TermList, pack_terms, stem, word_spans, words_of
from index.hit import Correction
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "spelling.safetensors"
_SHORTEST = 4  # a typo in a shorter word leaves too little to tell which word it was
_LONG = 8  # of 1,750 words with two typos 814 are corrected rightly and 72 wrongly; with 7 it is 1,009 and 85, with 9
# 609 and 64, and of 6,972 words that the articles do not have 485 are changed (629, 393)
_IN_CODE = re.compile(r"[A-Za-z]{4,}(?=[-_]?\d)")
_BESIDE_DIGIT = re.compile(r"[-_]?\d")
_SAME_LOOKS = str.maketrans({"1": "l", "i": "l", "0": "o", "5": "s", "8": "b"})


def _most_typos(word: str) -> int:
    """Return how many characters of a word may be mistyped: with two, a short word is too often another word."""
    return 2 if len(word) >= _LONG else 1


def characters_changed(one: str, other: str) -> int:
    """Return how many characters are wrong, missing, added or swapped between two words."""
    return int(OSA.distance(one, other))


def spelling_files(texts: Iterable[str]) -> dict[str, Payload]:
    """Return the files that `SpellingCorrector` reads, by name."""
    counts: Counter[str] = Counter()
    in_codes: set[str] = set()
    for text in texts:
        counts.update({word for word in words_of(text) if word.isalpha() and len(word) >= _SHORTEST})
        in_codes |= {match[0].casefold() for match in _IN_CODE.finditer(text)}
    words = sorted(counts, key=str.encode)
    block, starts = pack_terms(words)
    entry_counts = np.array([0 if word in in_codes else counts[word] for word in words], dtype=np.int32)
    return {_FILE: {"words": block, "starts": starts, "counts": entry_counts}}


class SpellingCorrector:
    """Corrects the words of a description to those of a generation's entries.

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
        is_shouted = text.isupper() and " " in text.strip()
        for start, end in word_spans(text):
            word = text[start:end]
            if (word.isupper() and not is_shouted) or _BESIDE_DIGIT.match(text, end):
                continue  # a name or a code: another one is another error's
            if (corrected := self._corrected(word.casefold())) is None:
                continue
            corrections.append(Correction(word, corrected))
            pieces += [text[done:start], corrected]
            done = end
        return "".join([*pieces, text[done:]]), tuple(corrections)

    def knows(self, word: str) -> bool:
        """Return whether a word, in small letters, stands in the articles or is one that the encoder knows."""
        return self.is_in_articles(word) or self._is_common(word)

    def is_in_articles(self, word: str) -> bool:
        """Return whether a word of four letters or more, in small letters, stands in the articles."""
        return self._terms.row(word) is not None

    @cached_property
    def _words(self) -> list[str]:
        return list(self._terms)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(map(stem, self._words))

    def _corrected(self, word: str) -> str | None:
        """Return the nearest word with the same first letter, of several the one that most entries use."""
        if len(word) < _SHORTEST or not word.isalpha() or self.knows(word) or stem(word) in self._stems:
            return None
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=_most_typos(word), limit=None)
        ranked = [
            (typos, -int(self._counts[row]), other)
            for other, typos, row in near
            if other[0] == word[0] and self._counts[row]  # 0 is (part of) a code
        ]
        return min(ranked)[2] if ranked else None


class TypoCounter:
    """Counts the typos in a pasted word that stands where a documented message has another.

    Args:
        is_known: Whether the articles have a word; such a word is another one, never a typo.
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
        typos = self._typos(word, expected)
        if typos is None or word in FUNCTION_WORDS or word in COMMON_SHORT_WORDS or self._is_known(word):
            return None
        return typos

    def _typos(self, word: str, expected: str) -> int | None:
        most = _most_typos(word) if word[0] == expected[0] else 1
        typos = OSA.distance(word, expected, score_cutoff=most) if word.isalpha() else most + 1
        if typos <= most:
            return typos
        return 1 if not word.isdigit() and _outline(word) == _outline(expected) else None


def _outline(word: str) -> str:
    """Return how a word looks: "lnv0ice", as a picture of text is recognised, has the outline of "invoice"."""
    return word.translate(_SAME_LOOKS).replace("rn", "m").replace("cl", "d").replace("vv", "w")
