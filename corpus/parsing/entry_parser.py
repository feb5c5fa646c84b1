"""An article's elements become its entries, and what is no entry is said to be so.

`section_tree` tells what a section is, `labelled_parts` what stands in it, `entry_builder` where that goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.article import Entry, Span
from corpus.errors import ArticleError
from corpus.formats.document import Aside, Document, Element, ElementKind
from corpus.labels import ASIDES, DEFAULT_LABELS, PARTS, Label, Labels, styles_of
from corpus.parsing.entry_builder import Draft
from corpus.parsing.entry_ids import EntryIds
from corpus.parsing.entry_rows import holds_rows
from corpus.parsing.headings import is_message, with_all_headings
from corpus.parsing.labelled_parts import Piece, pieces_of, rows_of
from corpus.parsing.section_tree import Reader, Section, section_tree

_ANNOUNCES = re.compile(
    r"\b(?:following|below|these|this (?:page|article|section|topic))\b.*"
    r"\b(?:errors?|messages?|problems?|issues?|questions?|topics?|sections?|information)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an article was taken apart into.

    Attributes:
        entries: In the order of the article.
        asides: What is no entry, in the order of the article.
        size: How many characters of the file are in either, blanks not counted.
    """

    entries: tuple[Entry, ...]
    asides: tuple[Aside, ...]
    size: int


def parse_entries(
    document: Document, *, article_id: str, title: str | None, source: str, labels: Labels = DEFAULT_LABELS
) -> Parsed:
    """Make the entries of an article.

    Args:
        document: The article as read.
        article_id: What the entry ids begin with.
        title: The article's title by its metadata; a heading of level 1 where it has none.
        source: The article's file, for messages.
        labels: The words that name the parts of an entry.

    Raises:
        ArticleError: Two headings give one id, an entry that has its id in braces has no solution, or no id can be
            made of a heading.
    """
    lines = [line for element in document.elements for line in _lines(element)]
    reader = Reader(labels, styles_of(lines, labels, as_text=document.as_text))
    parser = _Parser(reader, article_id, source)
    elements = tuple(with_all_headings(document.elements, labels, reader.styles))
    parser.set_aside("heading without a text", [element for element in elements if _is_empty(element)])
    root = section_tree(element for element in elements if not _is_empty(element))
    if root.children and (first := root.children[0]).level == 1 and (title is None or len(root.children) == 1):
        root = parser.under_title(root, first)
    parser.visit_article(root, title or root.name)
    entries = sorted(parser.entries, key=lambda entry: entry.span.first_line or 0)
    return Parsed(tuple(entries), tuple(parser.asides), parser.size)


def _lines(element: Element) -> Iterator[str]:
    if element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
        yield from element.markdown.split("\n")
    if (question := element.markdown.strip("*")).startswith("Q"):
        yield question
    for item in element.items:
        yield from (line.removeprefix("- ") for line in item.split("\n"))


def _is_empty(element: Element) -> bool:
    """A heading that only names a place."""
    return element.kind is ElementKind.HEADING and not element.markdown


