"""The blocks of a plain text, and which of them are headings although nothing marks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Label, Labels, Style

STEP = re.compile(r"(?P<indent>\s*)(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")
BULLET = re.compile(r"(?P<indent>\s*)[-*+\u2022\u2013\u00b7\u25aa\u25e6]\s+(?P<text>\S.*)")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\s*\Z")
_SPACES = re.compile(r"(?<=\S)[ \t\u00a0]+|\u00a0")  # browsers copy several spaces and no-break ones
_PLURAL_TITLE = re.compile(r"(?:\w+ ){1,4}(?:codes|messages|errors|issues|problems)", re.IGNORECASE)
_STYLES = frozenset({Style.COLON, Style.ALONE, Style.BARE})
_MAX_SHORT_LINE = 100  # characters
_MIN_BLANK_SHARE = 0.1  # of the lines; with fewer blank lines each line is a paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together.

    Attributes:
        kind: What they are; a heading only if it is underlined.
        first_line: From 1.
        lines: As in the text.
        known_labels: The words that are labels.
        level: Of an underlined heading; else 0.
    """

    kind: ElementKind
    first_line: int
    lines: tuple[str, ...]
    known_labels: Labels = field(repr=False, compare=False)
    level: int = 0

    @property
    def text(self) -> str:
        """Its lines without their indentation."""
        return "\n".join(line.strip() for line in self.lines)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The core labels at the start of its lines."""
        if self.kind is not ElementKind.PARAGRAPH or self.is_title_of_many:
            return ()
        matches = (self.known_labels.match_line(line.strip(), _STYLES) for line in self.lines)
        return tuple(match.label for match in matches if match and match.label in CORE_LABELS)

    @property
    def first_label(self) -> Label | None:
        """The core label at the start of its first line."""
        return next(iter(replace(self, lines=self.lines[:1]).labels), None)

    @property
    def is_label_alone(self) -> bool:
        """Whether it is a label with nothing after it."""
        return len(self.lines) == 1 and self.first_label is not None and self.known_labels.of(self.text) is not None

    @property
    def is_title_of_many(self) -> bool:
        """Whether it reads like a label but is the title of many entries: "ERROR REFERENCE", "Status codes"."""
        is_upper_case = self.text.isupper() and " " in self.text and ":" not in self.text
        return len(self.lines) == 1 and (is_upper_case or _PLURAL_TITLE.fullmatch(self.text) is not None)

    @property
    def is_short(self) -> bool:
        """Whether it may be a heading: one short line that has no label and does not end like a sentence."""
        line = self.lines[0].strip()
        is_one_line = self.kind is ElementKind.PARAGRAPH and len(self.lines) == 1
        has_label = self.known_labels.match_line(line, _STYLES) is not None and not self.is_title_of_many
        return is_one_line and len(line) <= _MAX_SHORT_LINE and line[-1] not in ".:;,!" and not has_label


def blocks_of(lines: Sequence[str], labels: Labels) -> list[Block]:
    """Return the blocks of a text in order.

    Args:
        lines: The lines of the text.
        labels: The words that are labels.
    """
    return list(_blocks([line if _is_table_row(line) else _SPACES.sub(" ", line) for line in lines], labels))


def find_headings(blocks: Sequence[Block]) -> Mapping[int, int]:
    """Return the level of each block that is a heading, by its position.

    The first block is the title if it is a short line. A later short line is the heading of an entry if the labels
    start again below it: the last label before it was that of a solution, and the next one is another. A text whose
    entries begin with their messages often has no headings: there a line above a message is a heading only if there
    is one above the first message too.
    """
    if not blocks:
        return {}
    levels = {0: 1} if blocks[0].is_short and len(blocks) > 1 else {}
    labels = [block.first_label for block in blocks]
    first = next((at for at, label in enumerate(labels) if label is not None), len(blocks))
    has_headings = first > 1 and blocks[first - 1].is_short
    last: Label | None = None
    for at, block in enumerate(blocks[1:-1], 1):
        last = next(reversed(blocks[at - 1].labels), last)
        starts_again = labels[at + 1] is not None and (last is None or (last, labels[at + 1]) != (Label.SOLUTION,) * 2)
        if last not in {None, Label.SOLUTION} or not starts_again or blocks[at - 1].is_label_alone:
            continue
        if block.is_short and (has_headings or labels[at + 1] is not Label.MESSAGE):
            levels[at] = 2
    return levels


def promote_unmarked_headings(elements: Sequence[Element], labels: Labels, *, has_title: bool) -> tuple[Element, ...]:
    """Return the elements of a page or a Word document without headings, with those made that a plain text would have.

    Args:
        elements: All elements.
        labels: The words that are labels.
        has_title: Whether the title is known; then a single such line may be an introduction, and stays a paragraph.
    """
    blocks = [Block(each.kind, 0, tuple(each.markdown.split("\n")), labels) for each in elements]
    if any(each.kind is ElementKind.HEADING for each in elements) or not any(block.first_label for block in blocks):
        return tuple(elements)
    title = Block(ElementKind.PARAGRAPH, 0, ("A title",), labels)
    levels = find_headings([title, *blocks] if has_title else blocks)
    levels = {at - has_title: level for at, level in levels.items() if at >= has_title}
    if has_title and len(levels) < 2:
        return tuple(elements)
    return tuple(_as_heading(each, levels[at]) if at in levels else each for at, each in enumerate(elements))


def _blocks(lines: Sequence[str], labels: Labels) -> Iterator[Block]:
    is_line_by_line = _is_line_by_line(lines, labels)
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        kind = _kind(lines, at)
        if kind is ElementKind.PARAGRAPH and not is_line_by_line and _is_underlined(lines, at):
            level = 1 if lines[at + 1].strip().startswith("=") else 2
            yield Block(ElementKind.HEADING, at + 1, tuple(lines[at : at + 2]), labels, level)
            at += 2
            continue
        end = at + 1 if is_line_by_line and kind is ElementKind.PARAGRAPH else _end(lines, at, kind)
        yield Block(kind, at + 1, tuple(lines[at:end]), labels)
        at = end


def _is_underlined(lines: Sequence[str], at: int) -> bool:
    return at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1].strip()) is not None


def _is_line_by_line(lines: Sequence[str], labels: Labels) -> bool:
    """Whether a page was copied without blank lines, so that each label has a line of its own among the others."""
    blank = sum(not line.strip() for line in lines)
    alone = {labels.of(line) for line in lines}
    return blank < len(lines) * _MIN_BLANK_SHARE and Label.SOLUTION in alone and len(alone & CORE_LABELS) > 1


def _kind(lines: Sequence[str], at: int) -> ElementKind:
    if STEP.match(lines[at]):
        return ElementKind.STEPS
    if BULLET.match(lines[at]):
        return ElementKind.BULLETS
    is_table = _is_table_row(lines[at]) and at + 1 < len(lines) and _tabs(lines[at + 1]) == _tabs(lines[at])
    return ElementKind.TABLE if is_table else ElementKind.PARAGRAPH


def _end(lines: Sequence[str], start: int, kind: ElementKind) -> int:
    """Return the number of the line after a block.

    A table ends at a row of another length, a paragraph at a blank line or another kind, a list at a line that is not
    indented.
    """
    at = start + 1
    if kind is ElementKind.TABLE:
        while at < len(lines) and _tabs(lines[at]) == _tabs(lines[start]):
            at += 1
        return at
    if kind is ElementKind.PARAGRAPH:
        while at < len(lines) and lines[at].strip() and _kind(lines, at) is ElementKind.PARAGRAPH:
            at += 1
        return at
    end = at
    while at < len(lines):
        line = lines[at]
        if line.strip() and (_kind(lines, at) is kind or line.startswith((" ", "\t"))):
            end = at + 1
        elif line.strip():
            break
        at += 1
    return end


def _is_table_row(line: str) -> bool:
    """Whether a line has tabs, which browsers put between the cells of a table."""
    return "\t" in line.strip() and not STEP.match(line) and not BULLET.match(line)


def _tabs(line: str) -> int:
    return line.strip().count("\t")


def _as_heading(element: Element, level: int) -> Element:
    return replace(element, kind=ElementKind.HEADING, level=level, markdown=element.markdown.strip("* "))
