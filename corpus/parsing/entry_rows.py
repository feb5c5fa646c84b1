"""Tables and lists that hold parts of an entry, or an entry in each row.

| Error | A jam. |         labels in the first column: the table is one entry
| Cause | Dust.  |

| Error | Cause | Fix |   labels in the header: each row is an entry
| A jam | Dust. | Dust. |

- **Error 10.** Text.     each item begins with a message or has a solution: each is an entry
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.formats import markdown
from corpus.formats.document import Element, ElementKind
from corpus.labels import PARTS, Label, Labels, Style
from corpus.parsing.headings import begins_as_message

_LEAD = re.compile(r"\A(?:\*\*(?P<bold>[^*\n]{3,200})\*\*|(?P<line>[^\n]{3,200}(?=\n)))\s*")
_ERRORS = frozenset({Label.MESSAGE, Label.SYMPTOMS})
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_SEPARATOR = re.compile(r"\A(?:[:\u2013\u2014-]\s+)")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is a row of a table or an item of a list.

    Attributes:
        cells: What each cell is, by its label, and its text; what has no label says of itself what it is.
        line: Where it begins.
        last_line: Where it ends.
    """

    cells: tuple[tuple[Label | None, str], ...]
    line: int | None
    last_line: int | None


def is_label_table(table: Element, labels: Labels) -> bool:
    """Whether a table of two columns has labels in the first: | Error | ... | over | Cause | ... |."""
    if any(len(row) != 2 for row in table.rows):
        return False
    found = {labels.of(row[0]) for row in table.rows}
    return len(found & PARTS) > 1


def holds_rows(element: Element, labels: Labels, styles: frozenset[Style]) -> bool:
    """Whether each row of a table, or each item of a list, is an entry."""
    if element.kind is ElementKind.TABLE:
        return _columns(element, labels) is not None
    return len(element.items) > 1 and all(_split(item, labels, styles) for item in element.items)


def rows_in(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[Row]:
    """Yield the entries of an element that `holds_rows`."""
    if element.kind is ElementKind.TABLE:
        yield from _table_rows(element, labels)
        return
    lines = element.row_lines or (element.first_line,) * len(element.items)
    ends = [line and line - 1 for line in lines[1:]] if element.row_lines else [element.last_line] * (len(lines) - 1)
    for item, line, last in zip(element.items, lines, [*ends, element.last_line], strict=False):
        lead, rest = _split(item, labels, styles) or (item, "")
        yield Row(((Label.MESSAGE, lead), (None, rest)), line, last)


def elements_of_cell(text: str, line: int | None) -> Iterator[Element]:
    """Read the Markdown in a cell."""
    for element in markdown.read(_BREAK.sub("\n", text), "").elements:
        own = replace(element, first_line=line, last_line=line, size=0)
        if element.kind is ElementKind.HEADING:
            own = replace(own, kind=ElementKind.PARAGRAPH, level=0, markdown=f"**{element.markdown}**")
        yield own


def _columns(table: Element, labels: Labels) -> tuple[Label | None, ...] | None:
    """Return what each column holds where a row is an entry: an error, and its cause or its solution."""
    if len(table.rows) < 2:
        return None
    found = tuple(map(labels.of, table.rows[0]))
    named = {label for label in found if label is not None}
    if found[0] is None and {Label.CAUSE, Label.SOLUTION} <= named and not named & _ERRORS:
        found = (Label.MESSAGE, *found[1:])  # whatever it calls what goes wrong
    tells = named & {Label.SOLUTION, Label.CAUSE} and (named & _ERRORS or found[0] is Label.MESSAGE)
    return found if tells else None


def _table_rows(table: Element, labels: Labels) -> Iterator[Row]:
    """A row that says one thing over all columns names a group: it is context of the rows below."""
    columns = _columns(table, labels) or ()
    lines = table.row_lines or (None,) * len(table.rows)
    headers = [header.strip("*_: ") for header in table.rows[0]]
    group: tuple[tuple[Label | None, str], ...] = ()
    for row, line in zip(table.rows[1:], lines[1:], strict=False):
        told = {text.strip() for text in row} - {""}
        if len(told) == 1 and len(row) > 1:
            group = ((Label.CONTEXT, told.pop().strip("*_: ")),)
            continue
        cells = (
            (column or Label.CONTEXT, text if column else f"{header}: {text}")
            for header, column, text in zip(headers, columns, row, strict=False)
            if text.strip()
        )
        yield Row((*group, *cells), line, line)


def _split(item: str, labels: Labels, styles: frozenset[Style]) -> tuple[str, str] | None:
    """Divide an item into its message and the rest, if it is an entry."""
    found = _LEAD.match(item)
    if found is None:
        return None
    lead, rest = (found["bold"] or found["line"]).strip("* "), _SEPARATOR.sub("", item[found.end() :])
    if begun := labels.in_line(item.split("\n", 1)[0], styles):
        lead = begun.rest
    lines = (re.sub(r"\A\s*[-*+] ", "", line) for line in rest.split("\n"))
    solves = any((line := labels.in_line(text, styles)) and line.label is Label.SOLUTION for text in lines)
    is_error = begun is None or (begun.label is Label.MESSAGE and lead)
    is_message = found["bold"] and begun is None and begins_as_message(lead) and re.search(r"\w", rest)
    return (lead, rest) if is_error and (solves or is_message) else None
