"""Whether a query is in a script and a language that the articles or the encoder know."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from index.analysis.terms import words_of

_FEWEST_WORDS = 4  # fewer may all be names
_SHORTEST = 3  # shorter words are alike in many languages
_KNOWN = 0.25  # English with typos in it has more than half of its words known, other languages of its script a tenth


def is_readable(text: str, *, is_known: Callable[[str], bool]) -> bool:
    """Return whether enough of a text's words are known.

    Args:
        text: The query, its typos corrected.
        is_known: Whether a word, in small letters, stands in the articles or in the encoder's vocabulary.
    """
    words = [word for word in words_of(text) if word.isalpha()]
    foreign = [word for word in words if not _is_latin(word)]
    if words and len(foreign) * 2 > len(words):
        return sum(map(is_known, foreign)) * 2 >= len(foreign)
    long_enough = [word for word in words if len(word) >= _SHORTEST]
    return len(long_enough) < _FEWEST_WORDS or sum(map(is_known, long_enough)) >= _KNOWN * len(long_enough)


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in word)
