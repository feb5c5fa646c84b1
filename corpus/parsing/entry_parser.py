"""An article's elements become its entries; every part that is in no entry is recorded with the reason.

`section_classifier` tells what a section is, `labelled_parts` divides it at its labels, and `entry_builder` puts each
text in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.article import Entry
from corpus.errors import ArticleError
from corpus.formats.document import Document, Element, ElementKind, Excluded, ExcludedKind
from corpus.labels import CALLOUTS, DEFAULT_LABELS, Label, LabelMatch, Labels, detect_styles
from corpus.parsing.entry_builder import EntryBuilder
from corpus.parsing.entry_collector import EntryCollector
from corpus.parsing.entry_rows import has_entry_rows
from corpus.parsing.labelled_parts import Part, row_parts, split_parts
from corpus.parsing.section_classifier import SectionClassifier
from corpus.parsing.sections.folds import definitions_as_folds, part_ends, settle_folds
from corpus.parsing.sections.headings import promote_bold_headings
from corpus.parsing.sections.section_tree import Section, divided, section_tree
from corpus.parsing.whole_article import add_whole_article

_ANSWERS = frozenset({Label.CAUSE, Label.SOLUTION})
_NONE_PLACED: Mapping[int, LabelMatch] = {}
_ANNOUNCEMENT = re.compile(  # "The following errors may be shown:"
    r"\b(?:following|below|these|this (?:page|article|section|topic))\b.*"
    r"\b(?:errors?|messages?|problems?|issues?|questions?|topics?|sections?|information)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ParsedEntries:
    """The entries of an article, and what is in none.

    Attributes:
        entries: In the order of the article.
        excluded: In the order of the article.
        covered: The characters of the file that are in an entry, in the context, or excluded on purpose.
        context: The introductions and links to more, which are of all entries, as Markdown.
        problems: Why entries are left out.
        unfinished: Errors without a cause or a solution, which are entries only if they were some before.
    """

    entries: tuple[Entry, ...]
    excluded: tuple[Excluded, ...]
    covered: int
    context: str | None
    problems: tuple[ArticleError, ...]
    unfinished: tuple[ArticleError, ...]


def parse_entries(
    document: Document, *, article_id: str, title: str | None, source: str, labels: Labels = DEFAULT_LABELS
) -> ParsedEntries:
    """Return the entries of an article.

    Args:
        document: The article as its format has it.
        article_id: What the ids of the entries begin with.
        title: The article's title in its metadata; without one it is the first heading of level 1.
        source: The article's file, for messages.
        labels: The words that name the parts of an entry.

    An entry is left out, with the reason, where it has its id in braces and no solution, where an earlier one has the
    same id in braces, and where a code block in it is never closed.
    """
    lines = [line for element in document.elements for line in _lines_with_labels(element)]
    styles = detect_styles(lines, labels, is_plain_text=document.is_plain_text)
    broken = {problem.line: problem.text for problem in document.problems if problem.line is not None}
    parser = _Parser(SectionClassifier(labels, styles), EntryCollector(article_id, source, broken))
    promoted = tuple(promote_bold_headings(document.elements, labels, styles))
    elements = tuple(settle_folds(tuple(definitions_as_folds(promoted)), labels))
    parser.collector.exclude_each(ExcludedKind.MARKUP, part_ends(document.elements))
    parser.collector.exclude(ExcludedKind.EMPTY_HEADING, [each for each in elements if _is_empty_heading(each)])
    root = section_tree(each for each in elements if not _is_empty_heading(each))
    if title is None and parser.sections.are_several_articles(root):
        parser.collector.exclude(ExcludedKind.BEFORE_TITLE, root.body)
        for article in root.children:
            parser.add_article(article, article.name)
    else:
        if root.children and (first := root.children[0]).level == 1 and (title is None or len(root.children) == 1):
            root = parser.section_of_title(root, first)
        parser.add_article(root, title or root.name)
    collector = parser.collector
    if not collector.entries and not collector.problems and not collector.unfinished:
        collector = EntryCollector(article_id, source, broken)
        collector.exclude_each(ExcludedKind.MARKUP, part_ends(document.elements))
        add_whole_article(elements, title or root.name, SectionClassifier(labels, styles), collector)
    entries = sorted(collector.entries, key=lambda entry: entry.span.first_line or 0)
    return ParsedEntries(
        entries=tuple(entries),
        excluded=tuple(collector.excluded),
        covered=collector.covered,
        context="\n\n".join(collector.context) or None,
        problems=tuple(collector.problems),
        unfinished=tuple(collector.unfinished),
    )


def _lines_with_labels(element: Element) -> Iterator[str]:
    """Yield the lines of an element that may begin with a label."""
    if element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
        yield from element.markdown.split("\n")
    if (question := element.markdown.strip("*")).startswith("Q"):
        yield question
    for item in element.items:
        yield from (line.removeprefix("- ") for line in item.split("\n"))


def _is_empty_heading(element: Element) -> bool:
    """Whether a heading names nothing: what is below it belongs to the section above."""
    is_heading = element.kind is ElementKind.HEADING
    return is_heading and not re.search(r"[^\W_]|`", element.markdown)


@dataclass(frozen=True, slots=True)
class _Parser:
    """Walks the sections of one article and decides which of them are entries."""

    sections: SectionClassifier
    collector: EntryCollector

    def section_of_title(self, root: Section, first: Section) -> Section:
        """Return the section of the article's title: the first heading if all others are below it, else the root.

        Some exports put every heading at level 1. Then the first is the title if it has no text, or if it is not
        labelled as an entry but others are.
        """
        others = root.children[1:]
        only_others = any(map(self.sections.has_labels, others)) and not self.sections.has_labels(first)
        if others and first.body and not only_others:
            return root
        self.collector.exclude(ExcludedKind.BEFORE_TITLE, root.body)
        return Section(first.heading, first.body, [*first.children, *others])

    def add_article(self, root: Section, title: str) -> None:
        """Add a whole article: as one entry, or as an introduction and sections."""
        below = [child for child in root.children if not self.sections.is_supplementary(child)]
        has_ids = any(section.explicit_id for section in root.walk())
        has_title = title or self.sections.has_labels(root)  # its message is the title then
        if has_title and not has_ids and (root.body or below) and self._is_single_entry(root, title):
            self._add_section(root, title, ())
            return
        is_own_format = has_ids or any(map(self.sections.has_labels, below))
        own, others = self.sections.adopted(root)
        self._add_lead_of_group(root, own, title, (), may_be_entry=not is_own_format and bool(title))
        for child in others:
            self._add(child, (title or self.collector.article_id,))

    def _is_single_entry(self, root: Section, title: str) -> bool:
        if self.sections.is_single_entry(root, title):
            return True
        labels = {part.label.label for part in self._parts(root.body) if part.label}
        return Label.SOLUTION in labels and self.sections.is_entry(root)

    def _add(self, section: Section, breadcrumb: tuple[str, ...]) -> None:
        if self.sections.is_supplementary(section):
            self.collector.exclude(ExcludedKind.SUPPLEMENTARY, list(section.elements()))
        elif self.sections.is_entry(section):
            self._add_section(section, section.name, breadcrumb)
        elif section.children and section.heading is not None:
            own, others = self.sections.adopted(section)
            self._add_lead_of_group(section, own, section.name, breadcrumb, may_be_entry=True)
            for child in others:
                self._add(child, (*breadcrumb, section.name))
        else:
            self.collector.exclude(ExcludedKind.EMPTY_HEADING, list(section.elements()))

    def _add_lead_of_group(
        self, group: Section, own: Sequence[Section], title: str, breadcrumb: tuple[str, ...], *, may_be_entry: bool
    ) -> None:
        """Add what precedes the entries of a group: an entry if parts with labels are among it, or an introduction."""
        if any(self.sections.label_of(child) in _ANSWERS for child in own):
            self._add_section(Section(group.heading, group.body, list(own)), title, breadcrumb)
            return
        body = [*group.body, *(each for child in own for each in child.elements())]
        self._add_introduction(Section(group.heading, body), title, breadcrumb, may_be_entry=may_be_entry)

    def _add_introduction(
        self, section: Section, title: str, breadcrumb: tuple[str, ...], *, may_be_entry: bool
    ) -> None:
        """Add what precedes the first entry of a group: an entry of general advice if it has steps or a note."""
        tables, body = divided(section.body, self._has_entry_rows)
        parts = list(self._parts(body))
        if may_be_entry and any(map(_gives_advice, parts)):
            self.collector.add_entry(parts, title, breadcrumb, section)
        else:
            kind = ExcludedKind.GROUP_HEADING if breadcrumb else ExcludedKind.TITLE
            self.collector.exclude(kind, [section.heading] if section.heading else [])
            self.collector.exclude(ExcludedKind.INTRODUCTION, body)
        self._add_tables(tables, (*breadcrumb, title or self.collector.article_id))

    def _add_section(self, section: Section, title: str, breadcrumb: tuple[str, ...]) -> None:
        """Add a section that is an entry, or several entries under one heading."""
        boilerplate, rest = divided(section.children, self.sections.is_boilerplate)
        separate, within = divided(rest, lambda child: self.sections.is_separate_entry(child, section))
        own = [*section.body, *(each for child in within for each in child.elements())]
        has_id = section.explicit_id is not None
        tables, others = ([], own) if has_id else divided(own, self._has_entry_rows)
        placed = {} if has_id else self.sections.placed_labels(section)
        parts = list(self._parts(others, in_tables=not has_id, placed=placed))
        runs = [parts] if has_id else _split_at_messages(parts)
        if len(runs) == 1 and (not tables or any(part.has_core_label for part in parts)):
            self.collector.add_entry(parts, title, breadcrumb, section)
        else:
            self._add_runs(runs, section, title, breadcrumb)
        below = (*breadcrumb, title or self.collector.article_id)
        self._add_tables(tables, below)
        for child in [*boilerplate, *separate]:
            self._add(child, below)

    def _add_runs(
        self, runs: Sequence[Sequence[Part]], section: Section, title: str, breadcrumb: tuple[str, ...]
    ) -> None:
        """Add entries that follow one another under a heading, each from its message on."""
        if section.heading is not None:
            self.collector.exclude(ExcludedKind.GROUP_HEADING, [section.heading])
        first, *others = runs
        start = next((at for at, part in enumerate(first) if part.has_core_label), 0 if others else len(first))
        self._add_lead(list(first[:start]), title, breadcrumb)
        for run in filter(None, [first[start:], *others]):
            self.collector.add_entry(run, None, (*breadcrumb, title or self.collector.article_id))

    def _add_lead(self, lead: list[Part], title: str, breadcrumb: tuple[str, ...]) -> None:
        """Add what precedes the first of several entries: general advice, or an introduction."""
        announcement: list[Element] = []
        while lead and lead[-1].label is None and _ANNOUNCEMENT.search(lead[-1].element.markdown):
            announcement.insert(0, lead.pop().element)
        if any(map(_gives_advice, lead)):
            self.collector.add_entry(lead, title, breadcrumb)
        else:
            self.collector.exclude(ExcludedKind.INTRODUCTION, [part.element for part in lead])
        self.collector.exclude(ExcludedKind.INTRODUCTION, announcement)

    def _add_tables(self, tables: Iterable[Element], breadcrumb: tuple[str, ...]) -> None:
        for table in tables:
            rows = row_parts(table, self.sections.labels, self.sections.styles)
            self.collector.add_rows(table, rows, breadcrumb)

    def _has_entry_rows(self, element: Element) -> bool:
        return has_entry_rows(element, self.sections.labels, self.sections.styles)

    def _parts(
        self, elements: Iterable[Element], *, in_tables: bool = True, placed: Mapping[int, LabelMatch] = _NONE_PLACED
    ) -> Iterator[Part]:
        """Yield the labelled parts of elements; `placed` has the labels of headings by their identity."""
        for part in split_parts(elements, self.sections.labels, self.sections.styles, in_tables=in_tables):
            label = placed.get(id(part.element))
            yield part if label is None else replace(part, label=label)


def _gives_advice(part: Part) -> bool:
    is_callout = part.label is not None and part.label.label in CALLOUTS
    return is_callout or part.element.kind in {ElementKind.STEPS, ElementKind.CODE}


def _split_at_messages(parts: Iterable[Part]) -> list[list[Part]]:
    """Divide the parts under one heading into entries: the next begins where a message follows a solution."""
    runs: list[list[Part]] = [[]]
    builder = EntryBuilder()
    for part in parts:
        if part.label is not None and part.label.label is Label.MESSAGE and builder.is_complete:
            runs.append([])
            builder = EntryBuilder()
        builder.add(part)
        runs[-1].append(part)
    return runs
