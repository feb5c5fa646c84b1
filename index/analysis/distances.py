"""Which words are mistyped ones: a word that the corpus knows is another word, never a typo."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz.distance import OSA

from index.analysis.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS

_LONG = 9
_LOOKS = str.maketrans({"1": "l", "i": "l", "0": "o", "5": "s", "8": "b"})


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
        most = 2 if len(expected) >= _LONG and word[0] == expected[0] else 1
        errors = OSA.distance(word, expected, score_cutoff=most) if word.isalpha() else most + 1
        if errors <= most:
            return errors
        return 1 if not word.isdigit() and _looks(word) == _looks(expected) else None
