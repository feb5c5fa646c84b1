"""CSV: a row is an entry, its columns are found by what their headers say.

Error,Cause,Fix,Where
Paper jam,Dust,"1. Open it.
2. Clean it.",Hall          the last column has no label: it becomes the context "Where: Hall"
"""

from __future__ import annotations

import csv
import io
import re

from corpus.errors import ArticleError
from corpus.formats.decoding import text_of
from corpus.formats.document import Aside, Document, Element
from corpus.formats.structured import Record, elements_of, size_of_texts
from corpus.labels import Label, Labels

Problems = list[tuple[int | None, str]]
_NAMES = {"id": "id", "_id": "id", "entry id": "id", "slug": "id", "title": "title", "name": "title"}
_SLUG = re.compile(r"[^\w.-]+")
_LABELS = Labels()
_MOST_IN_CELL = 1_000_000


def documents(content: bytes, source: str) -> tuple[Document, ...]:
    """Read the bytes of a table.

    Raises:
        ArticleError: It is no text, or has no column for a message and one for a solution.
    """
    text = text_of(content, source)
    csv.field_size_limit(_MOST_IN_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, source))
    header: list[str] = []
    elements: list[Element] = []
    problems: Problems = []
    lines: dict[str, int] = {}
    size, line = 0, 1
    try:
        for row in reader:
            if not header:
                header = _header(row, source)
            elif any(map(str.strip, row)):
                elements += _elements(header, row, line, problems, lines)
            size += size_of_texts(row)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ArticleError(source, f"is no table in CSV ({error}); export it again", line) from error
    head = Aside("header", 1, 1, size_of_texts(header))
    return (Document(elements=tuple(elements), asides=(head,), size=size, problems=tuple(problems)),)


def _delimiter(text: str, source: str) -> str:
    first = text.split("\n", 1)[0]
    if source.endswith(".tsv"):
        return "\t"
    return max(",;\t", key=first.count)


def _header(row: list[str], source: str) -> list[str]:
    found = {_LABELS.of(name) or _NAMES.get(name.strip().casefold()) for name in row}
    if Label.SOLUTION not in found or not found & {Label.MESSAGE, Label.SYMPTOMS, "title"}:
        problem = "has no column for the message and the solution; name them in its first line, as in Message,Solution"
        raise ArticleError(source, problem, 1)
    return [name.strip() for name in row]


def _elements(header: list[str], row: list[str], line: int, problems: Problems, lines: dict[str, int]) -> list[Element]:
    if len(row) > len(header):
        problems.append(
            (line, f"the row has {len(row)} cells, the header {len(header)}; put texts with commas in quotes")
        )
        return []
    named: dict[str, str] = {}
    parts: dict[Label, list[str]] = {}
    for name, text in zip(header, row, strict=False):
        label = _LABELS.of(name)
        if label is None and (known := _NAMES.get(name.casefold())):
            named[known] = text.strip()
        elif text.strip():
            told = (
                [each for each in text.strip().split("\n") if each.strip()]
                if label is Label.SYMPTOMS
                else [text.strip()]
            )
            parts.setdefault(label or Label.CONTEXT, []).extend(told if label else [f"{name}: {text.strip()}"])
    slug = _SLUG.sub("-", named.get("id", "")).strip("-") or None
    if Label.SOLUTION not in parts:
        problems.append((line, "the row has no solution; write one in its column"))
        return []
    if slug and (earlier := lines.setdefault(slug, line)) != line:
        problems.append((line, f'the row has the id "{slug}", as that of line {earlier}; change one'))
        return []
    return list(elements_of(Record(named.get("title"), slug, parts, line), size_of_texts(row)))
