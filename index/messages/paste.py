"""A pasted text, ready to be compared with templates: its tokens, and which stretches of it may be values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from functools import cached_property

from index.analysis.lexicon import LINKS, NOT_IN_VALUES, VALUE_WORDS
from index.analysis.tokens import Tokens, tokenize
from index.messages.value_patterns import Slot

_MOST_WORDS = 8  # of a value, and one more for each comma; with 4 one paste fails, with 16 none
_MOST_WORDS_IN_QUOTES = 25  # no paste changes between 12 and 50
_MOST_TOKENS = 60  # no paste changes between 30 and 120; bounds the time that a long path takes
_LONG = 200  # tokens; no paste changes between 100 and 400; with 0 4 fail, and many match in documents without it
_LONGEST_ABBREVIATION = 3  # letters before a full stop within a name ("Mr. Bell"); with 0 4 pastes fail, with 6 none

_CLAUSE_END = re.compile(r"[.:!?][\"'`)\]]{0,2}\s")
_COLON = re.compile(r"[:!?][\"'`)\]]{0,2}\s")
_BLANK_LINE = re.compile(r"\n[ \t\r>]*\n")
_OPENS_QUOTE = re.compile(r"['\"`][(\[{<]{0,3}\Z")
_CLOSES_QUOTE = re.compile(r"[.!?,;:)\]}>%]{0,3}['\"`]")
_QUOTATIONS = frozenset(
    "'' \"\" `` `' \u00b4\u00b4 \u2018\u2019 \u201a\u2018 \u201a\u2019 \u2019\u2019 \u201c\u201d \u201e\u201c "
    "\u201e\u201d \u201d\u201d \u00ab\u00bb \u00bb\u00ab \u2039\u203a \u203a\u2039".split(" ")
)
_EMPTY_PLACEHOLDER = re.compile(r"\s\.{3}\s|\{\s?\}")  # a placeholder without a word, pasted as it stands
_SPACES = frozenset(" \n\t")


class ValueRole(Enum):
    """What a token may be in a value."""

    PLAIN = auto()
    """A word like any other: part of a name, perhaps."""
    NUMBER = auto()
    """It has a digit, or is written together with one."""
    UNIT = auto()
    """A unit, a currency, a month: part of a number, where there is one."""
    LINK = auto()
    """It joins two values: "3 and 5"."""
    NONE = auto()
    """No value without quotes has it: a verb, a negation."""


class Paste:
    """A text's tokens with what a comparison asks of them; made once a text, and asked in either direction.

    Places are numbers of tokens: `value_ends(3, slot)` yields every 5 for which tokens 3 and 4 may be a value.

    Args:
        text: The text, or its tokens.
    """

    def __init__(self, text: str | Tokens) -> None:
        self.tokens = tokenize(text) if isinstance(text, str) else text
        self.keys = self.tokens.keys
        self.size = len(self.keys)
        self._ends: dict[tuple[int, Slot], tuple[int, ...]] = {}  # found so far: many messages ask for the same
        self._starts: dict[tuple[int, Slot], tuple[int, ...]] = {}

    @property
    def is_long(self) -> bool:
        """Whether the text is so long that some of it resembles a piece of a message by chance."""
        return self.size > _LONG

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its different tokens."""
        return frozenset(self.keys)

    @cached_property
    def separators(self) -> list[str]:
        """What stands before each token, and after the last; a space between two that were written as one."""
        text, spans = self.tokens.folded.text, self.tokens.spans
        starts = [0, *(end for _, end in spans)]
        ends = [*(start for start, _ in spans), len(text)]
        first, *inner, last = (
            [text[start:end] for start, end in zip(starts, ends, strict=True)] if spans else [text, ""]
        )
        return [first, *(each or " " for each in inner), last] if spans else [text]

    @cached_property
    def word_numbers(self) -> list[int]:
        """How often there is white space before each token: tokens with one number are written together."""
        numbers: list[int] = []
        count = 0
        for separator in self.separators[:-1]:
            count += separator.isspace() or not _SPACES.isdisjoint(separator)
            numbers.append(count)
        return numbers

    @cached_property
    def roles(self) -> list[ValueRole]:
        """What each token may be in a value."""
        keys, numbers = self.keys, self.word_numbers
        with_digit = {
            number for key, number in zip(keys, numbers, strict=True) if key[0] in "#'\"" or any(map(str.isdigit, key))
        }
        return [
            ValueRole.NUMBER if number in with_digit else _role_of(key)
            for key, number in zip(keys, numbers, strict=True)
        ]

    def are_adjacent(self, place: int) -> bool:
        """Whether nothing but a space, a hyphen or a line break stands before a token."""
        return self.separators[place].strip() in ("", "-")

    def is_number(self, place: int) -> bool:
        """Whether a token may be part of a number, an amount or a date."""
        return self.roles[place] in (ValueRole.NUMBER, ValueRole.UNIT)

    def is_after_blank_line(self, place: int) -> bool:
        """Whether a blank line stands before a token."""
        return _has_blank_line(self.separators[place])

    def starts_quoted(self, place: int) -> bool:
        """Whether a quote opens before a token."""
        return place < self.size and _OPENS_QUOTE.search(self.separators[place]) is not None

    def ends_quoted(self, place: int) -> bool:
        """Whether a quote closes after the token before a place."""
        return place > 0 and _CLOSES_QUOTE.match(self.separators[place]) is not None

    def is_enclosed(self, start: int, end: int) -> bool:
        """Whether a stretch stands in quotation marks or brackets."""
        quoted = self.starts_quoted(start) and self.ends_quoted(end)
        brackets = (self.separators[start][-1:], self.separators[end][:1])
        return quoted or brackets in (("(", ")"), ("[", "]"), ("<", ">"))

    def is_quotation(self, start: int, end: int) -> bool:
        """Whether a stretch stands between the two marks of one kind of quotation: "..." or «...»."""
        folded, spans = self.tokens.folded, self.tokens.spans
        opening = _OPENS_QUOTE.search(self.separators[start])
        closing = _CLOSES_QUOTE.match(self.separators[end])
        if opening is None or closing is None:
            return False
        before = spans[start][0] - len(opening[0])
        after = spans[end - 1][1] + len(closing[0]) - 1
        pair = folded.original[folded.origin(before)] + folded.original[folded.origin(after)]
        return pair in _QUOTATIONS

    def value_ends(self, start: int, slot: Slot) -> tuple[int, ...]:
        """Return every place where a value that begins at `start` may end, the shortest first."""
        if (start, slot) not in self._ends:
            self._ends[start, slot] = tuple(self._value_ends(start, slot))
        return self._ends[start, slot]

    def value_starts(self, end: int, slot: Slot) -> tuple[int, ...]:
        """Return every place where a value that ends before `end` may begin, the shortest first."""
        if (end, slot) not in self._starts:
            self._starts[end, slot] = tuple(self._value_starts(end, slot))
        return self._starts[end, slot]

    def _value_ends(self, start: int, slot: Slot) -> Iterator[int]:
        quoted = self.starts_quoted(start)
        value = _ValueCandidate(slot)
        if _EMPTY_PLACEHOLDER.search(self.separators[start]):
            yield start
        if start and self.is_after_blank_line(start):
            return
        for place in range(start, min(self.size, start + _MOST_TOKENS)):
            if place > start and not value.crosses(self.separators[place], self.keys[place - 1]):
                return
            is_last = place + 1 == self.size or "\n" in self.separators[place + 1]
            value.add(self.roles[place], self.word_numbers[place], is_piece=is_last)
            closes = quoted and value.may_be_quoted and self.ends_quoted(place + 1)
            if closes or value.is_value(self.roles[start], self.roles[place]):
                yield place + 1
            value.in_quotes |= closes
            if not (value.may_grow or (quoted and value.may_be_quoted)):
                return

    def _value_starts(self, end: int, slot: Slot) -> Iterator[int]:
        quoted = self.ends_quoted(end)
        value = _ValueCandidate(slot)
        if _EMPTY_PLACEHOLDER.search(self.separators[end]):
            yield end
        if end < self.size and self.is_after_blank_line(end):
            return
        for place in range(end - 1, max(-1, end - 1 - _MOST_TOKENS), -1):
            if place < end - 1 and not value.crosses(self.separators[place + 1], self.keys[place]):
                return
            is_first = place == 0 or "\n" in self.separators[place]
            value.add(self.roles[place], self.word_numbers[place], is_piece=is_first)
            opens = quoted and value.may_be_quoted and self.starts_quoted(place)
            if opens or value.is_value(self.roles[place], self.roles[end - 1]):
                yield place
            value.in_quotes |= opens
            if not (value.may_grow or (quoted and value.may_be_quoted)):
                return


