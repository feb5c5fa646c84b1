"""A pasted text, ready to be held against templates: which of its stretches may be values, and where it may be cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from corpus.atoms import Atoms, atoms_of
from corpus.lexicon import LINKS, NOT_IN_VALUES, VALUE_WORDS
from corpus.values import Slot

_MOST_CHUNKS = 8
_MOST_CHUNKS_QUOTED = 25
_MOST_ATOMS = 60
_MOST_ITEMS = 40  # of a list

_OPENS_QUOTE = re.compile(r"['\"`][(\[{<]{0,3}\Z")
_CLOSES_QUOTE = re.compile(r"[.!?,;:)\]}>%]{0,3}['\"`]")
_CLAUSE_END = re.compile(r"[.:!?][\"'`)\]]{0,2}\s")
_COLON = re.compile(r"[:!?][\"'`)\]]{0,2}\s")
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
_QUOTATIONS = frozenset(
    "'' \"\" `` `' \u00b4\u00b4 \u2018\u2019 \u201a\u2018 \u201a\u2019 \u2019\u2019 \u201c\u201d \u201e\u201c "
    "\u201e\u201d \u201d\u201d \u00ab\u00bb \u00bb\u00ab \u2039\u203a \u203a\u2039".split(" ")
)
_LEFT_OUT = re.compile(r"\s\.{3}\s|\{\s?\}")  # a placeholder without a word, pasted as it stands
_PLAIN, _VALUED, _BELONGS, _LINKS, _NEVER = range(5)


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
    def kinds(self) -> list[int]:
        """What each atom may be to a value."""
        chunks = self.chunks
        valued = {
            chunk
            for key, chunk in zip(self.keys, chunks, strict=True)
            if key[0] in "#'\"" or any(map(str.isdigit, key))
        }
        return [
            _VALUED
            if chunk in valued
            else _LINKS
            if key in LINKS
            else _BELONGS
            if key in VALUE_WORDS
            else _NEVER
            if key in NOT_IN_VALUES
            else _PLAIN
            for key, chunk in zip(self.keys, chunks, strict=True)
        ]

    def is_number(self, place: int) -> bool:
        """Whether an atom may be part of a number, an amount or a date."""
        return self.kinds[place] in (_VALUED, _BELONGS)

    def is_after_blank_line(self, place: int) -> bool:
        """Whether a blank line stands before an atom."""
        return "\n" in self.seams[place] and _BLANK_LINE.search(self.seams[place]) is not None

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
        gap = _Gap(self, slot)
        if _LEFT_OUT.search(self.seams[start]):
            yield start
        if start and _BLANK_LINE.search(self.seams[start]):
            return
        for place in range(start, min(self.size, start + _MOST_ATOMS)):
            if place > start and not gap.crosses(place):
                return
            gap.add(place)
            closes = quoted and gap.short and self.ends_quoted(place + 1)
            if closes or gap.is_value(start, place):
                yield place + 1
            gap.in_quotes |= closes
            if not (gap.may_grow or (quoted and gap.short)):
                return

    def gap_starts(self, end: int, slot: Slot) -> Iterator[int]:
        """Yield every place where a value that ends before `end` may begin, the shortest first."""
        quoted = self.ends_quoted(end)
        gap = _Gap(self, slot)
        if end < self.size and _BLANK_LINE.search(self.seams[end]):
            return
        for place in range(end - 1, max(-1, end - 1 - _MOST_ATOMS), -1):
            if place < end - 1 and not gap.crosses(place + 1):
                return
            gap.add(place)
            opens = quoted and gap.short and self.starts_quoted(place)
            if opens or gap.is_value(place, end - 1):
                yield place
            gap.in_quotes |= opens
            if not (gap.may_grow or (quoted and gap.short)):
                return


class _Gap:
    """A stretch that grows atom by atom: may it be a value, may a longer one be?

    Attributes:
        in_quotes: A quotation that spans the stretch has been found: what goes on after it is a list, or no value.
    """

    def __init__(self, reading: Reading, slot: Slot) -> None:
        self._reading, self._slot = reading, slot
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

    def crosses(self, place: int) -> bool:
        """Note what stands before an atom, within the stretch; False where no value goes on."""
        seam = self._reading.seams[place]
        self._commas += "," in seam or ";" in seam
        if "\n" in seam and _BLANK_LINE.search(seam) is not None:
            return False
        if _CLAUSE_END.search(seam) and not (seam[0] == "." and len(self._reading.keys[place - 1]) <= 3):
            self._is_name = False
        if _COLON.search(seam):
            self._only_number = False
        return True

    def add(self, place: int) -> None:
        kind = self._reading.kinds[place]
        self._chunks.add(self._reading.chunks[place])
        self._has_digit |= kind == _VALUED
        self._only_number &= kind in (_VALUED, _BELONGS, _LINKS)
        self._is_name &= kind != _NEVER

    def is_value(self, first: int, last: int) -> bool:
        """Whether the stretch, which goes from one atom to another, is a value without quotes."""
        if not self.may_grow:
            return False
        if self._slot is Slot.ANY and self._is_name and not self.in_quotes:
            return True
        kinds = self._reading.kinds
        return self._only_number and self._has_digit and _LINKS not in (kinds[first], kinds[last])
