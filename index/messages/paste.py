"""A pasted text, ready to be held against templates: which of its stretches may be values, and where it may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cached_property

from index.analysis.lexicon import LINKS, NOT_IN_VALUES, VALUE_WORDS
from index.analysis.tokens import Atoms, atoms_of
from index.messages.value_patterns import Slot

_MOST_CHUNKS = 8
_MOST_CHUNKS_QUOTED = 25
_MOST_ITEMS = 40  # of a list

_CLAUSE_END = re.compile(r"[.:!?][\"'`)\]]{0,2}\s")
_COLON = re.compile(r"[:!?][\"'`)\]]{0,2}\s")
_BLANK_LINE = re.compile(r"\n[ \t\r>]*\n")
_MOST_ATOMS = 60

_OPENS_QUOTE = re.compile(r"['\"`][(\[{<]{0,3}\Z")
_CLOSES_QUOTE = re.compile(r"[.!?,;:)\]}>%]{0,3}['\"`]")
_QUOTATIONS = frozenset(
    "'' \"\" `` `' \u00b4\u00b4 \u2018\u2019 \u201a\u2018 \u201a\u2019 \u2019\u2019 \u201c\u201d \u201e\u201c "
    "\u201e\u201d \u201d\u201d \u00ab\u00bb \u00bb\u00ab \u2039\u203a \u203a\u2039".split(" ")
)
_LEFT_OUT = re.compile(r"\s\.{3}\s|\{\s?\}")  # a placeholder without a word, pasted as it stands


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


class Reading:
    """A text's atoms with what a match asks of them; made once a text, and asked in either direction.

    Places are numbers of atoms: `gap_ends(3, slot)` yields every 5 for which atoms 3 and 4 may be a value.
    """

    def __init__(self, text: str) -> None:
        self.atoms: Atoms = atoms_of(text)
        self.keys = self.atoms.keys
        self.size = len(self.keys)

    @cached_property
    def seams(self) -> list[str]:
        """What stands before each atom, and after the last."""
        text, spans = self.atoms.folded.text, self.atoms.spans
        starts = [0, *(end for _, end in spans)]
        ends = [*(start for start, _ in spans), len(text)]
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]

    @cached_property
    def chunks(self) -> list[int]:
        """The number of white spaces before each atom: atoms with one number are written together."""
        chunks: list[int] = []
        count = 0
        for seam in self.seams[:-1]:
            count += not (
                seam == "" or (not seam.isspace() and " " not in seam and "\n" not in seam and "\t" not in seam)
            )
            chunks.append(count)
        return chunks

    @cached_property
    def kinds(self) -> list[Kind]:
        """What each atom may be to a value."""
        chunks = self.chunks
        valued = {
            chunk
            for key, chunk in zip(self.keys, chunks, strict=True)
            if key[0] in "#'\"" or any(map(str.isdigit, key))
        }
        return [
            Kind.VALUED
            if chunk in valued
            else Kind.LINKS
            if key in LINKS
            else Kind.BELONGS
            if key in VALUE_WORDS
            else Kind.NEVER
            if key in NOT_IN_VALUES
            else Kind.PLAIN
            for key, chunk in zip(self.keys, chunks, strict=True)
        ]

    def are_close(self, place: int) -> bool:
        """Whether nothing but a space, a hyphen or a line break stands before an atom."""
        return self.seams[place].strip() in ("", "-")

    def is_number(self, place: int) -> bool:
        """Whether an atom may be part of a number, an amount or a date."""
        return self.kinds[place] in (Kind.VALUED, Kind.BELONGS)

    def is_after_blank_line(self, place: int) -> bool:
        """Whether a blank line stands before an atom."""
        return has_blank_line(self.seams[place])

    def starts_quoted(self, place: int) -> bool:
        """Whether a quote opens before an atom."""
        return place < self.size and _OPENS_QUOTE.search(self.seams[place]) is not None

    def ends_quoted(self, place: int) -> bool:
        """Whether a quote closes after the atom before a place."""
        return place > 0 and _CLOSES_QUOTE.match(self.seams[place]) is not None

    def is_enclosed(self, start: int, end: int) -> bool:
        """Whether a stretch stands in quotation marks or brackets."""
        quoted = self.starts_quoted(start) and self.ends_quoted(end)
        return quoted or (self.seams[start][-1:], self.seams[end][:1]) in (("(", ")"), ("[", "]"), ("<", ">"))

    def is_quotation(self, start: int, end: int) -> bool:
        """Whether a stretch stands between the two marks of one kind of quotation: "..." or «...»."""
        folded, spans = self.atoms.folded, self.atoms.spans
        opening = _OPENS_QUOTE.search(self.seams[start])
        closing = _CLOSES_QUOTE.match(self.seams[end])
        if opening is None or closing is None:
            return False
        before = spans[start][0] - len(opening[0])
        after = spans[end - 1][1] + len(closing[0]) - 1
        pair = folded.original[folded.origin(before)] + folded.original[folded.origin(after)]
        return pair in _QUOTATIONS

    def gap_ends(self, start: int, slot: Slot) -> Iterator[int]:
        """Yield every place where a value that begins at `start` may end, the shortest first."""
        quoted = self.starts_quoted(start)
        gap = Gap(slot)
        if _LEFT_OUT.search(self.seams[start]):
            yield start
        if start and self.is_after_blank_line(start):
            return
        for place in range(start, min(self.size, start + _MOST_ATOMS)):
            if place > start and not gap.crosses(self.seams[place], self.keys[place - 1]):
                return
            is_last = place + 1 == self.size or "\n" in self.seams[place + 1]
            gap.add(self.kinds[place], self.chunks[place], is_piece=is_last)
            closes = quoted and gap.short and self.ends_quoted(place + 1)
            if closes or gap.is_value(self.kinds[start], self.kinds[place]):
                yield place + 1
            gap.in_quotes |= closes
            if not (gap.may_grow or (quoted and gap.short)):
                return

    def gap_starts(self, end: int, slot: Slot) -> Iterator[int]:
        """Yield every place where a value that ends before `end` may begin, the shortest first."""
        quoted = self.ends_quoted(end)
        gap = Gap(slot)
        if end < self.size and self.is_after_blank_line(end):
            return
        for place in range(end - 1, max(-1, end - 1 - _MOST_ATOMS), -1):
            if place < end - 1 and not gap.crosses(self.seams[place + 1], self.keys[place]):
                return
            gap.add(self.kinds[place], self.chunks[place], is_piece=place == 0 or "\n" in self.seams[place])
            opens = quoted and gap.short and self.starts_quoted(place)
            if opens or gap.is_value(self.kinds[place], self.kinds[end - 1]):
                yield place
            gap.in_quotes |= opens
            if not (gap.may_grow or (quoted and gap.short)):
                return
