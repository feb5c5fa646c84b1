"""A documented message without its values: fixed words in order, and slots between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TypeAlias

from index.messages.paste import Paste
from index.messages.value_patterns import Slot


@dataclass(frozen=True, slots=True)
class Word:
    """A fixed word.

    Attributes:
        forms: The ways to write it, each as tokens: "file(s)" is file, files, or file and s.
        exact: It is (part of) a code: another one is another message, however alike.
        is_status: It is (part of) what many errors end with: "exit status 1", "berth=12". It tells none of them.
    """

    forms: tuple[tuple[str, ...], ...]
    exact: bool = False
    is_status: bool = False

    def ends(self, paste: Paste, place: int) -> list[int]:
        """Return the places where this word ends if it begins at `place`; a space within it does not count."""
        keys = paste.keys
        ends = [place + len(form) for form in self.forms if keys[place : place + len(form)] == form]
        if ends or self.exact or place + 1 >= len(keys) or not paste.are_adjacent(place + 1):
            return ends
        return [place + 2] if (keys[place] + keys[place + 1],) in self.forms else []

    def starts(self, paste: Paste, place: int) -> list[int]:
        """Return the places where this word begins if it ends before `place`."""
        keys = paste.keys
        starts = [
            place - len(form) for form in self.forms if place >= len(form) and keys[place - len(form) : place] == form
        ]
        if starts or self.exact or place < 2 or not paste.are_adjacent(place - 1):
            return starts
        return [place - 2] if (keys[place - 2] + keys[place - 1],) in self.forms else []


Element: TypeAlias = Word | Slot


@dataclass(frozen=True)  # without slots: what is computed of it is kept with it
class Template:
    """A message without its values.

    Attributes:
        elements: Fixed words and slots in order.
        opens: For each element, whether a sentence or a clause begins with it (after a full stop or a colon).
    """

    elements: tuple[Element, ...]
    opens: tuple[bool, ...]

    def __str__(self) -> str:
        """The template in one line: "Error 809: tray <tray> is empty" is "^error =809 ^tray * is empty".

        A word of a status has a tilde: "~exit".
        """
        return " ".join(self._parts)

    def beginning(self, number: int) -> str:
        """Return the template up to an element, written down: templates that share it have the same elements there."""
        line, ends = self._line
        return line[: ends[number]]

    def rest(self, number: int) -> str:
        """Return the template from an element on, written down."""
        line, ends = self._line
        return line[ends[number - 1] + 1 if number else 0 :]

    @cached_property
    def _line(self) -> tuple[str, tuple[int, ...]]:
        """The template in one line, and where each element ends in it."""
        parts = self._parts
        return " ".join(parts), tuple(end - 1 for end in accumulate(len(part) + 1 for part in parts))

    @property
    def _parts(self) -> list[str]:
        return [("^" if opens else "") + _written(each) for each, opens in zip(self.elements, self.opens, strict=True)]

    @classmethod
    def parse(cls, line: str) -> Template:
        """Return the template that `str` wrote down."""
        parts = line.split(" ") if line else []
        opens = tuple(part[0] == "^" for part in parts)
        return cls(tuple(_element(part.removeprefix("^")) for part in parts), opens)


def _written(element: Element) -> str:
    if isinstance(element, Slot):
        return element.value
    return (
        ("~" if element.is_status else "")
        + ("=" if element.exact else "")
        + "|".join("+".join(form) for form in element.forms)
    )


@lru_cache(maxsize=1 << 13)  # messages share most of their words
def _element(part: str) -> Element:
    if part in ("*", "#"):
        return Slot(part)
    word = part.removeprefix("~")
    forms = tuple(tuple(form.split("+")) for form in word.removeprefix("=").split("|"))
    return Word(forms, word[0] == "=", part[0] == "~")
