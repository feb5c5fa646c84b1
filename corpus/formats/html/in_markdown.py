"""Blocks of HTML in a Markdown article, as exports write tables, boxes and sections that unfold."""

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
_HAS_LXML = find_spec("lxml") is not None
_MAX_BLOCK = 500_000  # characters


def parse_html_blocks(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield the elements with blocks of HTML parsed.

    A block that only opens or closes a tag becomes an element without text.
    """
    level = 1
    for element in elements:
        level = element.level or level
        if _HAS_LXML and element.kind is ElementKind.PARAGRAPH and _BLOCK.match(element.markdown):
            yield from _parse(element, level)
        else:
            yield element


def _parse(element: Element, level: int) -> Iterator[Element]:
    from lxml import html as lxml_html
    from lxml.etree import LxmlError

    from corpus.formats.html.blocks import page_elements
    from corpus.formats.html.limits import has_too_many_attributes

    if has_too_many_attributes(element.markdown):
        yield element
        return
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(f"<body>{element.markdown[:_MAX_BLOCK]}</body>".encode(), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        yield element
        return
    lines = element.markdown.count("\n") + 1
    parsed = list(page_elements(page.find("body"), last_line=lines, level=level))
    if not parsed:
        is_end = re.match(r"\s*</(?:details|section)>\s*\Z", element.markdown, re.IGNORECASE)
        yield replace(element, markdown="", kind=ElementKind.FOLD if is_end else element.kind)
    above = (element.first_line or 1) - 1
    for number, each in enumerate(parsed):
        yield replace(
            each,
            first_line=above + (each.first_line or 1),
            last_line=above + (each.last_line or lines),
            row_lines=tuple(line and above + line for line in each.row_lines),
            size=0 if number else element.size,
        )
