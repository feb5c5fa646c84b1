"""A page's table becomes rows of equal length; merged cells are told again in each row and column they span."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus.formats.html.inline import Node

_MAX_CELLS = 20_000
_MAX_SPAN = 100


def own_rows(table: Node) -> Iterator[Node]:
    """Yield the rows of a table, not those of a table in one of its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterchildren("tr")


def own_cells(table: Node) -> Iterator[Node]:
    """Yield the cells of a table."""
    for row in own_rows(table):
        yield from row.iterchildren("td", "th")


def is_layout(table: Node) -> bool:
    """Whether a table only puts things below each other: one column, or said to be for presentation."""
    widest = max((len(list(row.iterchildren("td", "th"))) for row in own_rows(table)), default=0)
    return widest < 2 or table.get("role") == "presentation"


def rows_of(table: Node, inside: Callable[[Node], str]) -> list[tuple[tuple[str, ...], int | None]]:
    """Return the rows of a table, each with the line it stands in.

    Args:
        table: The node.
        inside: Makes Markdown of a cell.
    """
    found: list[tuple[list[str], int | None]] = []
    open_cells: dict[int, tuple[int, str]] = {}  # column: rows still to fill, text
    cells = 0
    for row in own_rows(table):
        texts: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _fill(texts, open_cells)
            is_large = cells > _MAX_CELLS  # such a table is data, or an attack by spans of spans
            across, down = (1, 1) if is_large else (_span(cell, "colspan"), _span(cell, "rowspan"))
            text = inside(cell)
            for _ in range(across):
                if down > 1:
                    open_cells[len(texts)] = down - 1, text
                texts.append(text)
            cells += across
        _fill(texts, open_cells)
        if texts:
            found.append((texts, row.sourceline))
    width = max((len(texts) for texts, _ in found), default=0)
    return [((*texts, *[""] * (width - len(texts))), line) for texts, line in found]


def table_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table, the first as its header."""
    lines = ["| " + " | ".join(map(_one_line, row)) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join("---" for _ in rows[0]) + " |", *lines[1:]])


def _fill(texts: list[str], open_cells: dict[int, tuple[int, str]]) -> None:
    while (column := len(texts)) in open_cells:
        left, text = open_cells.pop(column)
        if left > 1:
            open_cells[column] = left - 1, text
        texts.append(text)


def _span(cell: Node, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), _MAX_SPAN) if value.isdigit() and len(value) < 9 and int(value) else 1


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
