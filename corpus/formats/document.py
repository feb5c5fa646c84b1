"""What every format is read into: metadata and a flat run of elements, each with its source lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ElementKind(StrEnum):
    """What stands in an article at the top level, before anyone has asked what it means."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    STEPS = "steps"
    BULLETS = "bullets"
    CODE = "code"
    TABLE = "table"
    QUOTE = "quote"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Element:
    """One top-level piece of an article.

    Attributes:
        markdown: Its text as Markdown; of a heading the text alone, without its marks.
        first_line: From 1; None where the format has no lines.
        last_line: Included.
        level: 1 to 6 for a heading, else 0.
        items: A list's items as Markdown, without their markers.
        rows: A table's cells as Markdown, the header row first.
        row_lines: The line each row, or each item, begins in.
        anchor: What a link to a heading names it by, where the page says so (`id="..."`, `<a name="...">`).
        size: How many characters of the file it holds, blanks not counted.
    """

    kind: ElementKind
    markdown: str
    first_line: int | None = None
    last_line: int | None = None
    level: int = 0
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    row_lines: tuple[int | None, ...] = field(default=(), compare=False)
    anchor: str | None = None
    size: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Aside:
    """A part of a file that is no entry, and what it is instead: navigation, introduction, a comment."""

    what: str
    first_line: int | None
    last_line: int | None
    size: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that cannot be read, though the rest can.

    Attributes:
        line: Where it stands, from 1; None where the format has no lines.
        text: What is wrong, and what mends it.
    """

    line: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article as read.

    Attributes:
        metadata: Its front matter, or what the format has in its place.
        asides: What the reader knows to be no part of the article.
        size: How many characters the file has, blanks not counted; elements and asides should add up to it.
        problems: Rows, lines or articles of an export that could not be read.
        name: What tells it from the other articles of an export; None where the file is one article.
        as_text: It is text without markup, so that less is needed to believe that a word is a label.
    """

    metadata: Mapping[str, object] = field(default_factory=dict)
    elements: tuple[Element, ...] = ()
    asides: tuple[Aside, ...] = ()
    size: int = 0
    problems: tuple[Problem, ...] = ()
    name: str | None = None
    as_text: bool = False


def size_of(text: str) -> int:
    """Count the characters of a text that are no blanks."""
    return len("".join(text.split()))
