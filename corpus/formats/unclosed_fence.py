"""A code block that is never closed takes in all that follows; it is closed before the next entry, and harms one only.

CommonMark ends such a block where the file ends. Here the missing mark is put in the blank line before the heading of
the next entry, which leaves the numbers of all lines as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from corpus.formats.document import Problem

_HEADING = re.compile(r"#{1,2} +\S|#{3,6} .*\{#[^\s{}]+\}\s*\Z")


@dataclass(frozen=True, slots=True)
class UnclosedFence:
    """A fence that is opened and never closed.

    Attributes:
        first: The place of its line, from 0.
        mark: Its characters, such as three backticks.
    """

    first: int
    mark: str

    @property
    def problem(self) -> Problem:
        """What is wrong, at its line."""
        text = f"the code block is never closed and takes in all that follows; end it with a line {self.mark}"
        return Problem(self.first + 1, text)

    def close_before_heading(self, lines: list[str]) -> bool:
        """Put the missing mark in the blank line before the next heading of an entry; return whether there is one."""
        for place in range(self.first + 2, len(lines)):
            if _HEADING.match(lines[place]) and not lines[place - 1].strip():
                lines[place - 1] = self.mark
                return True
        return False


def unclosed_fence(tokens: Sequence[Token], lines: Sequence[str]) -> UnclosedFence | None:
    """Return the fence of the top level that is never closed: the last block then, and without its closing line."""
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or last.map is None:
        return None
    first, end = last.map
    mark = last.markup
    closing = re.compile(rf" {{0,3}}{re.escape(mark)}{re.escape(mark[0])}*[ \t]*\Z")
    if end - first > 1 and closing.match(lines[end - 1]):
        return None
    return UnclosedFence(first, mark)
