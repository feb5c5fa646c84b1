"""Tables of error codes: each row is an error, whatever the header calls the columns, and without one.

| Code | Title | Detail |      | Exit code | Meaning |      10001,Berth closed,It takes no ships today
| 10001 | Berth closed | ... |  | 3 | No crane |            10002,Berth unknown,No berth has this number
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.labels import Label, Labels

_MARKS = "`*_\"'()[] "
_NUMBER = re.compile(r"-?\d{1,10}(?:\.\d{1,3})?(?:\s?[-\u2013]\s?\d{1,10})?")
_CODE = re.compile(
    r"0x[0-9a-fA-F]{1,16}"
    r"|[A-Z][A-Za-z]{0,9}[ -]?\d[\w.-]{0,14}"  # W-302, ORA-01017, E12
    r"|\d[A-Z0-9]{3,5}"  # 42P01
    r"|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"  # BERTH_CLOSED
)
_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z0-9]*)+|[a-z0-9]+(?:[_.-][a-z0-9]+)+|[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+")
_CODES = re.compile(r"\s*(?:,|/|;|\bor\b|\band\b|<br ?/?>)\s*")
_CODE_HEADER = re.compile(
    r"\b\w*(?:code|kode|kod|c[o\u00f3]digo|codice|c\u00f3d|err(?:or|eur|ore)?|errno|fehler|fout|fault|alarm|status|hresult"
    r"|exit|event id|sqlstate)\w*\b|\b(?:id|no|nr|number|num\u00e9ro|nummer|identifier|constant|name|symbol)\b",
    re.IGNORECASE,
)
_SURE_HEADER = re.compile(r"(?:\w+ )?(?:code|codes|c\u00f3digo|codice|fehlercode|foutcode)", re.IGNORECASE)
_NO_CODE_HEADER = re.compile(
    r"\b(?:port|size|version|year|price|quantity|qty|line|row|step|page|date|amount|width|height|limit|default|plan"
    r"|region|country|postal|zip|post|area|dialling|country|currency|product|item|sku|model|shortcut|language|type)\b",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|_")
_LONGEST_NAME = 90  # characters of a text that is a message beside its code; a longer one explains it


@dataclass(frozen=True, slots=True)
class CodeTable:
    """How a table of codes is read.

    Attributes:
        cells: The part of the entry that each cell is, by the number of its column; one may be two parts. None is a
            cell whose header says what it is.
        has_header: Whether the first row names the columns.
    """

    cells: tuple[tuple[Label | None, int], ...]
    has_header: bool


def code_table(rows: Sequence[Sequence[str]], labels: Labels) -> CodeTable | None:
    """Return how a table is read whose rows are an error code each; None if it is another table.

    Args:
        rows: All rows, the header included.
        labels: The words that name the parts of an entry.
    """
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:
        return None
    names = [_spaced(cell) for cell in (*rows[0], *[""] * (width - len(rows[0])))]
    body = [row for row in rows[1:] if len({cell.strip() for cell in row} - {""}) > 1]
    has_header = not any(_is_code(_cell(rows[0], at)) for at in range(width))
    if not has_header:
        names, body = [""] * width, [rows[0], *body]
    column = next((at for at in range(width) if _holds_codes(names[at], [_cell(row, at) for row in body])), None)
    if column is None:
        return None
    texts = [at for at in range(width) if at != column and _holds_texts([_cell(row, at) for row in body])]
    if not texts:
        return None
    return CodeTable(tuple(_cells(column, texts, names, body, labels)), has_header)


def _cells(
    column: int, texts: Sequence[int], names: Sequence[str], body: Sequence[Sequence[str]], labels: Labels
) -> list[tuple[Label | None, int]]:
    """Return what each cell is: the code, then the error's name, then what it means or what to do."""
    known = {at: labels.of(names[at]) for at in texts}
    answers = [at for at in texts if known[at] is Label.SOLUTION] or [at for at in texts if known[at] is Label.CAUSE]
    answer = answers[-1] if answers else texts[-1]
    found: list[tuple[Label | None, int]] = [(Label.MESSAGE, column)]
    for at in texts:
        is_name = at == texts[0] and known[at] not in {Label.CAUSE, Label.SOLUTION, Label.SYMPTOMS}
        if (is_name and at != answer) or (len(texts) == 1 and _are_names([_cell(row, at) for row in body])):
            found.append((Label.MESSAGE, at))
        if at == answer:
            found.append((Label.SOLUTION, at))
        elif not is_name:
            found.append((known[at] or (None if names[at] else Label.CAUSE), at))
    rest = (at for at in range(len(names)) if at != column and at not in texts)
    return [*found, *((labels.of(names[at]) if labels.of(names[at]) is Label.CONTEXT else None, at) for at in rest)]


def _holds_codes(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds an error code in each row, none twice."""
    bare = [cell.strip(_MARKS) for cell in cells]
    parts = [part.strip(_MARKS) for cell in bare for part in _CODES.split(cell)]
    if not bare or not all(parts) or len(set(bare)) < len(bare) or _NO_CODE_HEADER.search(name):
        return False
    if _SURE_HEADER.fullmatch(name):
        return all(_CODE.fullmatch(each) or _NUMBER.fullmatch(each) or _NAME.fullmatch(each) for each in parts)
    if len(bare) < 2:
        return False
    is_named = _CODE_HEADER.search(name) is not None
    if all(_CODE.fullmatch(each) for each in parts):
        return is_named or not name or all(any(map(str.isdigit, each)) and len(each) > 3 for each in parts)
    return all(map(_is_code, parts)) and (is_named or (not name and all(len(each) > 2 for each in parts)))


def _is_code(cell: str) -> bool:
    bare = cell.strip(_MARKS)
    return _CODE.fullmatch(bare) is not None or _NUMBER.fullmatch(bare) is not None


def _holds_texts(cells: Sequence[str]) -> bool:
    """Whether a column has words in most rows."""
    return 2 * sum(" " in cell.strip() or len(cell.strip()) > 12 for cell in cells) >= len(cells)


def _are_names(cells: Sequence[str]) -> bool:
    return all(len(cell) <= _LONGEST_NAME for cell in cells)


def _cell(row: Sequence[str], at: int) -> str:
    return row[at] if at < len(row) else ""


def _spaced(header: str) -> str:
    """Return the words of a header: "errorCode" and "error_code" are "error Code" and "error code"."""
    return _HUMP.sub(" ", header.strip("*_`: ")).strip()
