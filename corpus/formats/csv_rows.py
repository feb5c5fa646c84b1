"""CSV: each row is an entry, and the header says what each column is.

Error,Cause,Fix,Where
Paper jam,Dust,"1. Open it.
2. Clean it.",Hall          the last header is not a label: the cell becomes the context "Where: Hall"
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.errors import ArticleError
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Element, Excluded, ExcludedKind, Problem
from corpus.formats.structured import Record, record_elements, size_of_texts
from corpus.labels import Label, Labels

_ID = "id"
_TITLE = "title"
_FIELDS = {"id": _ID, "_id": _ID, "entry id": _ID, "slug": _ID, "title": _TITLE, "name": _TITLE}
_NOT_IN_ID = re.compile(r"[^\w.-]+")
_MAX_CELL = 1_000_000  # characters


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
            if table is None:
                table = RowTable(header_of(row, source, labels), labels)
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


@dataclass(slots=True)
class RowTable:
    """The rows read so far: elements of those that are entries, problems of the others."""

    header: Sequence[str]
    labels: Labels
    elements: list[Element] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    lines_of_ids: dict[str, int] = field(default_factory=dict)

    def add(self, row: Sequence[str], line: int) -> None:
        """Add a row that begins in `line`."""
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
            self.elements += record_elements(record, size_of_texts(row))

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
    columns = {labels.of(name) or _FIELDS.get(name.strip().casefold()) for name in row}
    if Label.SOLUTION not in columns or not columns & {Label.MESSAGE, Label.SYMPTOMS, _TITLE}:
        problem = "has no column for the message or the solution; name both in its first line, as in Message,Solution"
        raise ArticleError(source, problem, 1)
    return [name.strip() for name in row]