class _ValueCandidate:
    """A stretch that grows token by token: may it be a value, may a longer one be?

    Attributes:
        in_quotes: A quotation spans the stretch: what goes on after it is a list, or no value.
    """

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self.in_quotes = False
        self._words: set[int] = set()
        self._has_digit = False
        self._only_number = True
        self._is_name = True
        self._commas = 0

    @property
    def may_be_quoted(self) -> bool:
        """Short enough for a value in quotes."""
        return len(self._words) <= _MOST_WORDS_IN_QUOTES

    @property
    def may_grow(self) -> bool:
        """Whether a longer stretch may be a value without quotes."""
        if len(self._words) > _MOST_WORDS + self._commas:
            return False
        return self._only_number or self._may_be_name

    @property
    def _may_be_name(self) -> bool:
        return self._slot is Slot.ANY and self._is_name and not self.in_quotes

    def crosses(self, separator: str, word: str) -> bool:
        """Note what stands between two tokens of the stretch, and the first of them; False where no value goes on."""
        self._commas += "," in separator or ";" in separator
        if _has_blank_line(separator):
            return False
        if _CLAUSE_END.search(separator) and not (separator[0] == "." and len(word) <= _LONGEST_ABBREVIATION):
            self._is_name = False
        if _COLON.search(separator):
            self._only_number = False
        return True

    def add(self, role: ValueRole, word_number: int, *, is_piece: bool) -> None:
        """Add a token; where the text was cut it may be a piece of another word: "Be" of "Bell"."""
        self._words.add(word_number)
        self._has_digit |= role == ValueRole.NUMBER
        self._only_number &= role in (ValueRole.NUMBER, ValueRole.UNIT, ValueRole.LINK)
        self._is_name &= role != ValueRole.NONE or is_piece

    def is_value(self, first: ValueRole, last: ValueRole) -> bool:
        """Whether the stretch, which begins and ends with such tokens, is a value without quotes."""
        if not self.may_grow:
            return False
        return self._may_be_name or (self._only_number and self._has_digit and ValueRole.LINK not in (first, last))


def _role_of(key: str) -> ValueRole:
    if key in LINKS:
        return ValueRole.LINK
    if key in VALUE_WORDS:
        return ValueRole.UNIT
    return ValueRole.NONE if key in NOT_IN_VALUES else ValueRole.PLAIN


def _has_blank_line(separator: str) -> bool:
    """Whether there is a blank line in what stands between two tokens."""
    return "\n" in separator and _BLANK_LINE.search(separator) is not None
