"""The rules of lint on what recurs in many articles and is not understood: each is named once, not once a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.authoring.findings import Finding, Rule, Severity
from corpus.formats.document import ElementKind
from corpus.labels import Labels
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.front_matter import EDITABLE_NAMES
from corpus.parsing.sections.headings import describes_fix, heading_name, is_supplementary_heading, is_variant

_MIN_TIMES = 3  # that a heading has to recur to be a label rather than a title
_MIN_SHARE = 0.3  # of the articles that have it
_MAX_WORDS = 4


def unknown_metadata(articles: Sequence[ParsedArticle]) -> Iterator[Finding]:
    """Yield the names in front matter that are not read, each at the first article that has it."""
    having: defaultdict[str, list[ParsedArticle]] = defaultdict(list)
    for article in articles:
        for name in article.unknown_metadata:
            having[name].append(article)
    for name, those in having.items():
        files = f" (in {len(those)} files)" if len(those) > 1 else ""
        text = f'"{name}" in the front matter is not known{files}; use one of {", ".join(EDITABLE_NAMES)}'
        yield Finding(Rule.UNKNOWN_METADATA, Severity.WARNING, those[0].article.source, 1, text)


def recurring_headings(articles: Sequence[ParsedArticle], labels: Labels) -> Iterator[Finding]:
    """Yield headings that recur from article to article as labels do, and are none: those of another language, say."""
    having: defaultdict[str, list[tuple[ParsedArticle, int | None]]] = defaultdict(list)
    shown: dict[str, str] = {}
    for article in articles:
        own: set[str] = set()
        for element in article.elements:
            name = heading_name(element.markdown).strip("*_: ")
            key = name.casefold()
            is_heading = element.kind is ElementKind.HEADING and element.level > 1 and key not in own
            if is_heading and _may_be_label(name, labels):
                own.add(key)
                shown.setdefault(key, name)
                having[key].append((article, element.first_line))
    for key, places in having.items():
        if len(places) >= max(_MIN_TIMES, _MIN_SHARE * len(articles)):
            article, line = places[0]
            remedy = 'add it to ASSISTANT_LABELS, as in "solution=..."'
            text = f'"{shown[key]}" is a heading in {len(places)} articles; if it names a part of an entry, {remedy}'
            yield Finding(Rule.UNKNOWN_LABEL, Severity.WARNING, article.article.source, line, text)


def _may_be_label(name: str, labels: Labels) -> bool:
    if not name or len(name.split()) > _MAX_WORDS or labels.match_heading(name) or labels.of(name):
        return False
    return not (is_supplementary_heading(name) or is_variant(name, 3) or describes_fix(name))
