"""The templates of all documented messages, in the order of their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.messages.own_clauses import DocumentedMessage
from index.storage.carried_rows import CarriedRows
from index.storage.ragged import Runs


@dataclass(frozen=True, slots=True, eq=False)
class TemplateTable:
    """Templates by number, in the order of their entries.

    Attributes:
        lines: A line each, as `str` writes a template, with its end; UTF-8.
        rows: (templates,) int32, the row of each one's entry, ascending.
        messages: (templates,) int32, which of its entry's messages each is.
    """

    lines: Runs
    rows: npt.NDArray[np.int32]
    messages: npt.NDArray[np.int32]

    def line(self, number: int) -> str:
        """Return the line of a template, without its end."""
        own = self.lines.values[int(self.lines.starts[number]) : int(self.lines.starts[number + 1])]
        return own.tobytes().decode().rstrip("\n")

    def part(self, number: int, first: int = 0, end: int | None = None) -> str:
        """Return a template's elements from `first` to before `end`, as `clause_sharing.line` writes them."""
        return " ".join(each.removeprefix("^") for each in self.line(number).split(" ")[first:end])

    def numbers_of(self, row: int) -> range:
        """Return the numbers of the templates of the entry in a row."""
        return range(*(int(each) for each in np.searchsorted(self.rows, [row, row + 1])))


def table_of(documented: Sequence[tuple[int, DocumentedMessage]]) -> TemplateTable:
    """Return the table of messages, each with its number among its entry's."""
    lines = [f"{each.template}\n".encode() for _, each in documented]
    return TemplateTable(
        Runs(np.frombuffer(b"".join(lines), dtype=np.uint8), np.cumsum([0, *map(len, lines)], dtype=np.int64)),
        np.array([each.row for _, each in documented], dtype=np.int32),
        np.array([number for number, _ in documented], dtype=np.int32),
    )


def stored_table(arrays: Mapping[str, npt.NDArray[Any]]) -> TemplateTable:
    """Return the table of a generation, given the arrays of its file."""
    return TemplateTable(Runs(arrays["lines"], arrays["starts"]), arrays["rows"], arrays["messages"])


def merged_tables(before: TemplateTable, new: TemplateTable, carried: CarriedRows) -> tuple[TemplateTable, CarriedRows]:
    """Return the templates of all entries, and which of them are carried over."""
    rows = carried.rows[before.rows]
    kept = np.flatnonzero(rows >= 0)
    at = np.searchsorted(rows[kept], new.rows)
    numbers = np.full(len(rows), -1, dtype=np.int32)
    numbers[kept] = np.arange(len(kept)) + np.searchsorted(at, np.arange(len(kept)), side="right")
    table = TemplateTable(
        before.lines.chosen(kept).with_inserted(at, new.lines),
        np.insert(rows[kept], at, new.rows),
        np.insert(before.messages[kept], at, new.messages),
    )
    return table, CarriedRows(carried.generation, numbers, (at + np.arange(len(at))).astype(np.int32))
