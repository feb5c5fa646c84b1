"""CSV: each row is an entry, and the header says what each column is.

Error,Cause,Fix,Where
Paper jam,Dust,"1. Open it.
2. Clean it.",Hall          the last header is not a label: the cell becomes the context "Where: Hall"

A table with an error code in each row needs no such header (`corpus/code_tables.py`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from corpus.code_tables import code_table
from corpus.errors import ArticleError
from corpus.formats.decoding import check_lines, decode_text
from corpus.formats.document import Document, Element, Excluded, ExcludedKind, Problem
from corpus.formats.structured import Record, record_elements, size_of_texts
from corpus.labels import Label, Labels

_ID = "id"
_TITLE = "title"
_FIELDS = {"id": _ID, "_id": _ID, "entry id": _ID, "slug": _ID, "title": _TITLE, "name": _TITLE}
_NOT_IN_ID = re.compile(r"[^\w.-]+")
_MAX_CELL = 1_000_000  # characters
_MOST_COLUMNS = 1_000


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a table; a row that is not an entry becomes a problem of the document.

    Raises:
        ArticleError: It is not text, or has no column for the message or none for the solution.
    """
    text = decode_text(content, source)
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, source))
    table: RowTable | None = None
    size, line = 0, 1
    try:
        for row in reader:
            if len(row) > _MOST_COLUMNS:
                raise ArticleError(source, f"has a row of {len(row):,} cells, more than {_MOST_COLUMNS:,}", line)
            if table is None and _names_columns(row, labels):
                table = RowTable(header_of(row, source, labels), labels)
            elif table is None:
                check_lines(text, source)
                return _documents_of_codes([(row, line), *_numbered(reader)], source, labels)
            elif any(map(str.strip, row)):
                table.add(row, line)
            size += size_of_texts(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ArticleError(source, f"is not valid CSV ({error}); export it again", line) from error
    if table is None:
        return (Document(),)
    head = Excluded(ExcludedKind.COLUMN_NAMES, 1, 1, size_of_texts(table.header))
    return (Document(elements=tuple(table.elements), excluded=(head,), size=size, problems=tuple(table.problems)),)


def _numbered(reader: Any) -> Iterator[tuple[list[str], int]]:
    """Yield each row that is left, but for empty ones, with the line that it begins in."""
    line = reader.line_num + 1
    for row in reader:
        if any(map(str.strip, row)):
            yield row, line
        line = reader.line_num + 1


def _documents_of_codes(rows: Sequence[tuple[list[str], int]], source: str, labels: Labels) -> tuple[Document, ...]:
    """Read a table of error codes, whose header names no message and no solution, or which has none.

    Raises:
        ArticleError: It is no such table.
    """
    filled = [(row, line) for row, line in rows if any(map(str.strip, row))]
    codes = code_table([row for row, _ in filled], labels)
    if codes is None:
        header_of(filled[0][0] if filled else [], source, labels)  # says what is missing
        return ()
    header, body = (filled[0][0], filled[1:]) if codes.has_header else ([], filled)
    names = [label.value if label else (header[at] if at < len(header) else "Note") for label, at in codes.cells]
    table = RowTable(names, labels)
    for row, line in body:
        table.add([row[at] if at < len(row) else "" for _, at in codes.cells], line, size=size_of_texts(row))
    head = (Excluded(ExcludedKind.COLUMN_NAMES, 1, 1, size_of_texts(header)),) if header else ()
    size = sum(size_of_texts(row) for row, _ in filled)
    return (Document(elements=tuple(table.elements), excluded=head, size=size, problems=tuple(table.problems)),)


@dataclass(slots=True)
class RowTable:
    """The rows read so far: elements of those that are entries, problems of the others."""

    header: Sequence[str]
    labels: Labels
    elements: list[Element] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines_of_ids: dict[str, int] = field(default_factory=dict)

    def add(self, row: Sequence[str], line: int, *, size: int | None = None) -> None:
        """Add a row that begins in `line`; `size` is its characters where it is not all of the file's row."""
        if len(row) > len(self.header):
            counts = f"{len(row)} cells but the header {len(self.header)}"
            self.problems.append(Problem(line, f"the row has {counts}; put texts that contain commas in quotes"))
            return
        record = self._record(row, line)
        if Label.SOLUTION not in record.parts:
            heading = (
                f"{{#{record.slug}}}" if record.slug else next(iter(record.parts.get(Label.MESSAGE, ())), record.title)
            )
            self.problems.append(Problem(line, "the row has no solution; write one in its column", heading))
        elif record.slug and (first := self.lines_of_ids.setdefault(record.slug, line)) != line:
            text = f'the row has the id "{record.slug}", which line {first} already has; change one'
            self.problems.append(Problem(line, text))
        else:
            self.elements += record_elements(record, size_of_texts(row) if size is None else size)

    def _record(self, row: Sequence[str], line: int) -> Record:
        fields: dict[str, str] = {}
        parts: dict[Label, list[str]] = {}
        for name, cell in zip(self.header, map(str.strip, row), strict=False):
            label = self.labels.of(name)
            if label is None and (known := _FIELDS.get(name.casefold())):
                fields[known] = cell
            elif cell:
                parts.setdefault(label or Label.CONTEXT, []).extend(_texts(name, cell, label))
        slug = _NOT_IN_ID.sub("-", fields.get(_ID, "")).strip("-") or None
        return Record(fields.get(_TITLE), slug, parts, line)


def _texts(name: str, cell: str, label: Label | None) -> list[str]:
    """Return the texts in a cell: each line of the symptoms is one."""
    if label is Label.SYMPTOMS:
        return [line for line in cell.split("\n") if line.strip()]
    return [f"{name}: {cell}" if label is None else cell]


def _delimiter(text: str, source: str) -> str:
    first_line = text.split("\n", 1)[0]
    if source.endswith(".tsv"):
        return "\t"
    return max(",;\t", key=first_line.count)


def header_of(row: Sequence[str], source: str, labels: Labels) -> list[str]:
    """Return the names of the columns.

    Raises:
        ArticleError: None is for the message, or none for the solution.
    """
    if not _names_columns(row, labels):
        problem = "has no column for the message or the solution; name both in its first line, as in Message,Solution"
        raise ArticleError(source, problem, 1)
    return [name.strip() for name in row]


def _names_columns(row: Sequence[str], labels: Labels) -> bool:
    """Whether a row names a column for the message and one for the solution."""
    columns = {labels.of(name) or _FIELDS.get(name.strip().casefold()) for name in row}
    return Label.SOLUTION in columns and bool(columns & {Label.MESSAGE, Label.SYMPTOMS, _TITLE})
