"""The lines of a page of a PDF in reading order, its tables, and how large and heavy the letters are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import Any

_SAME_LINE = 0.5  # of a letter's height: words no further apart than that stand on one line
_MOST_TABLES = 200  # of a page; more are drawings
_MOST_DRAWINGS = 2_000  # of a page that are looked at
_BULLET_GAP = 2.0  # heights of a line between it and the bullet before it, at most
_LEAST_LINES = 4  # of each column
_CROSSING = 0.2  # of the lines may cross the gap between columns, as headings and tables do
_LONGEST_MARK = 3  # characters of what stands before an item: "10.", a bullet
_GAP = 9.0  # points between two columns, at least
_LETTER_GAP = 0.1  # heights: what is nearer is one word, in two kinds of letters
_WORD_GAP = 1.6  # heights: words further apart stand in two columns
_MONOSPACED = ("mono", "courier", "consol", "menlo", "typewriter", "code")
_HEAVY = ("bold", "black", "heavy", "semibold", "demi")


@dataclass(frozen=True, slots=True)
class Run:
    """Words beside each other with letters of one kind; the text begins with a space where it stands apart."""

    text: str
    is_bold: bool
    is_monospaced: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a column.

    Attributes:
        runs: Its words.
        left: Where it begins, in points from the left.
        right: Where it ends.
        top: How far below the top of its page.
        bottom: Likewise.
        size: Of most of its letters, in points, to the half.
        column: Which stretch of the page it belongs to, counted in reading order.
    """

    runs: tuple[Run, ...]
    left: float
    right: float
    top: float
    bottom: float
    size: float
    column: int = 0

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return "".join(run.text for run in self.runs).strip()

    @property
    def is_bold(self) -> bool:
        """Whether all of it is."""
        return all(run.is_bold for run in self.runs)

    @property
    def is_monospaced(self) -> bool:
        """Whether all of it is."""
        return all(run.is_monospaced for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with ruled lines: its cells, and where it stands."""

    rows: tuple[tuple[str, ...], ...]
    top: float
    column: int = 0


@dataclass(frozen=True, slots=True)
class PageLines:
    """What a page shows, in reading order, and how high it is."""

    lines: tuple[Line, ...]
    tables: tuple[Table, ...]
    height: float


def lines_of(page: Any) -> PageLines:
    """Return the lines and tables of a page of pdfplumber."""
    drawings = [*page.rects, *page.curves]
    found = page.find_tables()[:_MOST_TABLES] if page.lines or drawings else []
    tables = [(each.bbox, _rows(each.extract())) for each in found]
    tables = [(box, rows) for box, rows in tables if len(rows) > 1 and max(map(len, rows)) > 1]
    words = page.extract_words(extra_attrs=["size", "fontname"], keep_blank_chars=False, use_text_flow=False)
    boxes = [box for box, _ in tables]
    pieces = _pieces([word for word in words if not any(_is_inside(word, box) for box in boxes)])
    columns = _columns(pieces, page.width)
    lines = tuple(_with_bullet(_line(words, number), drawings) for number, words in columns)
    shown = tuple(Table(rows, box[1], _column_at(lines, box)) for box, rows in tables)
    return PageLines(lines, shown, float(page.height))


def _rows(cells: Iterable[Sequence[str | None]]) -> tuple[tuple[str, ...], ...]:
    rows = (tuple(" ".join((cell or "").split()) for cell in row) for row in cells)
    return tuple(row for row in rows if any(row))


def _is_inside(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _pieces(words: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group words that stand on one line with no wide gap between them."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda each: (each["bottom"], each["x0"])):
        height = word["bottom"] - word["top"]
        if rows and abs(rows[-1][0]["bottom"] - word["bottom"]) <= _SAME_LINE * height:
            rows[-1].append(word)
        else:
            rows.append([word])
    pieces: list[list[dict[str, Any]]] = []
    for row in rows:
        row.sort(key=lambda each: each["x0"])
        pieces.append([row[0]])
        for before, word in pairwise(row):
            is_marker = len(pieces[-1]) == 1 and len(before["text"]) <= _LONGEST_MARK
            if word["x0"] - before["x1"] > _WORD_GAP * (word["bottom"] - word["top"]) and not is_marker:
                pieces.append([])
            pieces[-1].append(word)
    return pieces


def _columns(pieces: list[list[dict[str, Any]]], width: float) -> list[tuple[int, list[dict[str, Any]]]]:
    """Return the lines with the number of their stretch, in reading order: between full lines, one column at a time."""
    gap = _gap(pieces, width)
    if gap is None:
        return [(0, words) for words in _joined(pieces)]
    ordered: list[tuple[int, list[dict[str, Any]]]] = []
    sides: tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]] = ([], [])
    number = 0

    def flush() -> None:
        nonlocal number
        for side in sides:
            ordered.extend((number, words) for words in side)
            number += bool(side)
            side.clear()

    for piece in pieces:
        if piece[0]["x0"] < gap < piece[-1]["x1"]:
            flush()
            ordered.append((number, piece))
        else:
            sides[piece[0]["x0"] >= gap].append(piece)
    flush()
    return ordered


def _joined(pieces: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Return the pieces of a page with one column, those on one line joined again."""
    lines: list[list[dict[str, Any]]] = []
    for piece in pieces:
        height = piece[0]["bottom"] - piece[0]["top"]
        if lines and abs(lines[-1][0]["bottom"] - piece[0]["bottom"]) <= _SAME_LINE * height:
            lines[-1] = [*lines[-1], *piece]
        else:
            lines.append(piece)
    return lines


def _gap(pieces: list[list[dict[str, Any]]], width: float) -> float | None:
    """Return where the gap between two columns is, or None where the page has one column."""
    best: tuple[int, float] | None = None
    starts = Counter(round(piece[0]["x0"]) for piece in pieces if piece[0]["x0"] > width / 4)
    for start, count in starts.most_common(5):
        at = start - _GAP / 2
        left = [piece for piece in pieces if piece[-1]["x1"] <= at]
        right = [piece for piece in pieces if piece[0]["x0"] >= at]
        crossing = len(pieces) - len(left) - len(right)
        is_text = _is_prose(left, at) and _is_prose(right, width - at)
        if count >= _LEAST_LINES <= len(left) and crossing <= _CROSSING * len(pieces) and is_text:
            best = max(best or (0, 0.0), (count, at))
    return best[1] if best else None


def _is_prose(pieces: list[list[dict[str, Any]]], width: float) -> bool:
    """Whether a side of a page is a column of text: most lines fill it; the cells of a table without rules do not."""
    filled = sum(piece[-1]["x1"] - piece[0]["x0"] > width / 2 for piece in pieces)
    return len(pieces) >= _LEAST_LINES and filled >= len(pieces) / 2


def _line(words: list[dict[str, Any]], column: int) -> Line:
    runs: list[Run] = []
    end = words[0]["x0"]
    for word in words:
        is_apart = word["x0"] - end > _LETTER_GAP * (word["bottom"] - word["top"])
        text, end = f"{' ' if is_apart else ''}{word['text']}", word["x1"]
        font = word["fontname"].casefold()
        kind = (any(each in font for each in _HEAVY), any(each in font for each in _MONOSPACED))
        if runs and (runs[-1].is_bold, runs[-1].is_monospaced) == kind:
            runs[-1] = Run(f"{runs[-1].text}{text}", *kind)
        else:
            runs.append(Run(text, *kind))
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word["size"] * 2) / 2] += len(word["text"])
    return Line(
        tuple(runs),
        float(words[0]["x0"]),
        float(max(word["x1"] for word in words)),
        float(min(word["top"] for word in words)),
        float(max(word["bottom"] for word in words)),
        sizes.most_common(1)[0][0],
        column,
    )


def _with_bullet(line: Line, drawings: Sequence[dict[str, Any]]) -> Line:
    """Return a line with a bullet where one is drawn before it; browsers draw them."""
    height = line.bottom - line.top
    for each in drawings[:_MOST_DRAWINGS]:
        is_small = each["x1"] - each["x0"] < height / 2 and each["bottom"] - each["top"] < height / 2
        is_beside = line.top <= each["top"] and each["bottom"] <= line.bottom
        if is_small and is_beside and 0 <= line.left - each["x1"] < _BULLET_GAP * height:
            return replace(line, runs=(Run(f"\u2022 {line.runs[0].text}", *astuple(line.runs[0])[1:]), *line.runs[1:]))
    return line


def _column_at(lines: Sequence[Line], box: tuple[float, float, float, float]) -> int:
    """Return the stretch of the page that a table stands in: that of the line before it on its side."""
    before = [line for line in lines if line.bottom <= box[1] and line.left < box[2] and line.right > box[0]]
    return max(before, key=lambda line: line.bottom).column if before else 0
