"""The tokens of markdown-it become elements: the blocks of an article with their items, cells and lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from corpus.formats.document import Element, ElementKind, size_of
from corpus.formats.escaping import fenced

_LIST_MARKER = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]{1,4}|$)")
_QUOTE_MARK = re.compile(r"\A {0,3}> ?")
_LISTS = (ElementKind.STEPS, ElementKind.BULLETS)
_IMAGE_ALONE = re.compile(r"!\[[^\]]*\]\([^)]*\)\Z")
_KINDS = {
    "heading_open": ElementKind.HEADING,
    "paragraph_open": ElementKind.PARAGRAPH,
    "ordered_list_open": ElementKind.STEPS,
    "bullet_list_open": ElementKind.BULLETS,
    "fence": ElementKind.CODE,
    "code_block": ElementKind.CODE,
    "table_open": ElementKind.TABLE,
    "blockquote_open": ElementKind.QUOTE,
    "html_block": ElementKind.PARAGRAPH,
}


def token_elements(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Element]:
    """Yield the blocks of the top level as elements.

    Args:
        tokens: All tokens of the text.
        lines: The lines of the text, without their line ends.
    """
    for position, token in enumerate(tokens):
        kind = _KINDS.get(token.type)
        if kind is None or token.level or token.map is None:
            continue
        first, end = token.map
        if not "".join(lines[first:end]).strip():
            continue  # a paragraph of nothing but a no-break space
        while end > first + 1 and not lines[end - 1].strip():
            end -= 1
        yield _element(kind, tokens, position, lines[first:end], lines)


def _element(
    kind: ElementKind, tokens: Sequence[Token], position: int, own: Sequence[str], lines: Sequence[str]
) -> Element:
    markdown = _dedent(own)
    first = (tokens[position].map or [0])[0] + 1
    end = first + len(own) - 1
    size = size_of("".join(own))
    if kind is ElementKind.HEADING:
        level = int(tokens[position].tag[1:])
        return Element(kind, tokens[position + 1].content.strip(), first, end, level, size=size)
    if kind is ElementKind.QUOTE:
        markdown = "\n".join(_QUOTE_MARK.sub("", line) for line in own)
    elif tokens[position].type == "code_block":
        markdown = fenced(markdown)  # indentation alone would not survive outside the article
    elif kind is ElementKind.PARAGRAPH and _IMAGE_ALONE.match(markdown):
        kind = ElementKind.IMAGE
    items = tuple(_items(tokens, position, lines)) if kind in _LISTS else ()
    rows = tuple(_rows(tokens, position)) if kind is ElementKind.TABLE else ()
    row_lines = tuple(_row_lines(tokens, position, "tr_open" if rows else "list_item_open")) if rows or items else ()
    return Element(kind, markdown, first, end, items=items, rows=rows, row_lines=row_lines, size=size)


def _inside(tokens: Sequence[Token], position: int) -> Iterator[Token]:
    """Yield the tokens between the opening token at a position and its closing token."""
    for following in range(position + 1, len(tokens)):
        if tokens[following].level <= tokens[position].level:
            return
        yield tokens[following]


def _items(tokens: Sequence[Token], position: int, lines: Sequence[str]) -> Iterator[str]:
    """Yield the items of the list that begins at a position, without those of lists in them."""
    own_level = tokens[position].level + 1
    for token in _inside(tokens, position):
        if token.type == "list_item_open" and token.level == own_level and token.map:
            first, *rest = lines[token.map[0] : token.map[1]]
            yield "\n".join([_LIST_MARKER.sub("", first, count=1), _dedent(rest)]).strip()


def _rows(tokens: Sequence[Token], position: int) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row of the table that begins at a position."""
    cells: list[str] = []
    for token in _inside(tokens, position):
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            yield tuple(cells)


def _row_lines(tokens: Sequence[Token], position: int, row_type: str) -> Iterator[int]:
    """Yield the line in which each row, or item, begins; `row_type` is the type of its opening token."""
    inside = [token for token in _inside(tokens, position) if token.type == row_type and token.map]
    own_level = min((token.level for token in inside), default=0)
    yield from (token.map[0] + 1 for token in inside if token.level == own_level and token.map)


def _dedent(lines: Sequence[str]) -> str:
    """Join lines without their common indentation, and without blank lines at either end."""
    if not any(line.startswith(" ") for line in lines):
        return "\n".join(map(str.rstrip, lines)).strip("\n")
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).strip("\n")
