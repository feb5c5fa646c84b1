"""What an article's parts were made into: entries with an id and a place, and excluded parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from corpus.article import Entry, Span
from corpus.errors import ArticleError
from corpus.formats.document import Element, Excluded, ExcludedKind
from corpus.parsing.entry_builder import build_content
from corpus.parsing.entry_content import EntryContent
from corpus.parsing.entry_ids import EntryIds
from corpus.parsing.labelled_parts import Part
from corpus.parsing.section_tree import Section

_MAX_LOCATOR = 80  # characters of a title


@dataclass(slots=True)
class EntryCollector:
    """Collects the entries and the excluded parts of one article.

    Attributes:
        article_id: What the ids of the entries begin with.
        source: The article's file, for messages.
        covered: The characters that are in an entry or an excluded part.
    """

    article_id: str
    source: str
    entries: list[Entry] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    covered: int = 0
    _ids: EntryIds = field(init=False)

    def __post_init__(self) -> None:
        self._ids = EntryIds(self.article_id, self.source)

    def exclude(self, kind: ExcludedKind, elements: Sequence[Element]) -> None:
        """Record that some elements, one after the other, are in no entry."""
        if elements:
            size = sum(element.size for element in elements)
            self.excluded.append(Excluded(kind, elements[0].first_line, elements[-1].last_line, size))
            self.covered += size

    def add_entry(
        self, parts: Iterable[Part], title: str | None, breadcrumb: tuple[str, ...], section: Section | None = None
    ) -> None:
        """Add the entry that labelled parts make, or exclude it if nothing in it says what to do.

        Args:
            parts: Its content, the heading apart.
            title: Its heading; None where it has none and its message is the title.
            breadcrumb: The headings above it, outermost first.
            section: The section that the entry is, if it is one.

        Raises:
            ArticleError: Its id is in braces and it has no solution.
        """
        heading = section.heading if section else None
        explicit_id = section.explicit_id if section else None
        content = build_content(parts, is_own_format=explicit_id is not None)
        elements = [*([heading] if heading else []), *content.elements]
        if not content.solutions:
            if section is not None and explicit_id is not None:
                raise self._no_solution(section)
            content = content.with_text_as_solution()
        if not content.solutions:
            self.exclude(ExcludedKind.INCOMPLETE_ENTRY, elements)
            return
        if section is not None and title and explicit_id is None:
            content = content.with_heading(title)
        title = title or content.default_title()
        span = _span(elements, title)
        names = (*content.messages[:1], title, *content.symptoms[:1], content.solutions[0].blocks[0].markdown)
        entry_id = self._ids.make(explicit_id, heading.anchor if heading else None, names, span.first_line)
        self.entries.append(_entry(entry_id, title, content, breadcrumb or (title,), span))
        self.covered += sum(element.size for element in elements)

    def add_rows(self, table: Element, rows: Iterable[Sequence[Part]], breadcrumb: tuple[str, ...]) -> None:
        """Add the entries in the rows of a table, or in the items of a list.

        Args:
            table: The table or list.
            rows: The labelled parts of each row; a row without a core label is skipped.
            breadcrumb: The headings above the table, outermost first.
        """
        before = self.covered
        for parts in rows:
            if any(part.has_core_label for part in parts):
                self.add_entry(parts, None, breadcrumb)
        self.covered = before + table.size

    def _no_solution(self, section: Section) -> ArticleError:
        problem = f'the entry "{section.name}" has no solution; write one under its heading, then run "assistant build"'
        return ArticleError(self.source, problem, section.heading.first_line if section.heading else None)


def _span(elements: Sequence[Element], title: str) -> Span:
    lines = [line for each in elements for line in (each.first_line, each.last_line) if line is not None]
    return Span(min(lines), max(lines)) if lines else Span(None, None, f'"{title[:_MAX_LOCATOR]}"')


def _entry(entry_id: str, title: str, content: EntryContent, breadcrumb: tuple[str, ...], span: Span) -> Entry:
    return Entry(
        entry_id=entry_id,
        title=title,
        messages=content.all_messages(),
        symptoms=content.symptoms,
        cause="\n\n".join(content.cause) or None,
        solutions=content.solutions,
        context="\n\n".join(content.context) or None,
        breadcrumb=breadcrumb,
        span=span,
    )
