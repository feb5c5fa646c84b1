"""Words that a program read wrongly in a picture: several written as one, and letters in place of digits.

Letters in place of letters that look like them ("lnv0ice") are typos for the comparison (`index.analysis.spelling`).
Here is what it cannot see: "amountoutstandingon" is three words, and "ORA-28OO1" has zeros. Only what the articles do
not have is read otherwise, and only as what they have.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

from index.analysis.lexicon import COMMON_SHORT_WORDS, FUNCTION_WORDS
from index.analysis.tokens import Tokens

_SHORTEST, _LONGEST = 5, 48  # letters of a word that may be several
_LEAST = 3  # letters of one of them, unless it is a common word
_LONGEST_PIECE = 24
_MOST = 200  # words of a text that are tried; a screenshot has fewer
_AS_DIGITS = str.maketrans({"o": "0", "l": "1", "i": "1", "s": "5"})
_DIGIT_LIKE = frozenset("olis")


class MisreadWords:
    """Reads words again that are not in the articles.

    Args:
        is_known: Whether the articles have a word, in small letters.
    """

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = is_known

    def read_again(self, tokens: Tokens) -> Tokens:
        """Return a text's tokens with glued words taken apart and digits in numbers that were taken for letters."""
        keys: list[str] = []
        spans: list[tuple[int, int]] = []
        left = _MOST
        for key, (start, end) in zip(tokens.keys, tokens.spans, strict=True):
            may_be_misread = left and end - start == len(key) and _may_be_misread(key) and not self._is_known(key)
            pieces = tuple(self._pieces(key)) if may_be_misread else (key,)
            left -= bool(may_be_misread)
            ends = [*accumulate(map(len, pieces), initial=start)]
            keys += pieces
            spans += pairwise(ends) if len(pieces) > 1 else [(start, end)]
        return Tokens(tokens.folded, tuple(keys), tuple(spans)) if left < _MOST else tokens

    def _pieces(self, key: str) -> tuple[str, ...]:
        """Return what a word is read as: the fewest known words that it consists of, a number, or itself."""
        if not key.isalpha():
            number = key.translate(_AS_DIGITS)
            return (number if number != key and self._is_known(number) else key,)
        best: list[tuple[str, ...] | None] = [(), *[None] * len(key)]
        for end in range(1, len(key) + 1):
            ways = (
                (*before, key[start:end])
                for start in range(max(0, end - _LONGEST_PIECE), end)
                if (before := best[start]) is not None and self._is_piece(key[start:end])
            )
            best[end] = min(ways, key=lambda way: (len(way), -max(map(len, way))), default=None)
        return best[-1] or (key,)

    def _is_piece(self, word: str) -> bool:
        is_common = word in FUNCTION_WORDS or word in COMMON_SHORT_WORDS
        return is_common or (len(word) >= _LEAST and self._is_known(word))


def _may_be_misread(key: str) -> bool:
    if key.isalpha():
        return _SHORTEST <= len(key) <= _LONGEST and key.isascii()
    return key.isalnum() and len(key) <= _LONGEST and not _DIGIT_LIKE.isdisjoint(key)
