"""The records that help articles become: an article, its entries (one error and its fix each), their passages.

Every text in them is Markdown exactly as the article has it. All records are frozen and compare by value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block of a solution is, for the reader; a list without order is part of the text."""

    TEXT = "text"
    STEPS = "steps"
    NOTE = "note"
    CAUTION = "caution"
    CODE = "code"
    TABLE = "table"
    IMAGE = "image"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list, note, code block, table or image of a solution."""

    kind: BlockKind
    markdown: str


@dataclass(frozen=True, slots=True)
class Solution:
    """One way to put an error right; `title` is None where the entry has a single, unnamed one."""

    title: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Where an entry stands in its file: lines from 1, both included, or a locator where a file has no lines."""

    first_line: int | None
    last_line: int | None
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One error and its fix, the unit that is found and shown.

    Attributes:
        entry_id: `<article_id>#<slug>`; stays the same when the entry's text is edited.
        title: The entry's heading.
        messages: The error as the product shows it, verbatim; empty for general advice.
        symptoms: The same trouble in readers' own words, a sentence each.
        cause: Why it happens, or None.
        solutions: What to do, best first; never empty in an entry that the loader lets through.
        context: Where it applies (product, screen, plan) or an introduction, or None.
        breadcrumb: The headings above the entry, outermost first, the article's title included.
        span: Where it stands in the article's file.
    """

    entry_id: str
    title: str
    messages: tuple[str, ...]
    symptoms: tuple[str, ...]
    cause: str | None
    solutions: tuple[Solution, ...]
    context: str | None
    breadcrumb: tuple[str, ...]
    span: Span

    @property
    def article_id(self) -> str:
        """The article it stands in."""
        return self.entry_id.rpartition("#")[0]


@dataclass(frozen=True, slots=True)
class Article:
    """One help file, without its entries.

    Attributes:
        article_id: The file's path under the corpus root, "/" between folders, no suffix.
        updated: ISO date of the last edit as the article states it, or None.
        review_by: ISO date after which somebody should look at it again, or None.
        aliases: Old entry ids that now mean another, as (old, new) pairs sorted by the old one.
        draft: A draft is read and checked but not indexed.
        source: The file's path under the corpus root, with its suffix.
    """

    article_id: str
    title: str
    url: str | None
    product: str | None
    tags: tuple[str, ...]
    updated: str | None
    review_by: str | None
    aliases: tuple[tuple[str, str], ...]
    draft: bool
    source: str


class Field(StrEnum):
    """The part of an entry that a passage was taken from."""

    MESSAGE = "message"
    SYMPTOM = "symptom"
    CAUSE = "cause"
    SOLUTION = "solution"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an entry's text that has a vector of its own.

    The encoder reads more than the stretch, for what stands around it says what "it" is.

    Attributes:
        segment: What the encoder reads: as much of the entry as it can at once, the title first.
        start: Where the passage begins in the segment, in Unicode code points.
        text: The passage itself.
        digest: Hex SHA-256 of the segment, the passage's place in it, and whether it is the whole of it; passages with
            equal digests have equal vectors.
    """

    entry_id: str
    field: Field
    segment: str
    start: int
    text: str
    digest: str
