"""The blocks of a plain text, lines that belong together, and which of them are headings though nothing marks them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Label, Labels, Style

STEP = re.compile(r"(?P<indent>\s*)(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")
BULLET = re.compile(r"(?P<indent>\s*)[-*+\u2022\u2013\u00b7\u25aa\u25e6]\s+(?P<text>\S.*)")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\s*\Z")
_BLANKS = re.compile(r"(?<=\S)[ \t\u00a0]+|\u00a0")  # two blanks or a no-break one are what a browser copied
_MANY = re.compile(r"(?:\w+ ){1,4}(?:codes|messages|errors|issues|problems)", re.IGNORECASE)
_STYLES = frozenset({Style.COLON, Style.ALONE, Style.BARE})
_FEW = 0.1  # share of blank lines below which each line is taken for a paragraph


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; `level` of an underlined heading."""

    kind: ElementKind
    first_line: int
    lines: tuple[str, ...]
    known_labels: Labels = field(repr=False, compare=False)
    level: int = 0

    @property
    def text(self) -> str:
        """Its lines without what they are inset by."""
        return "\n".join(line.strip() for line in self.lines)

    @property
    def labels(self) -> tuple[Label, ...]:
        """The parts of an entry that its lines begin."""
        if self.kind is not ElementKind.PARAGRAPH or self.names_many:
            return ()
        found = (self.known_labels.match_line(line.strip(), _STYLES) for line in self.lines)
        return tuple(each.label for each in found if each and each.label in CORE_LABELS)

    @property
    def label(self) -> Label | None:
        """The part of an entry that its first line begins."""
        return next(iter(replace(self, lines=self.lines[:1]).labels), None)

    @property
    def is_bare_label(self) -> bool:
        """Whether it is a label with nothing after it."""
        return len(self.lines) == 1 and self.label is not None and self.known_labels.of(self.text) is not None

    @property
    def names_many(self) -> bool:
        """Whether it is what a title calls many entries: "ERROR REFERENCE", "Status codes"."""
        is_shouted = self.text.isupper() and " " in self.text and ":" not in self.text
        return len(self.lines) == 1 and (is_shouted or _MANY.fullmatch(self.text) is not None)

    @property
    def is_short(self) -> bool:
        """Whether it is one short line that ends as no sentence does, and begins no part."""
        line = self.lines[0].strip()
        is_alone = self.kind is ElementKind.PARAGRAPH and len(self.lines) == 1
        is_label = self.known_labels.match_line(line, _STYLES) is not None and not self.names_many
        return is_alone and len(line) <= 100 and line[-1] not in ".:;,!" and not is_label


def blocks_of(lines: Sequence[str], labels: Labels) -> list[Block]:
    """Return the blocks of a text in their order."""
    return list(_blocks([line if _is_row(line) else _BLANKS.sub(" ", line) for line in lines], labels))


def find_headings(blocks: Sequence[Block]) -> Mapping[int, int]:
    """Return the level of each block that is a heading, by its position.

    A short line alone is the title where it is the first. Further down it is the heading of an entry where the labels
    begin anew below it: the last one was the solution, the next is another. Texts that begin each entry with its
    message often have no headings; there a short line is one only if one stands before the first message as well.
    """
    if not blocks:
        return {}
    found = {0: 1} if blocks[0].is_short and len(blocks) > 1 else {}
    labels = [block.label for block in blocks]
    first = next((at for at, label in enumerate(labels) if label is not None), len(blocks))
    has_headings = first > 1 and blocks[first - 1].is_short
    last: Label | None = None
    for at, block in enumerate(blocks[1:-1], 1):
        last = next(reversed(blocks[at - 1].labels), last)
        begins_anew = labels[at + 1] is not None and (last is None or (last, labels[at + 1]) != (Label.SOLUTION,) * 2)
        if last not in {None, Label.SOLUTION} or not begins_anew or blocks[at - 1].is_bare_label:
            continue
        if block.is_short and (has_headings or labels[at + 1] is not Label.MESSAGE):
            found[at] = 2
    return found


def promote_unmarked_headings(elements: Sequence[Element], labels: Labels, *, is_titled: bool) -> tuple[Element, ...]:
    """Make headings of the lines that would be ones in a plain text, where a page or a Word document has none.

    Args:
        elements: What stands in it.
        labels: The words that name the parts of an entry.
        is_titled: Whether its title is known from elsewhere; then a single line may as well be an introduction.
    """
    blocks = [Block(each.kind, 0, tuple(each.markdown.split("\n")), labels) for each in elements]
    if any(each.kind is ElementKind.HEADING for each in elements) or not any(block.label for block in blocks):
        return tuple(elements)
    title = Block(ElementKind.PARAGRAPH, 0, ("A title",), labels)
    levels = find_headings([title, *blocks] if is_titled else blocks)
    levels = {at - is_titled: level for at, level in levels.items() if at >= is_titled}
    if is_titled and len(levels) < 2:
        return tuple(elements)
    return tuple(_as_heading(each, levels.get(at, 0)) for at, each in enumerate(elements))


def _blocks(lines: Sequence[str], labels: Labels) -> Iterator[Block]:
    is_line_by_line = _is_line_by_line(lines, labels)
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        kind = _kind(lines, at)
        end = at + 1 if is_line_by_line and kind is ElementKind.PARAGRAPH else _end(lines, at, kind)
        own = tuple(lines[at:end])
        if kind is ElementKind.PARAGRAPH and len(own) > 1 and _UNDERLINE.match(own[1].strip()):
            yield Block(ElementKind.HEADING, at + 1, own[:2], labels, 1 if own[1].strip().startswith("=") else 2)
            at += 2
            continue
        yield Block(kind, at + 1, own, labels)
        at = end


def _is_line_by_line(lines: Sequence[str], labels: Labels) -> bool:
    """Whether a page was copied without its blank lines, so that labels stand alone on lines between others."""
    blank = sum(not line.strip() for line in lines)
    named = {labels.of(line) for line in lines}
    return blank < len(lines) * _FEW and Label.SOLUTION in named and len(named & CORE_LABELS) > 1


def _kind(lines: Sequence[str], at: int) -> ElementKind:
    if STEP.match(lines[at]):
        return ElementKind.STEPS
    if BULLET.match(lines[at]):
        return ElementKind.BULLETS
    is_table = _is_row(lines[at]) and at + 1 < len(lines) and _cells(lines[at + 1]) == _cells(lines[at])
    return ElementKind.TABLE if is_table else ElementKind.PARAGRAPH


def _end(lines: Sequence[str], start: int, kind: ElementKind) -> int:
    """Find where a block ends: a paragraph at a blank line or another kind, a list at a line that is not inset."""
    at = start + 1
    if kind is ElementKind.TABLE:
        while at < len(lines) and _cells(lines[at]) == _cells(lines[start]):
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


def _is_row(line: str) -> bool:
    """A browser copies the cells of a table with tabs between them."""
    return "\t" in line.strip() and not STEP.match(line) and not BULLET.match(line)


def _cells(line: str) -> int:
    return line.strip().count("\t")


def _as_heading(element: Element, level: int) -> Element:
    if not level:
        return element
    return replace(element, kind=ElementKind.HEADING, level=level, markdown=element.markdown.strip("* "))
