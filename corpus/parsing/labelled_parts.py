"""A section's elements become pieces: each begins with a label, or goes on with the part before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import PARTS, Labelled, Labels, Style
from corpus.parsing.entry_rows import elements_of_cell, is_label_table, rows_in


@dataclass(frozen=True, slots=True)
class Piece:
    """An element, or what stands between two labels of one.

    Attributes:
        label: The label it begins with; None where it goes on with the part before.
    """

    element: Element
    label: Labelled | None = None


def pieces_of(
    elements: Iterable[Element], labels: Labels, styles: frozenset[Style], *, tables: bool = True
) -> Iterator[Piece]:
    """Yield the pieces of a section.

    Args:
        elements: What stands in the section, headings below it included.
        labels: The words that are labels.
        styles: How the article marks them.
        tables: Whether labels in tables and lists count; they do not in an entry that has its id in braces.
    """
    for element in elements:
        if element.kind is ElementKind.HEADING:
            yield Piece(element, labels.in_heading(element.markdown))
        elif element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            yield from _lines(element, labels, styles)
        elif tables and element.kind is ElementKind.TABLE and is_label_table(element, labels):
            yield from _cells(element, labels)
        elif tables and element.items and _is_label_list(element.items, labels, styles):
            yield from _items(element, labels, styles)
        else:
            yield Piece(element)


def _lines(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[Piece]:
    """Divide a paragraph at its labels; a quote is one piece, whose first line may be labelled.

    The lines "**Message:** a", "**Cause:** b", "and c" are two pieces: Message "a", Cause "b and c".
    """
    start: Labelled | None = None
    run: list[str] = []
    first = 0
    for number, line in enumerate(lines := element.markdown.split("\n")):
        found = None
        if number == 0 or element.kind is ElementKind.PARAGRAPH:
            found = labels.in_line(_without_hard_break(line) if number + 1 < len(lines) else line, styles)
        if found is None:
            run.append(_without_definition_mark(line) if start and not any(run) else line)
            continue
        if number:
            yield Piece(_part(element, run, first), start)
        start, run, first = found, [found.rest], number
    yield Piece(_part(element, run, first), start)


def _part(element: Element, run: Sequence[str], first: int) -> Element:
    size = 0 if first else element.size  # counted once
    text = "\n".join(run).strip()
    if element.first_line is None:
        return replace(element, markdown=text, size=size)
    line = element.first_line + first
    last = min(line + len(run) - 1, element.last_line or line)
    return replace(element, markdown=text, first_line=line, last_line=last, size=size)


def _without_hard_break(line: str) -> str:
    """A label alone on its line is often kept there by two blanks or a backslash at its end."""
    return line.rstrip(" ").removesuffix("\\")


def _without_definition_mark(line: str) -> str:
    """A definition list puts a colon before what the term on the line above means: "Cause" over ": A router"."""
    return line.lstrip()[2:].lstrip() if line.lstrip().startswith(": ") else line


def _cells(table: Element, labels: Labels) -> Iterator[Piece]:
    """Each row of a two-column table is a part: | Cause | A router. | is Cause "A router."."""
    size = table.size
    lines = table.row_lines or (None,) * len(table.rows)
    for (words, text), line in zip(table.rows, lines, strict=False):
        label = labels.of(words)
        found = None if label is None else Labelled(label, words.strip("*_: "), "")
        name = "" if found or not words else f"**{words.strip('* ')}**"
        yield Piece(Element(ElementKind.PARAGRAPH, name, line, line, size=size), found)
        size = 0
        yield from map(Piece, elements_of_cell(text, line))


def _is_label_list(items: Sequence[str], labels: Labels, styles: frozenset[Style]) -> bool:
    found = [line.label for item in items if (line := labels.in_line(item.split("\n", 1)[0], styles))]
    return len(found) == len(items) and bool(set(found) & PARTS)


def _items(bullets: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[Piece]:
    """Each item of a list of labels is a part: "- **Cause:** b" is Cause "b"."""
    size = bullets.size
    for item in bullets.items:
        for element in elements_of_cell(item, None):
            own = replace(element, first_line=None, last_line=None, size=size)
            size = 0
            for piece in pieces_of((own,), labels, styles, tables=False):
                place = replace(piece.element, first_line=bullets.first_line, last_line=bullets.last_line)
                yield replace(piece, element=place)


def rows_of(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[list[Piece]]:
    """Yield the pieces of each entry where a row, or an item, is one."""
    for row in rows_in(element, labels, styles):
        pieces = [Piece(Element(ElementKind.PARAGRAPH, "", row.line, row.last_line))]
        for label, text in row.cells:
            first, *more = [*elements_of_cell(text, row.line), pieces[0].element]
            if label is None:
                pieces += pieces_of([first, *more], labels, styles)
            else:
                pieces += [Piece(first, Labelled(label, label.value, "")), *map(Piece, more)]
        yield pieces
