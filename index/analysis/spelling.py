"""Mistyped words: corrected to words of the articles in a description, accepted as they are in a pasted message.

A word of a description is taken for mistyped only if neither the articles nor the encoder know it: the encoder's
vocabulary holds the common words of its languages whole, so a word that it divides is a rare one, a name, or a typo.
Numbers, codes and anything with a digit in it are never corrected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.analysis.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS
from index.analysis.postings import Postings, merged, postings_of
from index.analysis.terms import TermList, stem, word_spans, words_of
from index.hit import Correction
from index.storage.carried_rows import CarriedRows, new_rows
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.ragged import ranges

_FILE, _ENTRIES_FILE = "spelling.safetensors", "words.safetensors"
_WORD, _CODE = 1, 2  # what an entry has a word as; both may be
_SHORTEST = 4  # a typo in a shorter word leaves too little to tell which word it was
_LONG = 8  # of 1,750 words with two typos 814 are corrected rightly and 72 wrongly; with 7 it is 1,009 and 85, with 9
# 609 and 64, and of 6,972 words that the articles do not have 485 are changed (629, 393)
_IN_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{4,}+(?=[-_]?\d)")  # never begun within a word, which may be long
_BESIDE_DIGIT = re.compile(r"[-_]?\d")
_SAME_LOOKS = str.maketrans({"1": "l", "i": "l", "0": "o", "5": "s", "8": "b"})


def _most_typos(word: str) -> int:
    """Return how many characters of a word may be mistyped: with two, a short word is too often another word."""
    return 2 if len(word) >= _LONG else 1


def characters_changed(one: str, other: str) -> int:
    """Return how many characters are wrong, missing, added or swapped between two words."""
    return int(OSA.distance(one, other))


def spelling_files(texts: Sequence[str], carried: CarriedRows | None = None) -> dict[str, Payload]:
    """Return the files that `SpellingCorrector` reads, by name, and one that the next build reads.

    Args:
        texts: All that each new entry says, in the order of their rows.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    postings = postings_of(zip(new_rows(carried, len(texts)), map(_kinds, texts), strict=True), {"kinds": np.uint8})
    if carried is not None:
        postings = merged(_postings(carried.generation.arrays(_ENTRIES_FILE)), postings, carried)
    kinds, firsts = postings.columns["kinds"], postings.starts[:-1]
    is_word, is_in_code = ((kinds & kind > 0).astype(np.int32) for kind in (_WORD, _CODE))
    counts, in_codes = (np.add.reduceat(each, firsts) if len(each) else each for each in (is_word, is_in_code))
    words = np.flatnonzero(counts)
    lengths = np.diff(postings.term_starts)[words]
    return {
        _FILE: {
            "words": postings.block[ranges(postings.term_starts[words], lengths)],
            "starts": np.append(0, np.cumsum(lengths)).astype(np.int64),
            "counts": np.where(in_codes[words] > 0, 0, counts[words]).astype(np.int32),
        },
        _ENTRIES_FILE: {
            "terms": postings.block,
            "term_starts": postings.term_starts,
            "starts": postings.starts,
            "rows": postings.rows,
            "kinds": kinds,
        },
    }


def _postings(arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
    columns = {"kinds": arrays["kinds"]}
    return Postings(arrays["terms"], arrays["term_starts"], arrays["starts"], arrays["rows"], columns)


def _kinds(text: str) -> dict[str, tuple[int]]:
    """Return the words of a text that others may be corrected to, and those that are (part of) a code."""
    words = {word for word in words_of(text) if word.isalpha() and len(word) >= _SHORTEST}
    in_codes = {match[0].casefold() for match in _IN_CODE.finditer(text)}
    return {word: (_WORD * (word in words) + _CODE * (word in in_codes),) for word in words | in_codes}


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