@dataclass(slots=True)
class _Parser:
    """Walks the sections of one article and collects entries and asides."""

    reader: Reader
    article_id: str
    source: str
    entries: list[Entry] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    size: int = 0
    ids: EntryIds = field(init=False)

    def __post_init__(self) -> None:
        self.ids = EntryIds(self.article_id, self.source)

    def under_title(self, root: Section, first: Section) -> Section:
        """Return the section of the title: the first heading, if it stands above all others, or is said to.

        Some exports have every heading in level 1. Then the first is the title where others are entries by their
        labels and it is none, or has nothing under it.
        """
        others = root.children[1:]
        told, is_told = any(map(self.reader.is_labelled, others)), self.reader.is_labelled(first)
        is_title = not first.body or (told and not is_told)
        if others and not is_title:
            return root
        self.set_aside("before the title", root.body)
        return Section(first.heading, first.body, [*first.children, *others])

    def visit_article(self, root: Section, title: str) -> None:
        """Take the whole article: one entry, or an introduction and sections."""
        below = [child for child in root.children if not self.reader.is_beside(child)]
        has_ids = any(section.explicit_id for section in root.walk())
        only_parts = self.reader.is_one_error(root, title)
        is_solved = any(piece.label and piece.label.label is Label.SOLUTION for piece in self._pieces(root.body))
        is_one = only_parts or (is_solved and self.reader.is_entry(root))
        is_named = title or self.reader.is_labelled(root)  # by its message
        if is_named and not has_ids and is_one and (root.body or below):
            self._add_section(root, title, ())
            return
        is_ours = has_ids or any(map(self.reader.is_labelled, below))
        self._add_introduction(root, title, (), advises=not is_ours and bool(title))
        for child in root.children:
            self._visit(child, (title or self.article_id,))

    def set_aside(self, what: str, elements: Sequence[Element]) -> None:
        """Say that a part of the article is no entry."""
        if elements:
            size = sum(element.size for element in elements)
            self.asides.append(Aside(what, elements[0].first_line, elements[-1].last_line, size))
            self.size += size

    def _visit(self, section: Section, breadcrumb: tuple[str, ...]) -> None:
        if self.reader.is_beside(section):
            self.set_aside("links and the like", list(section.elements()))
        elif self.reader.is_entry(section):
            self._add_section(section, section.name, breadcrumb)
        elif section.children and section.heading is not None:
            self._add_introduction(section, section.name, breadcrumb, advises=True)
            for child in section.children:
                self._visit(child, (*breadcrumb, section.name))
        else:
            self.set_aside("heading without a text", list(section.elements()))

    def _add_introduction(self, section: Section, title: str, breadcrumb: tuple[str, ...], *, advises: bool) -> None:
        """What stands before the first entry of a group: general advice where it has steps or a note."""
        tables = [element for element in section.body if self._is_row_table(element)]
        body = [element for element in section.body if element not in tables]
        pieces = list(self._pieces(body))
        if advises and any(_advises(piece) for piece in pieces):
            self._add_entry(pieces, section, title, breadcrumb)
        else:
            self.set_aside(
                "heading of a group" if breadcrumb else "title", [section.heading] if section.heading else []
            )
            self.set_aside("introduction", body)
        for table in tables:
            self._add_rows(table, (*breadcrumb, title or self.article_id))

    def _add_section(self, section: Section, title: str, breadcrumb: tuple[str, ...]) -> None:
        """Take a section that is an entry, or several that stand under one heading."""
        beside = [child for child in section.children if self.reader.is_left_out(child)]
        rest = [child for child in section.children if child not in beside]
        apart = [child for child in rest if self.reader.stands_apart(child, section)]
        own = [*section.body, *(e for child in rest if child not in apart for e in child.elements())]
        tables = [] if section.explicit_id else [element for element in own if self._is_row_table(element)]
        pieces = list(self._pieces([e for e in own if e not in tables], tables=not section.explicit_id))
        runs = [pieces] if section.explicit_id else _split(pieces)
        has_parts = any(piece.label and piece.label.label in PARTS for piece in pieces)
        if len(runs) == 1 and (not tables or has_parts):
            self._add_entry(pieces, section, title, breadcrumb)
        else:
            self._add_runs(runs, section, title, breadcrumb, is_group=len(runs) == 1)
        below = (*breadcrumb, title or self.article_id)
        for table in tables:
            self._add_rows(table, below)
        for child in [*beside, *apart]:
            self._visit(child, below)

    def _add_runs(
        self, runs: list[list[Piece]], section: Section, title: str, breadcrumb: tuple[str, ...], *, is_group: bool
    ) -> None:
        """Add entries that stand one after the other under a heading, each begun by its message."""
        if section.heading is not None:
            self.set_aside("heading of a group", [section.heading])
        lead, first = ([], runs[0]) if not is_group else (runs[0], [])
        if not is_group:
            begins = next((at for at, piece in enumerate(first) if piece.label and piece.label.label in PARTS), 0)
            lead, first = first[:begins], first[begins:]
        self._add_lead(lead, title, breadcrumb)
        for run in filter(None, [first, *runs[1:]]):
            self._add_entry(run, None, None, (*breadcrumb, title or self.article_id))

    def _add_lead(self, lead: list[Piece], title: str, breadcrumb: tuple[str, ...]) -> None:
        rest: list[Element] = []
        while lead and lead[-1].label is None and _ANNOUNCES.search(lead[-1].element.markdown):
            rest.insert(0, lead.pop().element)
        if any(map(_advises, lead)):
            self._add_entry(lead, None, title, breadcrumb)
        else:
            self.set_aside("introduction", [piece.element for piece in lead])
        self.set_aside("introduction", rest)

    def _add_rows(self, table: Element, breadcrumb: tuple[str, ...]) -> None:
        before = self.size
        for pieces in rows_of(table, self.reader.labels, self.reader.styles):
            if any(piece.label and piece.label.label in PARTS for piece in pieces):
                self._add_entry(pieces, None, None, breadcrumb)
        self.size = before + table.size

    def _add_entry(
        self, pieces: list[Piece], section: Section | None, title: str | None, breadcrumb: tuple[str, ...]
    ) -> None:
        heading = section.heading if section else None
        told = {piece.label.label for piece in pieces if piece.label}
        has_id = section is not None and section.explicit_id is not None
        draft = Draft(is_ours=has_id, solves_by_text=not has_id and not told & {Label.CAUSE, Label.SOLUTION})
        for piece in pieces:
            draft.add(piece)
        elements = [*([heading] if heading else []), *draft.elements]
        solutions, context = draft.finish()
        if not solutions and section is not None and section.explicit_id:
            problem = (
                f'the entry "{section.name}" has no solution; write one under its heading, then run "assistant build"'
            )
            raise ArticleError(self.source, problem, heading.first_line if heading else None)
        if not solutions and (draft.cause or draft.context):
            draft.resolve_by_text()
            solutions, context = draft.finish()
        name = title or draft.name()
        if not solutions:
            self.set_aside("an error without cause or solution", elements)
            return
        if section is not None and title and not section.explicit_id and not (draft.messages or draft.symptoms):
            (draft.messages if is_message(title) else draft.symptoms).append(title)
        lines = [line for e in elements for line in (e.first_line, e.last_line) if line is not None]
        anchor = heading.anchor if heading else None
        names = (*draft.messages[:1], name)
        line = lines[0] if lines else None
        entry_id = self.ids.make(section.explicit_id if section else None, anchor, names, line)
        span = Span(min(lines), max(lines)) if lines else Span(None, None, f'"{name[:80]}"')
        texts = (draft.all_messages(), tuple(draft.symptoms), "\n\n".join(draft.cause) or None)
        self.entries.append(Entry(entry_id, name, *texts, solutions, context, breadcrumb or (name,), span))
        self.size += sum(element.size for element in elements)

    def _is_row_table(self, element: Element) -> bool:
        return holds_rows(element, self.reader.labels, self.reader.styles)

    def _pieces(self, elements: Iterable[Element], *, tables: bool = True) -> Iterator[Piece]:
        return pieces_of(elements, self.reader.labels, self.reader.styles, tables=tables)


def _advises(piece: Piece) -> bool:
    is_aside = piece.label is not None and piece.label.label in ASIDES
    return is_aside or piece.element.kind in {ElementKind.STEPS, ElementKind.CODE}


def _split(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Divide what stands under one heading where a message follows a solution: the next error begins there."""
    runs: list[list[Piece]] = [[]]
    draft = Draft()
    for piece in pieces:
        if piece.label is not None and piece.label.label is Label.MESSAGE and draft.is_told:
            runs.append([])
            draft = Draft()
        draft.add(piece)
        runs[-1].append(piece)
    return runs
