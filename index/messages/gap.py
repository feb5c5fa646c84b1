"""A stretch of a text that may be a value."""

from __future__ import annotations

import re
from enum import Enum, auto

from index.messages.value_patterns import Slot

_MOST_CHUNKS = 8
_MOST_CHUNKS_QUOTED = 25
_MOST_ITEMS = 40  # of a list

_CLAUSE_END = re.compile(r"[.:!?][\"'`)\]]{0,2}\s")
_COLON = re.compile(r"[:!?][\"'`)\]]{0,2}\s")
_BLANK_LINE = re.compile(r"\n[ \t\r>]*\n")


class Kind(Enum):
    """What a word may be to a value."""

    PLAIN = auto()
    """A word like any other: part of a name, perhaps."""
    VALUED = auto()
    """It has a digit, or is written together with one."""
    BELONGS = auto()
    """A unit, a currency, a month: part of a number, where there is one."""
    LINKS = auto()
    """It joins two values: "3 and 5"."""
    NEVER = auto()
    """No value without quotes has it: a verb, a negation."""


def has_blank_line(seam: str) -> bool:
    """Whether there is a blank line in what stands between two words."""
    return "\n" in seam and _BLANK_LINE.search(seam) is not None


class Gap:
    """A stretch that grows atom by atom: may it be a value, may a longer one be?

    Attributes:
        in_quotes: A quotation that spans the stretch has been found: what goes on after it is a list, or no value.
    """

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self.in_quotes = False
        self._chunks: set[int] = set()
        self._has_digit = False
        self._only_number = True
        self._is_name = True
        self._commas = 0

    @property
    def short(self) -> bool:
        """Short enough for a value in quotes."""
        return len(self._chunks) <= _MOST_CHUNKS_QUOTED

    @property
    def may_grow(self) -> bool:
        """Whether a longer stretch may be a value without quotes."""
        if len(self._chunks) > _MOST_CHUNKS + min(self._commas, _MOST_ITEMS):
            return False
        return self._only_number or (self._slot is Slot.ANY and self._is_name and not self.in_quotes)

    def crosses(self, seam: str, word: str) -> bool:
        """Note what stands between two atoms of the stretch, and the first of them; False where no value goes on."""
        self._commas += "," in seam or ";" in seam
        if has_blank_line(seam):
            return False
        if _CLAUSE_END.search(seam) and not (seam[0] == "." and len(word) <= 3):
            self._is_name = False
        if _COLON.search(seam):
            self._only_number = False
        return True

    def add(self, kind: Kind, chunk: int, *, is_piece: bool) -> None:
        """Add an atom; where the text was cut it may be a piece of another word: "Be" of "Bell"."""
        self._chunks.add(chunk)
        self._has_digit |= kind == Kind.VALUED
        self._only_number &= kind in (Kind.VALUED, Kind.BELONGS, Kind.LINKS)
        self._is_name &= kind != Kind.NEVER or is_piece

    def is_value(self, first: Kind, last: Kind) -> bool:
        """Whether the stretch, which begins and ends with such atoms, is a value without quotes."""
        if not self.may_grow:
            return False
        if self._slot is Slot.ANY and self._is_name and not self.in_quotes:
            return True
        return self._only_number and self._has_digit and Kind.LINKS not in (first, last)
