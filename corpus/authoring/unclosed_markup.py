"""Marks of Markdown that are opened and never closed: what they hold is read as something else, and nothing is lost.

So no other rule finds it: a fence takes the next entries into a block of code, a label without its stars is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.authoring.findings import Finding, Severity, line_in
from corpus.formats.document import Element, ElementKind
from corpus.parsing.article_parser import ArticleReading
from corpus.parsing.front_matter import NAMES

_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})")
_OPEN_ID = re.compile(r"\{#[^\s{}]*\s*\Z")
_OPEN_LABEL = re.compile(r"\*\*(?P<words>[^*\n:]{2,40}):(?!\*\*)[^*]*\Z")
_METADATA = re.compile(rf"(?:---\s*)?(?P<name>{'|'.join(NAMES)}):")


def unclosed_marks(reading: ArticleReading) -> Iterator[Finding]:
    """A fence, an id, a label or front matter that is opened and never closed."""
    for element in reading.elements:
        for offset, text in _unclosed(element):
            yield Finding("unclosed", Severity.ERROR, reading.article.source, line_in(element, offset), text)


def _unclosed(element: Element) -> Iterator[tuple[int, str]]:
    """Yield the lines of an element, from 0, at which something is opened, and what."""
    lines = element.markdown.split("\n")
    if element.kind is ElementKind.CODE:
        mark = found["mark"] if (found := _FENCE.match(lines[0])) else ""
        if mark and not (len(lines) > 1 and re.fullmatch(rf" {{0,3}}{mark}{mark[0]}*\s*", lines[-1])):
            yield 0, f"the block of code is never closed and takes in all that follows; end it with a line {mark}"
    elif element.kind is ElementKind.HEADING:
        if found := _OPEN_ID.search(lines[0]):
            yield 0, f'the id "{found[0].strip()}" is never closed; end it with }}'
    elif element.kind is ElementKind.PARAGRAPH:
        if element.first_line in {1, 2} and (found := _METADATA.match(element.markdown)):
            yield 0, f'"{found["name"]}:" stands in no front matter; write a line --- before it and one after the last'
        for offset, line in enumerate(lines):
            if found := _OPEN_LABEL.match(line):
                yield offset, f'the label "{found["words"]}" is never closed; write **{found["words"]}:**'
