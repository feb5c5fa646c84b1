"""What an article's parts were made into: entries with an id and a place, and excluded parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.article import Entry, Span
from corpus.errors import ArticleError
from corpus.formats.document import Element, ElementKind, Excluded, ExcludedKind
from corpus.parsing.entry_builder import build_content
from corpus.parsing.entry_content import EntryContent
from corpus.parsing.entry_ids import EntryIds
from corpus.parsing.labelled_parts import Part
from corpus.parsing.sections.section_tree import Section

CONTEXT_KINDS = frozenset({ExcludedKind.INTRODUCTION, ExcludedKind.SUPPLEMENTARY, ExcludedKind.BEFORE_TITLE})
_NOT_COVERED = frozenset({ExcludedKind.INCOMPLETE_ENTRY, ExcludedKind.LEFT_OUT})
_MAX_LOCATOR = 80  # characters of a title


@dataclass(slots=True)
class EntryCollector:
    """Collects the entries and the excluded parts of one article.

    Attributes:
        article_id: What the ids of the entries begin with.
        source: The article's file, for messages.
        broken: What is wrong with the element that begins in a line, by the line; the entry it is in is left out.
        covered: The characters that are in an entry, in the context, or in a part that is excluded on purpose.
        context: What the article says about all its entries.
        problems: Why entries are left out.
        unfinished: Errors that are named without a cause or a solution: no entries, unless they were some before.
    """

    article_id: str
    source: str
    broken: Mapping[int, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)
    covered: int = 0
    context: list[str] = field(default_factory=list)
    problems: list[ArticleError] = field(default_factory=list)
    unfinished: list[ArticleError] = field(default_factory=list)
    _ids: EntryIds = field(init=False)

    def __post_init__(self) -> None:
        self._ids = EntryIds(self.article_id, self.source)

    def exclude(self, kind: ExcludedKind, elements: Sequence[Element]) -> None:
        """Record that some elements, one after the other, are in no entry."""
        if elements:
            size = sum(element.size for element in elements)
            self.excluded.append(Excluded(kind, elements[0].first_line, elements[-1].last_line, size))
            self.covered += 0 if kind in _NOT_COVERED else size
            if kind in CONTEXT_KINDS:
                self.context += [_as_text(element) for element in elements if element.markdown.strip()]

    def exclude_each(self, kind: ExcludedKind, elements: Iterable[Element]) -> None:
        """Record that each of some elements is in no entry."""
        for element in elements:
            self.exclude(kind, [element])

    def add_entry(
        self, parts: Iterable[Part], title: str | None, breadcrumb: tuple[str, ...], section: Section | None = None
    ) -> None:
        """Add the entry that labelled parts make, or leave it out if it is not whole.

        Args:
            parts: Its content, the heading apart.
            title: Its heading; None where it has none and its message is the title.
            breadcrumb: The headings above it, outermost first.
            section: The section that the entry is, if it is one.
        """
        explicit_id = section.explicit_id if section else None
        content = build_content(parts, is_own_format=explicit_id is not None)
        elements = [*([section.heading] if section and section.heading else []), *content.elements]
        if not content.solutions and explicit_id is None:
            content = content.with_text_as_solution()
        if section is not None and title and explicit_id is None and content.solutions:
            content = content.with_heading(title)
        name = title or content.default_title()
        anchor = section.heading.anchor if section and section.heading else None
        names = (*content.messages[:1], name, *content.symptoms[:1], *_first_solution(content))
        span = _span(elements, name)
        try:
            self._require_whole(elements, content, name)
            entry_id = self._ids.make(explicit_id, anchor, names, span.first_line)
        except ArticleError as error:
            likely_id = self._ids.likely(explicit_id, anchor, names)
            self._leave_out(error, elements, likely_id, is_certain=bool(explicit_id or content.solutions))
            return
        self.entries.append(_entry(entry_id, name, content, breadcrumb or (name,), span))
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

    def _require_whole(self, elements: Iterable[Element], content: EntryContent, name: str) -> None:
        lines = [each.first_line for each in elements if each.first_line is not None]
        for line in lines:
            if line in self.broken:
                raise ArticleError(self.source, self.broken[line], line)
        if not content.solutions:
            problem = f'the entry "{name}" has no solution; write one under its heading, then run "assistant build"'
            raise ArticleError(self.source, problem, lines[0] if lines else None)

    def _leave_out(self, error: ArticleError, elements: Sequence[Element], entry_id: str, *, is_certain: bool) -> None:
        """Leave an entry out; where it is not certain that it is one, it is named only if it was one before."""
        named = ArticleError(error.source, error.problem, error.line, concerns=entry_id)
        (self.problems if is_certain else self.unfinished).append(named)
        self.exclude(ExcludedKind.LEFT_OUT if is_certain else ExcludedKind.INCOMPLETE_ENTRY, elements)


def _as_text(element: Element) -> str:
    return f"**{element.markdown}**" if element.kind is ElementKind.HEADING else element.markdown


def _first_solution(content: EntryContent) -> tuple[str, ...]:
    return tuple(solution.blocks[0].markdown for solution in content.solutions[:1])


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
