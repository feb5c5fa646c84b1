"""The rules of lint that need the folder of the articles, or that only hint at what would help readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from corpus.authoring.findings import Finding, Rule, Severity, line_in
from corpus.images import image_path
from corpus.parsing.article_parser import ParsedArticle

_IMAGE = re.compile(r"!\[[^\[\]\n]*\]\((?P<target>[^()\s]+)[^()\n]*\)")
_NAMED = 3  # entries that a hint names


def missing_images(article: ParsedArticle, root: Path) -> Iterator[Finding]:
    """Yield images whose file is not in the articles' folder: readers see their text only."""
    source = article.article.source
    for element in article.elements:
        for image in _IMAGE.finditer(element.markdown):
            path = image_path(image["target"], source)
            if path is not None and not (root / path).is_file():
                line = line_in(element, element.markdown.count("\n", 0, image.start()))
                text = f"the image {image['target']} is missing; put the file there or correct the link"
                yield Finding(Rule.MISSING_IMAGE, Severity.WARNING, source, line, text)


def entries_without_symptoms(article: ParsedArticle) -> Iterator[Finding]:
    """Yield one hint for an article in which entries have no symptoms, the words that help the search most."""
    lacking = [entry for entry in article.entries if not entry.symptoms]
    if lacking and not article.article.draft:
        names = ", ".join(f'"{entry.title}"' for entry in lacking[:_NAMED])
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        verb = "has" if len(lacking) == 1 else "have"
        text = f"{names}{more} {verb} no symptoms; write how people describe the problem"
        line = lacking[0].span.first_line
        yield Finding(Rule.NO_SYMPTOMS, Severity.HINT, article.article.source, line, text)
