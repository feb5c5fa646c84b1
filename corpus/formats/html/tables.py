"""The table of a page becomes rows of equal length; a merged cell is repeated in each row and column that it spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from corpus.formats.html.inline import Node

_MAX_CELLS = 20_000
_MAX_SPAN = 100
_MAX_COLUMNS = 200  # what stands in further ones is added to the last


def own_rows(table: Node) -> Iterator[Node]:
    """Yield the rows of a table, without those of tables in its cells."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in {"thead", "tbody", "tfoot"}:
            yield from child.iterchildren("tr")


def own_cells(table: Node) -> Iterator[Node]:
    """Yield the cells of a table, without those of tables in its cells."""
    for row in own_rows(table):
        yield from row.iterchildren("td", "th")


def is_layout(table: Node) -> bool:
    """Whether a table is used for layout: it has one column, or the role `presentation`."""
    widest = max((len(list(row.iterchildren("td", "th"))) for row in own_rows(table)), default=0)
    return widest < 2 or table.get("role") == "presentation"


def table_rows(table: Node, cell_markdown: Callable[[Node], str]) -> list[tuple[tuple[str, ...], int | None]]:
    """Return the cells of each row of a table as Markdown, and the line that the row begins in.

    Args:
        table: The node of the table.
        cell_markdown: Returns the Markdown of a cell.
    """
    rows: list[tuple[list[str], int | None]] = []
    spanning: dict[int, tuple[int, str]] = {}  # by column: the number of further rows, and the text
    cells = 0
    for row in own_rows(table):
        texts: list[str] = []
        for cell in row.iterchildren("td", "th"):
            _fill(texts, spanning)
            is_large = cells > _MAX_CELLS  # such a table is data, or an attack by cells that span thousands
            across, down = (1, 1) if is_large else (_span(cell, "colspan"), _span(cell, "rowspan"))
            text = cell_markdown(cell)
            for _ in range(across):
                if down > 1:
                    spanning[len(texts)] = down - 1, text
                texts.append(text)
            cells += across
        _fill(texts, spanning)
        if len(texts) > _MAX_COLUMNS:  # each row is as long as the longest
            texts[_MAX_COLUMNS - 1 :] = [" ".join(texts[_MAX_COLUMNS - 1 :])]
        if texts:
            rows.append((texts, row.sourceline))
    width = max((len(texts) for texts, _ in rows), default=0)
    return [((*texts, *[""] * (width - len(texts))), line) for texts, line in rows]


def table_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of equal length as a Markdown table; the first is the header."""
    lines = ["| " + " | ".join(map(_one_line, row)) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join("---" for _ in rows[0]) + " |", *lines[1:]])


def _fill(texts: list[str], spanning: dict[int, tuple[int, str]]) -> None:
    """Add the cells of rows above that span the next columns of this row."""
    while (column := len(texts)) in spanning:
        left, text = spanning.pop(column)
        if left > 1:
            spanning[column] = left - 1, text
        texts.append(text)


def _span(cell: Node, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), _MAX_SPAN) if value.isdigit() and len(value) < 9 and int(value) else 1


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
