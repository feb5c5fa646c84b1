"""Which words are mistyped ones: a word that the corpus knows is another word, never a typo."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz.distance import OSA

from corpus.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS

_LONG = 9


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
        right, because "unexpected" and "expected", "internal" and "external" are as near as two typos are.
        """
        if abs(len(word) - len(expected)) > 2 or not word.isalpha() or not expected.isalpha():
            return None
        most = 2 if len(expected) >= _LONG and word[0] == expected[0] else 1
        errors = OSA.distance(word, expected, score_cutoff=most)
        if errors > most or word in FUNCTION_WORDS or word in COMMON_SHORT_WORDS or self._is_known(word):
            return None
        return errors
