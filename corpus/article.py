"""The records of the corpus: articles, their entries (one error and its fix each), and the passages of these.

Texts of articles and entries are Markdown, texts of passages plain. All records are frozen and compare by value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """How a block of a solution is shown; a bullet list is TEXT."""

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
    """One way to fix an error; `title` is None where the article gives it none."""

    title: str | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Where an entry is in its file.

    Attributes:
        first_line: From 1; None where the format has no lines.
        last_line: Included.
        locator: What to look for where there are no lines: the title in quotes.
    """

    first_line: int | None
    last_line: int | None
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One error and its fix: the unit that is searched for and shown.

    Attributes:
        entry_id: `<article_id>#<slug>`; stays the same when the entry is edited.
        title: Its heading, or its message if it has none.
        messages: The error as the product shows it, verbatim; empty for general advice.
        symptoms: The same error in readers' words, a sentence each.
        cause: Why it happens, or None.
        solutions: What to do, best first; the loader yields no entry without one.
        context: Where it applies (product, screen, plan), or an introduction, or None.
        breadcrumb: The article's title and the headings above the entry, outermost first.
        span: Where it is in the article's file.
        being_edited: Whether the file has a version of it that cannot be shown, and this is the one before.
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
    being_edited: bool = False

    @property
    def article_id(self) -> str:
        """The id of its article."""
        return self.entry_id.rpartition("#")[0]


@dataclass(frozen=True, slots=True)
class Article:
    """One help file, without its entries.

    Attributes:
        article_id: The path of its file under the corpus root, with "/" between folders and without the suffix.
        title: From its metadata or its first heading; else its id.
        url: Where it is published, or None.
        product: The product it is about, or None.
        tags: In the article's order.
        updated: The ISO date of the last edit according to the article, or None.
        review_by: The ISO date by which it should be reviewed, or None.
        aliases: (old, new) pairs of entry ids, sorted: links to the old one lead to the new one.
        draft: Whether it is checked but not indexed.
        source: The path of its file under the corpus root, with the suffix.
        context: What it says about all its entries: introductions, links to more; None if it says nothing more.
        language: The tag of the language that it says it is written in, such as "de" or "en-us"; None if it says none.
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
    context: str | None = field(default=None, compare=False)
    language: str | None = None


class Field(StrEnum):
    """The part of an entry that a passage is from."""

    MESSAGE = "message"
    SYMPTOM = "symptom"
    CAUSE = "cause"
    SOLUTION = "solution"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an entry's text that has a vector of its own.

    The encoder is given more than the stretch, since the text around it tells what "it" refers to.

    Attributes:
        entry_id: The entry.
        field: The part of the entry.
        model_input: What the encoder is given: the title, and as much of the entry as fits.
        start: Where the passage begins in the model input, in Unicode code points.
        text: The passage itself.
        digest: The hex SHA-256 of the model input, the place in it, and whether the field is WHOLE; passages with equal
            digests have equal vectors.
    """

    entry_id: str
    field: Field
    model_input: str
    start: int
    text: str
    digest: str
