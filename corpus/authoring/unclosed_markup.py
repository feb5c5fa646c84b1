"""The rule of lint on markup that is opened and never closed.

No other rule finds it, since no text is lost: a label without its second pair of stars is a sentence. A code block that
is never closed is a problem of its entry, which is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.authoring.findings import Finding, Rule, Severity, line_in
from corpus.formats.document import Element, ElementKind
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.front_matter import EDITABLE_NAMES, IMPORT_DIGEST

_OPEN_ID = re.compile(r"\{#[^\s{}]*\s*\Z")
_OPEN_LABEL = re.compile(r"\*\*(?P<words>[^*\n:]{2,40}):(?!\*\*)[^*]*\Z")
_METADATA = re.compile(rf"(?:---\s*)?(?P<name>{'|'.join([*EDITABLE_NAMES, IMPORT_DIGEST])}):")


def unclosed_markup(article: ParsedArticle) -> Iterator[Finding]:
    """Yield ids, labels and front matter that are opened and never closed."""
    for element in article.elements:
        for offset, text in _unclosed(element):
            line = line_in(element, offset)
            yield Finding(Rule.UNCLOSED, Severity.ERROR, article.article.source, line, text)


def _unclosed(element: Element) -> Iterator[tuple[int, str]]:
    """Yield the lines of an element, counted from 0, that open something, and what is wrong with each."""
    lines = element.markdown.split("\n")
    if element.kind is ElementKind.HEADING:
        if open_id := _OPEN_ID.search(lines[0]):
            yield 0, f'the id "{open_id[0].strip()}" is never closed; end it with }}'
    elif element.kind is ElementKind.PARAGRAPH:
        if element.first_line in {1, 2} and (field := _METADATA.match(element.markdown)):
            remedy = "write a line --- before the first name and one after the last value"
            yield 0, f'"{field["name"]}:" is not in front matter; {remedy}'
        for offset, line in enumerate(lines):
            if label := _OPEN_LABEL.match(line):
                yield offset, f'the label "{label["words"]}" is never closed; write **{label["words"]}:**'
