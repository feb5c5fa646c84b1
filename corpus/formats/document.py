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
    """

    kind: ElementKind
    markdown: str
    first_line: int | None = None
    last_line: int | None = None
    level: int = 0
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: `metadata` is its front matter or what the format has in its place."""

    metadata: Mapping[str, object] = field(default_factory=dict)
    elements: tuple[Element, ...] = ()
