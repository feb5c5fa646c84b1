"""A finding: one thing in an article that should be corrected, and the rule that found it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from corpus.article import Entry
from corpus.errors import shortened
from corpus.formats.document import Element
from corpus.parsing.article_parser import ParsedArticle


class Severity(StrEnum):
    """Whether a finding has to be corrected."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"  # nothing is wrong, but something would help


class Rule(StrEnum):
    """The rules of lint, by the names that it prints."""

    UNREADABLE = "unreadable"
    LEFT_OUT = "left-out"
    NO_SOLUTION = "no-solution"
    NO_CAUSE = "no-cause"
    UNCLOSED = "unclosed"
    UNKNOWN_LABEL = "unknown-label"
    UNKNOWN_METADATA = "unknown-metadata"
    UNEXPLAINED_PLACEHOLDER = "unexplained-placeholder"
    IMAGE_WITHOUT_TEXT = "image-without-text"
    MISSING_IMAGE = "missing-image"
    NO_SYMPTOMS = "no-symptoms"
    COVERAGE = "coverage"
    PAST_REVIEW = "past-review"
    # of articles compared with one another
    SAME_ID = "same-id"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near-duplicate"
    SAME_MESSAGE = "same-message"
    BROKEN_LINK = "broken-link"
    # of a search for the entries' own words
    NOT_FOUND_BY_MESSAGE = "not-found-by-message"
    NOT_FOUND_BY_SYMPTOM = "not-found-by-symptom"
    EASILY_CONFUSED = "easily-confused"
    NO_LONGER_ANSWERED = "no-longer-answered"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should be corrected.

    Attributes:
        rule: The rule that found it.
        severity: Whether it has to be corrected.
        source: The article's file.
        line: Where it is, from 1; None if it concerns the file as a whole.
        text: What is wrong, and how to correct it; of a very long one the middle is left out.
        entry_id: The entry it concerns; None if it concerns no single one.
    """

    rule: Rule
    severity: Severity
    source: str
    line: int | None
    text: str
    entry_id: str | None = None

    def __post_init__(self) -> None:
        """Leave out the middle of a very long text."""
        object.__setattr__(self, "text", shortened(self.text))

    def __str__(self) -> str:
        """Return it in the form of a compiler's message, so that editors can jump to the line."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}: {self.severity}: {self.text} [{self.rule}]"


def entry_warning(entry: Entry, article: ParsedArticle, rule: Rule, text: str) -> Finding:
    """Return a warning about an entry of an article."""
    return Finding(rule, Severity.WARNING, article.article.source, entry.span.first_line, text, entry.entry_id)


def line_in(element: Element, offset: int) -> int | None:
    """Return the line of the file that is `offset` lines after the first of an element."""
    return None if element.first_line is None else element.first_line + offset
