"""The lines of text that were found in a picture become a text that reads as a person reads the screen.

Wrapped lines become one paragraph, columns are read one after the other, and what belongs to the window rather than
to the message (menus, buttons, the taskbar, rows of a table) is left out where there is something else to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

# in heights of a line; the figures are those of `python -m tests.programs.screenshots`
_SAME_LINE = 0.9  # between two pieces of a line; menus and buttons stand farther apart
_APART = 0.4  # at least, between the entries of a menu; words of one line are nearer
_SAME_PARAGRAPH = 0.65  # between two lines of a paragraph
_ALIGNED = 1.5  # between the left edges, or the middles, of its lines
_TITLE = 4.0  # from a title to what stands below it
_SIMILAR = 1.45  # how much higher one line of a paragraph may be than another: capitals, descenders
_SENTENCE = 4  # words
_MOST_IN_ORDER = 80  # paragraphs that are put in the order of their columns; more are read from top to bottom

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_BROKEN = re.compile(r"(?<=\w)-\n(?=\w)")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_CODE = re.compile(r"\b(?:0x[0-9a-f]{4,}|[a-z]{1,8}[-_]?\d{3,}|[a-z]{2,}(?:_[a-z0-9]+)+)\b", re.IGNORECASE)
_TROUBLE = re.compile(
    r"\b(?:error|fail\w*|denied|invalid|cannot|can't|could not|couldn't|unable|warning|not|no|refused|locked|expired"
    r"|missing|full|lost|stopped|timeout|timed out|unknown|wrong|problem|forbidden|unauthori[sz]ed|fehler)\b",
    re.IGNORECASE,
)
_CONTROLS = frozenset(
    "ok okay cancel close yes no retry abort ignore apply back next finish help file edit view insert format tools"
    " window home search settings save open print more details start send submit options got it try again learn"
    " report copy show hide dismiss quit exit continue skip done new delete sign in out log am pm mon tue wed thu fri"
    " sat sun x to the".split()
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a picture, or a piece of one; pixels from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    @property
    def height(self) -> float:
        """How high it is."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Where its middle is, from the left."""
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines below one another that belong together."""

    lines: tuple[Line, ...]

    @property
    def left(self) -> float:
        """Its left edge."""
        return min(line.left for line in self.lines)

    @property
    def right(self) -> float:
        """Its right edge."""
        return max(line.right for line in self.lines)

    @property
    def top(self) -> float:
        """Its upper edge."""
        return self.lines[0].top

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.lines[-1].bottom

    @property
    def text(self) -> str:
        """What it says, on one line."""
        return _BROKEN.sub("-", "\n".join(line.text for line in self.lines)).replace("\n", " ")

    def is_beside(self, other: Paragraph) -> bool:
        """Whether no part of it is above or below another one."""
        return self.right <= other.left or other.right <= self.left


def picture_text(lines: Iterable[Line]) -> str:
    """Return what a picture says: its paragraphs in reading order, with a blank line between them; "" for nothing."""
    pieces = [line for line in lines if _WORD.search(line.text)]
    in_bars = _in_bars(pieces)
    rows = _joined(each for each in pieces if each not in in_bars) or _joined(pieces)
    told = _telling([each for each in _paragraphs(rows) if _LETTERS.search(each.text)])
    return "\n\n".join(each.text for each in _in_reading_order(told))


def _joined(lines: Iterable[Line]) -> list[Line]:
    """Join the pieces of a line that stand close together."""
    rows: list[Line] = []
    for line in sorted(lines, key=lambda each: each.left):
        near = [row for row in rows if _is_continued(row, line)]
        if not near:
            rows.append(line)
            continue
        before = max(near, key=lambda row: row.right)
        rows.remove(before)
        top, bottom = min(before.top, line.top), max(before.bottom, line.bottom)
        rows.append(Line(before.left, top, max(before.right, line.right), bottom, f"{before.text} {line.text}"))
    return sorted(rows, key=lambda each: (each.top, each.left))


def _is_continued(row: Line, piece: Line) -> bool:
    height = min(row.height, piece.height)
    overlap = min(row.bottom, piece.bottom) - max(row.top, piece.top)
    return overlap > 0.6 * height and -height <= piece.left - row.right <= _SAME_LINE * height


def _paragraphs(rows: Sequence[Line]) -> list[Paragraph]:
    paragraphs: list[list[Line]] = []
    for row in rows:
        above = [lines for lines in paragraphs if _is_wrapped(lines[-1], row)]
        if above:
            min(above, key=lambda lines: abs(lines[-1].left - row.left)).append(row)
        else:
            paragraphs.append([row])
    return [Paragraph(tuple(lines)) for lines in paragraphs]


def _is_wrapped(line: Line, below: Line) -> bool:
    """Whether the line below goes on with a line."""
    height = min(line.height, below.height)
    is_near = -0.5 * height <= below.top - line.bottom <= _SAME_PARAGRAPH * height
    is_aligned = min(abs(line.left - below.left), abs(line.middle - below.middle)) <= _ALIGNED * height
    return is_near and is_aligned and max(line.height, below.height) <= _SIMILAR * height


def _telling(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Leave out what is no sentence, says nothing of an error and is no title of one, where something else is there."""
    told = [each for each in paragraphs if not _is_control(each)] or paragraphs
    sentences = [each for each in told if _is_sentence(each)]
    if not sentences:
        return list(told)
    return [each for each in told if each in sentences or _names_trouble(each) or _is_title(each, sentences)]


