"""What every format is read into: metadata, and a flat sequence of elements with their source lines.

Sizes are counted in characters other than white space, so that elements and excluded parts can be held against the
whole file: a difference is text that was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ElementKind(StrEnum):
    """The Markdown block that an element is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    STEPS = "steps"
    BULLETS = "bullets"
    CODE = "code"
    TABLE = "table"
    QUOTE = "quote"
    IMAGE = "image"
    FOLD = "title of a part that unfolds"  # without text: the end of that part
    TAB = "title of a tab"  # without text: the end of the tabs


@dataclass(frozen=True, slots=True)
class Element:
    """One top-level block of an article.

    Attributes:
        kind: Which block it is.
        markdown: Its text as Markdown; of a heading the text alone, without "##".
        first_line: From 1; None where the format has no lines.
        last_line: Included.
        level: 1 to 6 for a heading, else 0.
        items: The items of a list as Markdown, without their bullets or numbers.
        rows: The cells of a table as Markdown, the header row first.
        row_lines: The line in which each row, or each item, begins.
        anchor: The fragment of a link to a heading, where the page names one (`id="..."`, `<a name="...">`).
        size: The characters of the file that it covers.
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


class ExcludedKind(StrEnum):
    """Why a part of a file is in no entry."""

    FRONT_MATTER = "front matter"
    COLUMN_NAMES = "column names"
    UNKNOWN_FIELD = "field of a record that is not read"
    COMMENT = "comment"
    MARKUP = "markup without text"
    RULE = "horizontal rule"
    LINK_DEFINITION = "link definition"
    NAVIGATION = "navigation"
    PAGE_HEADER = "page header"
    PAGE_FOOTER = "page footer"
    SIDEBAR = "sidebar"
    FORM = "form"
    BUTTON = "button"
    DIALOG = "dialog"
    NO_SCRIPT = "shown without scripts only"
    FRAME = "frame"
    DRAWING = "drawing"
    HIDDEN = "hidden"
    OUTSIDE_MAIN = "outside the main content"
    TITLE = "title"
    BEFORE_TITLE = "before the title"
    GROUP_HEADING = "heading of a group"
    EMPTY_HEADING = "heading without text"
    INTRODUCTION = "introduction"
    SUPPLEMENTARY = "links and further reading"
    INCOMPLETE_ENTRY = "error without cause or solution"
    LEFT_OUT = "entry with an error in it"


@dataclass(frozen=True, slots=True)
class Excluded:
    """A part of a file that is in no entry on purpose.

    Attributes:
        kind: Why it is in none.
        first_line: From 1; None where the format has no lines.
        last_line: Included.
        size: The characters of the file that it covers.
    """

    kind: ExcludedKind
    first_line: int | None
    last_line: int | None
    size: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A part of a file that cannot be read, though the rest can.

    Attributes:
        line: Where it is, from 1; None where the format has no lines.
        text: What is wrong, and how to correct it.
        heading: The entry that it leaves out, by its heading with the id in braces, or by its message; None where that
            is not known.
    """

    line: int | None
    text: str
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One article as its format has it.

    Attributes:
        metadata: Its front matter, or what the format has instead.
        elements: Its content in order.
        excluded: What the format knows not to belong to the article.
        size: The characters of the file; elements and excluded parts should add up to it.
        problems: Rows, lines or articles of an export that could not be read, and code blocks that are never closed.
        name: Its id among the articles of an export; None where the file is one article.
        is_plain_text: Whether it has no markup, so that weaker evidence makes a word a label.
    """

    metadata: Mapping[str, object] = field(default_factory=dict)
    elements: tuple[Element, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    size: int = 0
    problems: tuple[Problem, ...] = ()
    name: str | None = None
    is_plain_text: bool = False


def size_of(text: str) -> int:
    """Count the characters of a text that are not white space."""
    return len("".join(text.split()))
