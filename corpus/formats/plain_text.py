"""Plain text, as copied from a help centre: a line is a paragraph, lists keep their numbers, labels begin lines.

Help Center                    navigation: short lines before the title
Mending a printer              the title: the first short line after that, or the one that is there twice
Error Paper jam                a label in front of each part (see `corpus.labels.Style`)
Solution
  1. Open it.                  a numbered list
Updated                        what the page has below the article

`corpus.formats.plain_text_blocks` finds the blocks, `corpus.formats.plain_text_boilerplate` what is not part of the
article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Element, ElementKind, size_of
from corpus.formats.escaping import escape_inline, escape_lines
from corpus.formats.html.tables import table_markdown
from corpus.formats.markdown import source_lines
from corpus.formats.plain_text_blocks import BULLET, STEP, Block, blocks_of, find_headings
from corpus.formats.plain_text_boilerplate import split_boilerplate
from corpus.labels import Labels


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a text file.

    Raises:
        ArticleError: They are no text in UTF-8.
    """
    return (read(decode_text(content, source), labels),)


def read(text: str, labels: Labels) -> Document:
    """Read a text."""
    blocks, excluded = split_boilerplate(blocks_of(source_lines(text), labels))
    return Document(elements=tuple(_elements(blocks)), excluded=excluded, size=size_of(text), is_plain_text=True)


def _elements(blocks: Sequence[Block]) -> Iterator[Element]:
    levels = find_headings(blocks)
    for position, block in enumerate(blocks):
        yield _element(block, levels.get(position, block.level))


def _element(block: Block, level: int) -> Element:
    last = block.first_line + len(block.lines) - 1
    size = size_of("".join(block.lines))
    if level:
        text = escape_inline(block.lines[0].strip())
        return Element(ElementKind.HEADING, text, block.first_line, last, level, size=size)
    if block.kind is ElementKind.PARAGRAPH:
        text = escape_lines(escape_inline(block.text))
        return Element(ElementKind.PARAGRAPH, text, block.first_line, last, size=size)
    if block.kind is ElementKind.TABLE:
        rows = tuple(tuple(escape_inline(cell.strip()) for cell in line.strip().split("\t")) for line in block.lines)
        numbers = tuple(range(block.first_line, last + 1))
        markup = table_markdown(rows)
        return Element(block.kind, markup, block.first_line, last, rows=rows, row_lines=numbers, size=size)
    found = list(_items(block))
    items = tuple(text for _, _, text in found)
    marks = [f"{number}." if block.kind is ElementKind.STEPS else "-" for number, _, _ in found]
    lines = [f"{mark} {_inset(text, mark)}" for mark, text in zip(marks, items, strict=True)]
    starts = tuple(line for _, line, _ in found)
    markup = "\n".join(lines)
    return Element(block.kind, markup, block.first_line, last, items=items, row_lines=starts, size=size)


def _inset(text: str, mark: str) -> str:
    return text.replace("\n", "\n" + " " * (len(mark) + 1))


def _items(block: Block) -> Iterator[tuple[int, int, str]]:
    """Yield the number, line and text of each item; a line that goes on keeps a line of its own."""
    pattern = STEP if block.kind is ElementKind.STEPS else BULLET
    number, run, indent, first = 0, list[str](), 0, block.first_line
    for place, line in enumerate(block.lines, block.first_line):
        if not line.strip():
            continue
        found = pattern.match(line)
        if found and (not run or len(found["indent"]) <= indent):
            if run:
                yield number, first, "\n".join(run)
            indent, first = len(found["indent"]), place
            number = int(found["number"]) if block.kind is ElementKind.STEPS else 0
            run = [escape_lines(escape_inline(found["text"].rstrip()))]
        elif inner := BULLET.match(line):
            run.append(f"- {escape_inline(inner['text'].rstrip())}")
        else:
            run.append(escape_inline(line.strip()))
    yield number, first, "\n".join(run)
