"""An article in which nothing marks an entry is one entry as a whole: named by its first sentence or by its file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from corpus.formats.document import Element, ElementKind
from corpus.labels import Label, LabelMatch, Style
from corpus.parsing.entry_collector import EntryCollector
from corpus.parsing.labelled_parts import Part, split_parts
from corpus.parsing.section_classifier import SectionClassifier
from corpus.parsing.sections.headings import describes_problem

_SENTENCE = re.compile(r"[^\n]{3,150}?[.!?]?\Z")  # a paragraph that is one line
_WORD_BREAK = re.compile(r"[-_\s]+")
_SYMPTOM = LabelMatch(Label.SYMPTOMS, "", "")


def add_whole_article(
    elements: Sequence[Element], title: str, sections: SectionClassifier, collector: EntryCollector
) -> None:
    """Add an article as one entry, unless it has nothing but headings.

    Args:
        elements: All of it.
        title: Its title; empty where it has none.
        sections: The labels, and how the article marks them.
        collector: Gets the entry.
    """
    body = [each for each in elements if each.kind is not ElementKind.HEADING]
    if not body:
        return
    first, *rest = body
    stem = PurePosixPath(collector.article_id).name
    is_sentence = first.kind is ElementKind.PARAGRAPH and _SENTENCE.match(first.markdown)
    named_by_text = rest and is_sentence and (describes_problem(first.markdown) or len(_WORD_BREAK.split(stem)) < 2)
    styles = sections.styles | {Style.COLON}  # no other evidence says where the solution begins
    if not title and named_by_text:
        parts = [Part(first, _SYMPTOM), *split_parts(rest, sections.labels, styles)]
        collector.add_entry(parts, first.markdown, ())
    else:
        collector.add_entry(list(_parts(elements, sections, styles)), title or _words(stem), ())


def _parts(elements: Sequence[Element], sections: SectionClassifier, styles: frozenset[Style]) -> Iterator[Part]:
    """Yield the parts of an article; its headings have no letters, or there would be an entry."""
    for part in split_parts(elements, sections.labels, styles):
        if part.element.kind is ElementKind.HEADING and part.label is None:
            yield replace(part, element=replace(part.element, kind=ElementKind.PARAGRAPH, level=0))
        else:
            yield part


def _words(stem: str) -> str:
    words = _WORD_BREAK.sub(" ", stem).strip() or stem
    return words[:1].upper() + words[1:]
