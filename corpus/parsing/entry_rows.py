"""Tables and lists that are one entry, or an entry in each row or item.

| Error | A jam. |         labels in the first column: the table is one entry
| Cause | Dust.  |

| Error | Cause | Fix |   labels in the header, or a code in each row: each row is an entry
| A jam | Dust. | Dust. |

- **Error 10.** Text.     each item begins with a message or has a solution: each is an entry
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.code_tables import code_table
from corpus.formats import markdown
from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Label, Labels, Style
from corpus.parsing.sections.headings import starts_like_message

_LEAD = re.compile(r"\A(?:\*\*(?P<bold>[^*\n]{3,200})\*\*|(?P<line>[^\n]{3,200}(?=\n)))\s*")
_ERROR_LABELS = frozenset({Label.MESSAGE, Label.SYMPTOMS})
_ANSWER_LABELS = frozenset({Label.CAUSE, Label.SOLUTION})
_WORDS = re.compile(r"[A-Za-z][^\W_][\w ,.;()'\"?!/]*\Z")  # no markup of any kind, so that it need not be read
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_LABEL_INSIDE = re.compile(
    r"(?P<end>[.!?;,\u2013\u2014-]|\*\*)[ \t]+(?P<label>\*{0,2}[^\W\d_][^\W\d_ ]*(?: [^\W\d_]+){0,3}\*{0,2})(?=:)"
)
_SEPARATOR = re.compile(r"\A(?:[:\u2013\u2014-]\s+)")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A row of a table, or an item of a list, that is an entry.

    Attributes:
        cells: The label and the Markdown of each cell; None if the text may have labels of its own.
        line: The first line, from 1; None where the format has no lines.
        last_line: The last line, included.
    """

    cells: tuple[tuple[Label | None, str], ...]
    line: int | None
    last_line: int | None


def is_label_table(table: Element, labels: Labels) -> bool:
    """Whether a table of two columns has labels in the first: | Error | ... | over | Cause | ... |."""
    if any(len(row) != 2 for row in table.rows):
        return False
    first_column = {labels.of(row[0]) for row in table.rows}
    return len(first_column & CORE_LABELS) > 1


def has_entry_rows(element: Element, labels: Labels, styles: frozenset[Style]) -> bool:
    """Whether each row of a table, or each item of a list, is an entry."""
    if element.kind is ElementKind.TABLE:
        return _columns(element, labels) is not None or code_table(element.rows, labels) is not None
    return len(element.items) > 1 and all(_split_item(item, labels, styles) for item in element.items)


def entry_rows(element: Element, labels: Labels, styles: frozenset[Style]) -> Iterator[EntryRow]:
    """Yield the entries of an element that `has_entry_rows`."""
    if element.kind is ElementKind.TABLE:
        yield from _table_rows(element, labels)
        return
    lines = element.row_lines or (element.first_line,) * len(element.items)
    ends = [line and line - 1 for line in lines[1:]] if element.row_lines else [element.last_line] * (len(lines) - 1)
    for item, line, last in zip(element.items, lines, [*ends, element.last_line], strict=False):
        message, rest = _split_item(item, labels, styles) or (item, "")
        yield EntryRow(((Label.MESSAGE, message), (None, rest)), line, last)


def cell_elements(text: str, line: int | None) -> Iterator[Element]:
    """Yield the elements of the Markdown in a cell that begins in `line`; a heading in it becomes bold text."""
    if _WORDS.match(text):
        yield Element(ElementKind.PARAGRAPH, text.strip(), line, line)
        return
    for element in markdown.read(_BREAK.sub("\n", text), "").elements:
        own = replace(element, first_line=line, last_line=line, size=0)
        if element.kind is ElementKind.HEADING:
            own = replace(own, kind=ElementKind.PARAGRAPH, level=0, markdown=f"**{element.markdown}**")
        yield own


def _columns(table: Element, labels: Labels) -> tuple[Label | None, ...] | None:
    """Return the label of each column if each row is an entry: an error with its cause or its solution."""
    if len(table.rows) < 2:
        return None
    columns = tuple(map(labels.of, table.rows[0]))
    named = {label for label in columns if label is not None}
    if columns[0] is None and named >= _ANSWER_LABELS and not named & _ERROR_LABELS:
        columns = (Label.MESSAGE, *columns[1:])  # the first column is the error, whatever its header calls it
    has_error = named & _ERROR_LABELS or columns[0] is Label.MESSAGE
    return columns if named & _ANSWER_LABELS and has_error else None


def _table_rows(table: Element, labels: Labels) -> Iterator[EntryRow]:
    """Yield the rows of a table; one with the same text in all columns names a group, the context of those below."""
    columns = _columns(table, labels)
    if columns is None:
        yield from _code_rows(table, labels)
        return
    lines = table.row_lines or (None,) * len(table.rows)
    headers = [header.strip("*_: ") for header in table.rows[0]]
    group: tuple[tuple[Label | None, str], ...] = ()
    for row, line in zip(table.rows[1:], lines[1:], strict=False):
        texts = {text.strip() for text in row} - {""}
        if len(texts) == 1 and len(row) > 1:
            group = ((Label.CONTEXT, texts.pop().strip("*_: ")),)
            continue
        cells = (
            (column or Label.CONTEXT, text if column else f"{header}: {text}")
            for header, column, text in zip(headers, columns, row, strict=False)
            if text.strip()
        )
        yield EntryRow((*group, *cells), line, line)


def _divided(item: str, labels: Labels) -> str:
    """Return an item with each label of a cause or a solution on a line of its own: "A jam. Fix: open it"."""

    def on_own_line(match: re.Match[str]) -> str:
        end = match["end"] if match["end"] in {".", "!", "?", "**"} else ""
        return f"{end}\n{match['label']}" if labels.of(match["label"]) in _ANSWER_LABELS else match[0]

    return _LABEL_INSIDE.sub(on_own_line, item)


def _code_rows(table: Element, labels: Labels) -> Iterator[EntryRow]:
    """Yield the rows of a table of codes."""
    codes = code_table(table.rows, labels)
    if codes is None:
        return
    headers = [header.strip("*_: ") for header in table.rows[0]] if codes.has_header else []
    lines = table.row_lines or (None,) * len(table.rows)
    for row, line in [*zip(table.rows, lines, strict=False)][codes.has_header :]:
        cells = [
            (label or Label.CONTEXT, text if label or at >= len(headers) else f"{headers[at]}: {text}")
            for label, at in codes.cells
            if at < len(row) and (text := row[at].strip())
        ]
        yield EntryRow(tuple(cells), line, line)


def _split_item(item: str, labels: Labels, styles: frozenset[Style]) -> tuple[str, str] | None:
    """Return the message of an item and the rest of it, or None if the item is not an entry."""
    item, styles = _divided(item, labels), styles | {Style.COLON}
    lead = _LEAD.match(item)
    if lead is None:
        return None
    message, rest = (lead["bold"] or lead["line"]).strip("* "), _SEPARATOR.sub("", item[lead.end() :])
    if label := labels.match_line(item.split("\n", 1)[0], styles):
        message = label.rest
    lines = (re.sub(r"\A\s*[-*+] ", "", line) for line in rest.split("\n"))
    has_solution = any((match := labels.match_line(line, styles)) and match.label is Label.SOLUTION for line in lines)
    is_error = label is None or (label.label is Label.MESSAGE and message)
    is_message = lead["bold"] and label is None and starts_like_message(message) and re.search(r"\w", rest)
    return (message, rest) if is_error and (has_solution or is_message) else None
