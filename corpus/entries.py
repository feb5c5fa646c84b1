"""Elements become entries: headings open them, labels say what the parts are.

The rules, in the order they apply to each element:

1. A level-1 heading is the article's title where the front matter has none.
2. A level-2 heading opens an entry; `{#slug}` at its end is the entry's id within the article.
3. A level-3 heading inside an entry opens a further solution.
4. A bold label at the start of a line opens a part; what follows belongs to it until the next label.
5. Notes and cautions stay where they stand: they are blocks of the solution, and so is what follows them.
6. Text before the first label is context; in an entry with no solution label it is the solution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.article import Block, BlockKind, Entry, Solution, Span
from corpus.errors import ArticleError
from corpus.formats.document import Element, ElementKind
from corpus.labels import Label, bold_label

_EXPLICIT_SLUG = re.compile(r"\{#([\w.-]+)\}\Z")
_NOT_IN_SLUG = re.compile(r"[\W_]+")
_SLUG_LENGTH = 60
_BLOCK_KINDS = {
    ElementKind.STEPS: BlockKind.STEPS,
    ElementKind.CODE: BlockKind.CODE,
    ElementKind.TABLE: BlockKind.TABLE,
    ElementKind.IMAGE: BlockKind.IMAGE,
}
_ASIDES = {Label.NOTE: BlockKind.NOTE, Label.CAUTION: BlockKind.CAUTION}


def parse_entries(elements: Sequence[Element], *, article_id: str, title: str, source: str) -> tuple[Entry, ...]:
    """Make the entries of an article.

    Args:
        elements: The article's elements in order.
        article_id: What the entry ids begin with.
        title: The article's title, the outermost part of every breadcrumb.
        source: The article's file, for messages.

    Raises:
        ArticleError: Two entries have one id, or an entry has nothing to tell.
    """
    entries: list[Entry] = []
    first_lines: dict[str, int | None] = {}
    for section in _sections(elements):
        entry = _Draft.of(section.body).finish(section, article_id, title, source)
        if entry.entry_id in first_lines:
            earlier = first_lines[entry.entry_id]
            raise ArticleError(
                source,
                f'two entries have the id "{entry.entry_id}", the other in line {earlier}; give one of them another '
                "{#id} in its heading",
                entry.span.first_line,
            )
        first_lines[entry.entry_id] = entry.span.first_line
        entries.append(entry)
    return tuple(entries)


def slugify(text: str) -> str:
    """Make an id of a text: "Token couldn't be renewed." becomes "token-couldnt-be-renewed"."""
    plain = re.sub(r"['\u2018\u2019`]", "", text).casefold()
    slug = _NOT_IN_SLUG.sub("-", plain).strip("-")
    return slug if len(slug) <= _SLUG_LENGTH else slug[:_SLUG_LENGTH].rsplit("-", 1)[0]


@dataclass(frozen=True, slots=True)
class _Section:
    """A level-2 heading and the elements under it."""

    heading: Element
    body: tuple[Element, ...]


def _sections(elements: Iterable[Element]) -> Iterator[_Section]:
    heading: Element | None = None
    body: list[Element] = []
    for element in elements:
        if element.kind is ElementKind.HEADING and element.level <= 2:
            if heading is not None:
                yield _Section(heading, tuple(body))
            heading, body = (element if element.level == 2 else None), []
        elif heading is not None:
            body.append(element)
    if heading is not None:
        yield _Section(heading, tuple(body))


@dataclass(slots=True)
class _Draft:
    """An entry being written: where the next element goes depends on the labels before it."""

    messages: list[str] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    cause: list[str] = field(default_factory=list)
    lead: list[Block] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    solutions: list[tuple[str | None, list[Block]]] = field(default_factory=list)
    part: Label | None = None
    resumes: Label | None = None  # the part that goes on after a note

    @classmethod
    def of(cls, body: Iterable[Element]) -> _Draft:
        draft = cls()
        for element in body:
            draft._close_aside(element)
            if element.kind is ElementKind.HEADING:
                draft._open_solution(element.markdown)
            elif element.kind is ElementKind.PARAGRAPH:
                draft._add_paragraph(element.markdown)
            elif element.kind is ElementKind.QUOTE:
                draft._add_paragraph(element.markdown, whole=True)
            else:
                draft._add_element(element)
        return draft

    def finish(self, section: _Section, article_id: str, title: str, source: str) -> Entry:
        heading = section.heading
        explicit = _EXPLICIT_SLUG.search(heading.markdown)
        name = heading.markdown[: explicit.start()].rstrip() if explicit else heading.markdown
        slug = explicit[1] if explicit else slugify(self.messages[0] if self.messages else "") or slugify(name)
        if not slug:
            raise ArticleError(
                source,
                f'no id can be made of the heading "{name}"; end it with one, as in {{#name}}',
                heading.first_line,
            )
        solutions = self._solutions()
        if not solutions and self.lead:
            solutions, self.lead = (Solution(None, tuple(self.lead)),), []
        if not solutions:
            raise ArticleError(
                source,
                f'the entry "{name}" has no solution; write one under its heading, then run "assistant build"',
                heading.first_line,
            )
        context = "\n\n".join([*(block.markdown for block in self.lead), *self.context])
        last_line = section.body[-1].last_line if section.body else heading.last_line
        return Entry(
            entry_id=f"{article_id}#{slug}",
            title=name,
            messages=tuple(self.messages),
            symptoms=tuple(self.symptoms),
            cause="\n\n".join(self.cause) or None,
            solutions=solutions,
            context=context or None,
            breadcrumb=(title,),
            span=Span(heading.first_line, last_line),
        )

    def _solutions(self) -> tuple[Solution, ...]:
        return tuple(Solution(title, tuple(blocks)) for title, blocks in self.solutions if blocks)

    def _open_solution(self, title: str | None) -> None:
        self.part = self.resumes = Label.SOLUTION
        only_asides = self.solutions and all(block.kind in _ASIDES.values() for block in self.solutions[-1][1])
        if only_asides and self.solutions[-1][0] is None:
            self.solutions[-1] = (title, self.solutions[-1][1])
        else:
            self.solutions.append((title, []))

    def _add_paragraph(self, markdown: str, *, whole: bool = False) -> None:
        """Add a paragraph, which labels at the start of its lines may divide; a quote stays `whole`."""
        run: list[str] = []
        for number, line in enumerate(markdown.split("\n")):
            labelled = bold_label(line) if number == 0 or not whole else None
            if labelled is None:
                run.append(line)
                continue
            self._add_text("\n".join(run))
            label, rest = labelled
            self._open(label)
            run = [rest]
        self._add_text("\n".join(run))

    def _open(self, label: Label) -> None:
        if label is Label.SOLUTION:
            self._open_solution(None)
        if label not in _ASIDES:
            self.resumes = label
        self.part = label

    def _close_aside(self, element: Element) -> None:
        """A note ends with its paragraph, unless that ends in a colon and what it announces follows."""
        if self.part not in _ASIDES:
            return
        note = self.solutions[-1][1][-1] if self.solutions and self.solutions[-1][1] else None
        if note is None or not note.markdown.endswith(":") or element.kind is ElementKind.HEADING:
            self.part = self.resumes

    def _add_text(self, text: str) -> None:
        if not (text := text.strip()):
            return
        if self.part is Label.MESSAGE:
            self.messages.append(text)
        elif self.part is Label.SYMPTOMS:
            self.symptoms.append(text)
        elif self.part is Label.CAUSE:
            self.cause.append(text)
        elif self.part is Label.CONTEXT:
            self.context.append(text)
        else:
            self._add_block(Block(_ASIDES.get(self.part or Label.SOLUTION, BlockKind.TEXT), text))

    def _add_element(self, element: Element) -> None:
        lists = {Label.MESSAGE: self.messages, Label.SYMPTOMS: self.symptoms}
        if element.items and self.part in lists:
            lists[self.part].extend(element.items)
        elif self.part in _ASIDES:
            note = self.solutions[-1][1].pop()
            self._add_block(Block(note.kind, f"{note.markdown}\n\n{element.markdown}"))
            self.part = self.resumes
        elif self.part is Label.CAUSE:
            self.cause.append(element.markdown)
        elif self.part in lists or self.part is Label.CONTEXT:
            self._add_text(_unfenced(element))
        else:
            self._add_block(Block(_BLOCK_KINDS.get(element.kind, BlockKind.TEXT), element.markdown))

    def _add_block(self, block: Block) -> None:
        if self.part is None:
            self.lead.append(block)
            return
        if not self.solutions:
            self.solutions.append((None, []))
        self.solutions[-1][1].append(block)


def _unfenced(element: Element) -> str:
    """A message in a code block is the text in it."""
    if element.kind is not ElementKind.CODE:
        return element.markdown
    return re.sub(r"\A(```+|~~~+)[^\n]*\n|\n(```+|~~~+)\s*\Z", "", element.markdown)
