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
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
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
    def _chunks(self) -> list[int]:
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
    def _kinds(self) -> list[int]:
        chunks = self._chunks
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

    def has_digit(self, place: int) -> bool:
        """Whether an atom, or what it is written together with, has a digit."""
        return self._kinds[place] == _VALUED

    def starts_quoted(self, place: int) -> bool:
        """Whether a quote opens before an atom."""
        return place < self.size and _OPENS_QUOTE.search(self.seams[place]) is not None

    def ends_quoted(self, place: int) -> bool:
        """Whether a quote closes after the atom before a place."""
        return place > 0 and _CLOSES_QUOTE.match(self.seams[place]) is not None

    def gap_ends(self, start: int, slot: Slot) -> Iterator[int]:
        """Yield every place where a value that begins at `start` may end, the shortest first."""
        quoted = self.starts_quoted(start)
        gap = _Gap(self, slot)
        if _LEFT_OUT.search(self.seams[start]):
            yield start
        for place in range(start, min(self.size, start + _MOST_ATOMS)):
            if place > start and not gap.crosses(self.seams[place]):
                return
            gap.add(place)
            if gap.is_value(quoted=False, edges=(start, place)) or (
                quoted and gap.short and self.ends_quoted(place + 1)
            ):
                yield place + 1
            if not (gap.may_grow or (quoted and gap.short)):
                return

    def gap_starts(self, end: int, slot: Slot) -> Iterator[int]:
        """Yield every place where a value that ends before `end` may begin, the shortest first."""
        quoted = self.ends_quoted(end)
        gap = _Gap(self, slot)
        for place in range(end - 1, max(-1, end - 1 - _MOST_ATOMS), -1):
            if place < end - 1 and not gap.crosses(self.seams[place + 1]):
                return
            gap.add(place)
            if gap.is_value(quoted=False, edges=(place, end - 1)) or (
                quoted and gap.short and self.starts_quoted(place)
            ):
                yield place
            if not (gap.may_grow or (quoted and gap.short)):
                return


class _Gap:
    """A stretch that grows atom by atom: may it be a value, may a longer one be?"""

    def __init__(self, reading: Reading, slot: Slot) -> None:
        self._kinds, self._chunks, self._slot = reading._kinds, reading._chunks, slot  # noqa: SLF001 - its other half
        self._seen: set[int] = set()
        self._has_digit = False
        self._only_number = True
        self._never = False
        self._commas = 0

    @property
    def short(self) -> bool:
        """Short enough for a value in quotes."""
        return len(self._seen) <= _MOST_CHUNKS_QUOTED

    @property
    def may_grow(self) -> bool:
        """Whether a longer stretch may be a value without quotes."""
        if len(self._seen) > _MOST_CHUNKS + min(self._commas, _MOST_ITEMS):
            return False
        return self._only_number or (self._slot is Slot.ANY and not self._never)

    def crosses(self, seam: str) -> bool:
        """Note what stands between two atoms of the stretch; False where no value goes on."""
        self._commas += "," in seam or ";" in seam
        return "\n" not in seam or _BLANK_LINE.search(seam) is None

    def add(self, place: int) -> None:
        kind = self._kinds[place]
        self._seen.add(self._chunks[place])
        self._has_digit |= kind == _VALUED
        self._only_number &= kind in (_VALUED, _BELONGS, _LINKS)
        self._never |= kind == _NEVER

    def is_value(self, *, quoted: bool, edges: tuple[int, int]) -> bool:
        if quoted or not self.may_grow:
            return quoted
        if self._slot is Slot.ANY:
            return True
        return self._has_digit and _LINKS not in (self._kinds[edges[0]], self._kinds[edges[1]])
