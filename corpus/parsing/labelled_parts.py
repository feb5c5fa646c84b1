"""A section's elements become labelled parts: each begins with a label, or continues the part before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, LabelMatch, Labels, Style
from corpus.parsing.entry_rows import cell_elements, entry_rows, is_label_table


@dataclass(frozen=True, slots=True)
class Part:
    """An element, or the lines of one between two labels.

    Attributes:
        element: The element, or a paragraph of those lines of it.
        label: The label it begins with; None where it continues the part before.
    """

    element: Element
    label: LabelMatch | None = None

    @property
    def has_core_label(self) -> bool:
        """Whether it begins with the label of a message, of symptoms, of a cause or of a solution."""
        return self.label is not None and self.label.label in CORE_LABELS


def split_parts(
    elements: Iterable[Element], labels: Labels, styles: frozenset[Style], *, in_tables: bool = True
) -> Iterator[Part]:
    """Yield the labelled parts of a section.

    Args:
        elements: The content of the section, the headings below it included.
        labels: The words that are labels.
        styles: How the article marks them.
        in_tables: Whether labels in tables and lists count; they do not in an entry that has its id in braces.
    """
    for element in elements:
        if element.kind is ElementKind.HEADING:
            yield Part(element, labels.match_heading(element.markdown))
        elif element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            yield from _line_parts(element, labels, styles)
        elif in_tables and element.kind is ElementKind.TABLE and is_label_table(element, labels):
            yield from _table_parts(element, labels)
        elif in_tables and element.items and _is_label_list(element.items, labels, styles):
            yield from _list_parts(element, labels, styles)
        else:
            yield Part(element)


def row_parts(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[list[Part]]:
    """Yield the labelled parts of each entry of an element in which every row, or every item, is an entry."""
    for row in entry_rows(element, labels, styles):
        parts = [Part(Element(ElementKind.PARAGRAPH, "", row.line, row.last_line))]
        for label, text in row.cells:
            first, *rest = [*cell_elements(text, row.line), parts[0].element]
            if label is None:
                with_colon = styles | ({Style.COLON} if element.items else set())
                parts += split_parts([first, *rest], labels, with_colon)
            else:
                parts += [Part(first, LabelMatch(label, label.value, "")), *map(Part, rest)]
        yield parts


def _line_parts(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[Part]:
    """Divide a paragraph at its labels; a quote is one part, whose first line may have a label.

    The lines "**Message:** a", "**Cause:** b", "and c" are two parts: Message "a", Cause "b and c".
    """
    label: LabelMatch | None = None
    own: list[str] = []
    start = 0
    for number, line in enumerate(lines := element.markdown.split("\n")):
        match = None
        if number == 0 or element.kind is ElementKind.PARAGRAPH:
            match = labels.match_line(_without_hard_break(line) if number + 1 < len(lines) else line, styles)
        if match is None:
            own.append(_without_definition_mark(line) if label and not any(own) else line)
            continue
        if number:
            yield Part(_lines_of(element, own, start), label)
        label, own, start = match, [match.rest], number
    yield Part(_lines_of(element, own, start), label)


def _lines_of(element: Element, lines: Sequence[str], start: int) -> Element:
    """Return the lines of an element from number `start` on, counted from 0; the first ones have its whole size."""
    size = 0 if start else element.size
    text = "\n".join(lines).strip()
    if element.first_line is None:
        return replace(element, markdown=text, size=size)
    first = element.first_line + start
    last = min(first + len(lines) - 1, element.last_line or first)
    if (first, last, text) == (element.first_line, element.last_line, element.markdown):
        return element  # most have no label
    return replace(element, markdown=text, first_line=first, last_line=last, size=size)


def _without_hard_break(line: str) -> str:
    """Remove the two spaces or the backslash that keep a label alone on its line."""
    return line.rstrip(" ").removesuffix("\\")


def _without_definition_mark(line: str) -> str:
    """Remove the colon before a definition: "Cause" over ": A router"."""
    return line.lstrip()[2:].lstrip() if line.lstrip().startswith(": ") else line


def _table_parts(table: Element, labels: Labels) -> Iterator[Part]:
    """Yield the rows of a table of two columns: | Cause | A router. | is Cause "A router."."""
    size = table.size
    lines = table.row_lines or (None,) * len(table.rows)
    for (words, text), line in zip(table.rows, lines, strict=False):
        label = labels.of(words)
        match = None if label is None else LabelMatch(label, words.strip("*_: "), "")
        name = "" if match or not words else f"**{words.strip('* ')}**"
        yield Part(Element(ElementKind.PARAGRAPH, name, line, line, size=size), match)
        size = 0
        yield from map(Part, cell_elements(text, line))


def _is_label_list(items: Sequence[str], labels: Labels, styles: frozenset[Style]) -> bool:
    matches = [match.label for item in items if (match := labels.match_line(item.split("\n", 1)[0], styles))]
    return len(matches) == len(items) and not CORE_LABELS.isdisjoint(matches)


def _list_parts(bullets: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[Part]:
    """Yield the items of a list of labels: "- **Cause:** b" is Cause "b"."""
    size = bullets.size
    for item in bullets.items:
        for element in cell_elements(item, None):
            own = replace(element, first_line=None, last_line=None, size=size)
            size = 0
            for part in split_parts((own,), labels, styles, in_tables=False):
                place = replace(part.element, first_line=bullets.first_line, last_line=bullets.last_line)
                yield replace(part, element=place)
