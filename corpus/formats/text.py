"""Plain text, as copied from a help centre: a line is a paragraph, lists keep their numbers, labels begin lines.

Help Center                    navigation: a short line before the title
Mending a printer              the title: the first short line after that
Error Paper jam                a label in front of each part (see `corpus.labels.Style`)
Solution
  1. Open it.                  a numbered list
Updated                        what the page has below the article
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.formats.decoding import text_of
from corpus.formats.document import Aside, Document, Element, ElementKind, size_of
from corpus.formats.escaping import escape_inline, escape_lines
from corpus.formats.markdown import source_lines
from corpus.labels import Labels, Style

_STEP = re.compile(r"(?P<indent>\s*)(?P<number>\d{1,3})[.)]\s+(?P<text>\S.*)")
_BULLET = re.compile(r"(?P<indent>\s*)[-*+\u2022\u2013\u00b7\u25aa\u25e6]\s+(?P<text>\S.*)")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\s*\Z")
_NAVIGATION = re.compile(
    r".*\b(?:help|support|docs|documentation|knowledge|portal|home|articles|search)\b|.* [>\u203a/] ", re.IGNORECASE
)
_FOOTER = re.compile(
    r"(?:last )?updated\b.{0,60}|was this .{0,40}|did this .{0,40}|yes|no|share|print|back to top|return to top"
    r"|(?:\d+ )?comments?|related articles|recently viewed articles|\u00a9.*|copyright.*|powered by.*"
    r"|.{0,40}found this helpful",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"(?<=\S)[ \t\u00a0]+|\u00a0")  # two blanks or a no-break one are what a browser copied
_MANY = 3
_LABELS = Labels()
_STYLES = frozenset({Style.COLON, Style.BARE})


def documents(content: bytes, source: str) -> tuple[Document, ...]:
    """Read the bytes of a text file.

    Raises:
        ArticleError: They are no text in UTF-8.
    """
    return (read(text_of(content, source)),)


def read(text: str) -> Document:
    """Read a text."""
    blocks = list(_blocks([_BLANKS.sub(" ", line) for line in source_lines(text)]))
    first, last, asides = 0, len(blocks), []
    while last and _is_footer(blocks[last - 1]):
        last -= 1
        asides.append(_aside("page footer", blocks[last]))
    while (
        first + 1 < last and _is_short(blocks[first]) and _is_short(blocks[first + 1]) and _is_navigation(blocks[first])
    ):
        asides.append(_aside("navigation", blocks[first]))
        first += 1
    elements = tuple(_elements(blocks[first:last]))
    return Document(elements=elements, asides=tuple(asides), size=size_of(text), as_text=True)


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together; `level` of an underlined heading."""

    kind: ElementKind
    first_line: int
    lines: tuple[str, ...]
    level: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line.strip() for line in self.lines)


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        kind = _kind(lines[at])
        end = _end(lines, at, kind)
        own = tuple(lines[at:end])
        if kind is ElementKind.PARAGRAPH and len(own) > 1 and _UNDERLINE.match(own[1].strip()):
            yield _Block(ElementKind.HEADING, at + 1, own[:2], 1 if own[1].strip().startswith("=") else 2)
            at += 2
            continue
        yield _Block(kind, at + 1, own)
        at = end


def _kind(line: str) -> ElementKind:
    if _STEP.match(line):
        return ElementKind.STEPS
    return ElementKind.BULLETS if _BULLET.match(line) else ElementKind.PARAGRAPH


def _end(lines: Sequence[str], start: int, kind: ElementKind) -> int:
    """Find where a block ends: a paragraph at a blank line or a list, a list at a line that is not inset."""
    at = start + 1
    if kind is ElementKind.PARAGRAPH:
        while at < len(lines) and lines[at].strip() and _kind(lines[at]) is ElementKind.PARAGRAPH:
            at += 1
        return at
    end = at
    while at < len(lines):
        line = lines[at]
        if line.strip() and (_kind(line) is kind or line.startswith((" ", "\t"))):
            end = at + 1
        elif line.strip():
            break
        at += 1
    return end


def _elements(blocks: Sequence[_Block]) -> Iterator[Element]:
    for position, block in enumerate(blocks):
        following = blocks[position + 1] if position + 1 < len(blocks) else None
        yield _element(block, _heading_level(block, position, following))


def _heading_level(block: _Block, position: int, following: _Block | None) -> int:
    """A short line alone is the title where it is the first, a heading where a label follows it."""
    if block.level or following is None or not _is_short(block):
        return block.level
    if position == 0:
        return 1
    return 2 if _LABELS.in_line(following.lines[0].strip(), _STYLES) else 0


def _element(block: _Block, level: int) -> Element:
    last = block.first_line + len(block.lines) - 1
    size = size_of("".join(block.lines))
    if level:
        text = escape_inline(block.lines[0].strip())
        return Element(ElementKind.HEADING, text, block.first_line, last, level, size=size)
    if block.kind is ElementKind.PARAGRAPH:
        text = escape_lines(escape_inline(block.text))
        return Element(ElementKind.PARAGRAPH, text, block.first_line, last, size=size)
    items = tuple(_items(block))
    numbered = [f"{number}." if block.kind is ElementKind.STEPS else "-" for number, _ in items]
    lines = [
        f"{mark} {text.replace(chr(10), chr(10) + ' ' * (len(mark) + 1))}"
        for mark, (_, text) in zip(numbered, items, strict=True)
    ]
    texts = tuple(text for _, text in items)
    return Element(block.kind, "\n".join(lines), block.first_line, last, items=texts, size=size)


def _items(block: _Block) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each item; a line that goes on keeps a line of its own."""
    pattern = _STEP if block.kind is ElementKind.STEPS else _BULLET
    number, run, indent = 0, list[str](), 0
    for line in filter(str.strip, block.lines):
        found = pattern.match(line)
        if found and (not run or len(found["indent"]) <= indent):
            if run:
                yield number, "\n".join(run)
            indent = len(found["indent"])
            number = int(found["number"]) if block.kind is ElementKind.STEPS else 0
            run = [escape_lines(escape_inline(found["text"].rstrip()))]
        elif inner := _BULLET.match(line):
            run.append(f"- {escape_inline(inner['text'].rstrip())}")
        else:
            run.append(escape_inline(line.strip()))
    yield number, "\n".join(run)


def _is_short(block: _Block) -> bool:
    line = block.lines[0].strip()
    is_alone = block.kind is ElementKind.PARAGRAPH and len(block.lines) == 1
    return is_alone and len(line) <= 100 and line[-1] not in ".:;,!" and _LABELS.in_line(line, _STYLES) is None


def _is_navigation(block: _Block) -> bool:
    line = block.lines[0].strip()
    return len(line.split()) <= _MANY * 2 and _NAVIGATION.match(line) is not None


def _is_footer(block: _Block) -> bool:
    return block.kind is ElementKind.PARAGRAPH and all(_FOOTER.fullmatch(line.strip()) for line in block.lines)


def _aside(what: str, block: _Block) -> Aside:
    last = block.first_line + len(block.lines) - 1
    return Aside(what, block.first_line, last, size_of("".join(block.lines)))