def _is_control(paragraph: Paragraph) -> bool:
    words = [word.casefold() for word in _WORD.findall(paragraph.text)]
    return not _CODE.search(paragraph.text) and all(word in _CONTROLS or word.isdecimal() for word in words)


def _is_sentence(paragraph: Paragraph) -> bool:
    """Whether it has some words, and is no list of single ones."""
    words = len(_WORD.findall(paragraph.text))
    return words >= _SENTENCE and (len(paragraph.lines) < 3 or words >= 2 * len(paragraph.lines))


def _in_bars(pieces: Sequence[Line]) -> frozenset[Line]:
    """Return the short pieces of which three or more stand apart on one level: a menu, a taskbar, a row of a table."""
    short = sorted((each for each in pieces if len(_WORD.findall(each.text)) < _SENTENCE), key=lambda each: each.left)
    in_bars: set[Line] = set()
    for piece in short:
        level = [each for each in short if abs(each.top + each.bottom - piece.top - piece.bottom) < piece.height]
        gaps = [after.left - before.right for before, after in pairwise(level)]
        if len(level) >= 3 and min(gaps) >= _APART * piece.height:
            in_bars.update(level)
    return frozenset(in_bars)


def _names_trouble(paragraph: Paragraph) -> bool:
    return bool(_TROUBLE.search(paragraph.text) or _CODE.search(paragraph.text))


def _is_title(paragraph: Paragraph, sentences: Sequence[Paragraph]) -> bool:
    """Whether a paragraph stands close above a sentence."""
    height = paragraph.lines[0].height
    return any(
        not paragraph.is_beside(other) and 0 <= other.top - paragraph.bottom + height / 2 <= _TITLE * height
        for other in sentences
    )


def _in_reading_order(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs in the order in which they are read: down a column, then down the one to its right.

    One comes before another that it stands above; and before one to its right, unless something that spans both
    stands between them.
    """
    in_rows = sorted(paragraphs, key=lambda each: (each.top, each.left))
    if len(in_rows) > _MOST_IN_ORDER:
        return in_rows
    before: dict[int, list[int]] = {number: [] for number in range(len(in_rows))}
    for number, one in enumerate(in_rows):
        for other_number, other in enumerate(in_rows):
            is_above = number < other_number and not one.is_beside(other)
            if is_above or (one.right <= other.left and not _is_parted(one, other, in_rows)):
                before[other_number].append(number)
    try:
        return [in_rows[number] for number in TopologicalSorter(before).static_order()]
    except ValueError:  # boxes that overlap one another crosswise have no order
        return in_rows


def _is_parted(left: Paragraph, right: Paragraph, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a paragraph between the heights of two others stands above or below both."""
    upper, lower = sorted((left.top, right.top))
    return any(
        upper < each.top < lower and not each.is_beside(left) and not each.is_beside(right) for each in paragraphs
    )
