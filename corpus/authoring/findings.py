"""One thing in an article that should be mended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.article import Entry
from corpus.formats.document import Element
from corpus.parsing.article_parser import ArticleReading


class Severity(StrEnum):
    """Whether a finding has to be mended."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should be mended.

    Attributes:
        rule: The rule's name.
        source: The article's file.
        line: Where, from 1; None where there is no line to name.
        text: What was found, and what mends it.
        entry_id: The entry it concerns, if any.
    """

    rule: str
    severity: Severity
    source: str
    line: int | None
    text: str
    entry_id: str | None = None

    def __str__(self) -> str:
        """Show it as compilers do, so that editors can jump to it."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {self.severity}: {self.text} [{self.rule}]"


def about(entry: Entry, reading: ArticleReading, rule: str, text: str) -> Finding:
    """Return a warning that concerns an entry."""
    return Finding(rule, Severity.WARNING, reading.article.source, entry.span.first_line, text, entry.entry_id)


def line_in(element: Element, offset: int) -> int | None:
    """Return the line of the file that is `offset` lines into an element."""
    return None if element.first_line is None else element.first_line + offset
