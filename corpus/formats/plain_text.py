"""Plain text, as copied from a help centre: a line is a paragraph, lists keep their numbers, labels begin lines.

Help Center                    navigation: short lines above the title
Repairing a printer            the title: the first short line after these, or a repeated one
Error Paper jam                a label before each part (see `corpus.labels.Style`)
Solution
  1. Open it.                  a numbered list
Updated                        the page's footer

`plain_text_blocks` divides the text, `plain_text_boilerplate` excludes what is not of the article.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.formats.decoding import check_lines, decode_text
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
        ArticleError: They are not text in UTF-8, or have too many lines.
    """
    text = decode_text(content, source)
    check_lines(text, source)
    return (read(text, labels),)


def read(text: str, labels: Labels) -> Document:
    """Return a plain text as a document.

    Args:
        text: The text of the file.
        labels: The words that are labels.
    """
    blocks, excluded = split_boilerplate(blocks_of(source_lines(text), labels))
    return Document(elements=tuple(_elements(blocks)), excluded=excluded, size=size_of(text), is_plain_text=True)


def _elements(blocks: Sequence[Block]) -> Iterator[Element]:
    levels = find_headings(blocks)
    for position, block in enumerate(blocks):
        yield _element(block, levels.get(position, block.level))


def _element(block: Block, level: int) -> Element:
    last_line = block.first_line + len(block.lines) - 1
    size = size_of("".join(block.lines))
    if level:
        text = escape_inline(block.lines[0].strip())
        return Element(ElementKind.HEADING, text, block.first_line, last_line, level, size=size)
    if block.kind is ElementKind.PARAGRAPH:
        text = escape_lines(escape_inline(block.text))
        return Element(ElementKind.PARAGRAPH, text, block.first_line, last_line, size=size)
    if block.kind is ElementKind.TABLE:
        rows = tuple(tuple(escape_inline(cell.strip()) for cell in line.strip().split("\t")) for line in block.lines)
        lines = tuple(range(block.first_line, last_line + 1))
        table = table_markdown(rows)
        return Element(block.kind, table, block.first_line, last_line, rows=rows, row_lines=lines, size=size)
    numbers, lines, items = zip(*_items(block), strict=True)
    marks = [f"{number}." if block.kind is ElementKind.STEPS else "-" for number in numbers]
    markdown = "\n".join(f"{mark} {_indented(item, len(mark) + 1)}" for mark, item in zip(marks, items, strict=True))
    return Element(block.kind, markdown, block.first_line, last_line, items=items, row_lines=lines, size=size)


def _indented(text: str, width: int) -> str:
    """Return a text with all lines but the first indented."""
    return text.replace("\n", "\n" + " " * width)


def _items(block: Block) -> Iterator[tuple[int, int, str]]:
    """Yield the number, the line and the Markdown of each item; a bullet has the number 0."""
    pattern = STEP if block.kind is ElementKind.STEPS else BULLET
    number, own, indent, first_line = 0, list[str](), 0, block.first_line
    for place, line in enumerate(block.lines, block.first_line):
        if not line.strip():
            continue
        item = pattern.match(line)
        if item and (not own or len(item["indent"]) <= indent):
            if own:
                yield number, first_line, "\n".join(own)
            indent, first_line = len(item["indent"]), place
            number = int(item["number"]) if block.kind is ElementKind.STEPS else 0
            own = [escape_lines(escape_inline(item["text"].rstrip()))]
        elif inner := BULLET.match(line):
            own.append(f"- {escape_inline(inner['text'].rstrip())}")
        else:
            own.append(escape_inline(line.strip()))
    yield number, first_line, "\n".join(own)
