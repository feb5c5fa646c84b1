"""HTML that stands between the blocks of a Markdown article, as exports write tables, boxes and what folds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec

from corpus.formats.document import Element, ElementKind

_BLOCK = re.compile(
    r"\s*</?(?:article|aside|blockquote|center|details|div|dl|figcaption|figure|h[1-6]|main|ol|p|section|summary|table|ul)"
    r"(?:[\s>]|/>)",
    re.IGNORECASE,
)
_CAN_READ = find_spec("lxml") is not None
_MAX = 500_000  # characters


def parse_html_blocks(elements: Iterable[Element]) -> Iterator[Element]:
    """Read blocks of HTML as a page's; one that only opens or closes something becomes an element without a text."""
    level = 1
    for element in elements:
        level = element.level or level
        if _CAN_READ and element.kind is ElementKind.PARAGRAPH and _BLOCK.match(element.markdown):
            yield from _read(element, level)
        else:
            yield element


def _read(element: Element, level: int) -> Iterator[Element]:
    from lxml import html as lxml_html
    from lxml.etree import LxmlError

    from corpus.formats.html.blocks import elements_of

    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(f"<body>{element.markdown[:_MAX]}</body>".encode(), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        yield element
        return
    lines = element.markdown.count("\n") + 1
    found = list(elements_of(page.find("body"), last_line=lines, level=level))
    if not found:
        yield replace(element, markdown="")
    above = (element.first_line or 1) - 1
    for number, each in enumerate(found):
        yield replace(
            each,
            first_line=above + (each.first_line or 1),
            last_line=above + (each.last_line or lines),
            row_lines=tuple(line and above + line for line in each.row_lines),
            size=0 if number else element.size,
        )
