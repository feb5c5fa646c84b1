"""Words of a text as the lexical index counts them, and a sorted list of them that needs no parsing to be read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from index.analysis.lexicon import STOP_WORDS

_LONGEST_ENDING = 3
_TERMS_KEPT = 1 << 13  # a query looks each of its terms up several times
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_LETTERS = re.compile(r"[A-Za-z]+")
_RUN_OF_LETTERS = re.compile(r"\w+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IDENTIFIER = re.compile(r"[^\W_][\w./\\:-]*[^\W_]")


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, small letters, apostrophes inside a word dropped."""
    return _words(text.casefold())


def word_spans(text: str) -> list[tuple[int, int]]:
    """Return where each word of a text begins and ends."""
    return [match.span() for match in _WORD.finditer(text)]


def terms_of(text: str) -> list[str]:
    """Return what a text is indexed by: the stems of its words; what is written as one word, whole and in its parts.

    >>> terms_of("Closing ORA-01017 files")
    ['close', 'ora', '01017', 'file', 'ora-01017']
    >>> terms_of("an IOException")
    ['an', 'ioexcept', 'io', 'except']
    """
    folded = text.casefold()
    parts = [stem(part.casefold()) for word in _LETTERS.findall(text) if _has_humps(word) for part in _HUMP.split(word)]
    whole = [each for each in _IDENTIFIER.findall(folded) if not each.isalnum()]
    return [*map(stem, _words(folded)), *parts, *whole]


def _has_humps(word: str) -> bool:
    return not (word.islower() or word.isupper() or word.istitle())


def _words(folded: str) -> list[str]:
    joined = "\n".join(_WORD.findall(folded))  # at once, for a word at a time takes four times as long
    return joined.replace("'", "").replace("\u2019", "").split("\n") if joined else []


def is_stop_word(word: str) -> bool:
    """Return whether a word hardly matters to what a text is about ("the", "with", "would")."""
    return word.casefold().replace("'", "") in STOP_WORDS


def spans_of_words(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """Return where words of a text are one of `words` in the same or another form, stop words excepted.

    "invoice" and "invoices", "approve" and "approving" are forms of one word; "what" is no form of "whats".
    """
    wanted = tuple(word.casefold() for word in words)
    if not wanted:
        return []
    return [
        match.span()
        for match in _RUN_OF_LETTERS.finditer(text)
        if not is_stop_word(match[0]) and any(_are_forms(match[0].casefold(), other) for other in wanted)
    ]


def _are_forms(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    is_beginning = len(shorter) > 3 and longer.startswith(shorter)
    return one == other or (is_beginning and len(longer) - len(shorter) <= _LONGEST_ENDING)


@lru_cache(maxsize=1 << 13)  # bounded, for queries bring ever new words
def stem(word: str) -> str:
    """Return the stem of a word in small letters (Snowball's English rules)."""
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)


class TermList:
    """Distinct terms in sorted order, looked up by bisection in one block of bytes.

    Args:
        block: (bytes,) uint8, the terms' UTF-8 bytes one after another.
        starts: (terms + 1,) int64 places in `block`.
    """

    def __init__(self, block: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> None:
        self._block = block.data
        self._starts = starts.data  # its numbers are Python's; those of an array take three times as long
        self._known: dict[str, int | None] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, row: int) -> str:
        return self._bytes(row).decode()

    def __iter__(self) -> Iterator[str]:
        return (self[row] for row in range(len(self)))

    def row(self, term: str) -> int | None:
        """Return the row of a term, or None."""
        known = self._known
        if term in known:
            return known[term]
        row = self._row(term)
        if len(known) < _TERMS_KEPT:
            known[term] = row
        else:
            self._known = {term: row}  # another thread goes on with the full one
        return row

    def place(self, term: str) -> tuple[int, bool]:
        """Return how many terms sort before one, and whether it is the next."""
        wanted = term.encode()
        place = bisect_left(range(len(self)), wanted, key=self._bytes)
        return place, place < len(self) and self._bytes(place) == wanted

    def _row(self, term: str) -> int | None:
        place, is_in = self.place(term)
        return place if is_in else None

    def _bytes(self, row: int) -> bytes:
        return bytes(self._block[self._starts[row] : self._starts[row + 1]])


def pack_terms(terms: Iterable[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return what `TermList` reads; `terms` are distinct and sorted by their UTF-8 bytes."""
    encoded: Sequence[bytes] = [term.encode() for term in terms]
    block = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return block, np.cumsum([0, *map(len, encoded)], dtype=np.int64)
