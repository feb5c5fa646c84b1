"""What an editor is told of articles: of those in the folder what should be mended, of one at hand what it becomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.cards import card
from assistant.markup import Setting
from assistant.settings import Settings
from corpus.errors import ArticleError
from corpus.findings import Finding
from corpus.labels import Labels, labels_of
from corpus.lint import lint
from corpus.loader import read_content, read_folder
from corpus.parsing import ArticleReading

_MOST_SHOWN = 20  # findings of one article


def articles_with_findings(settings: Settings) -> list[dict[str, Any]]:
    """Return the files of the articles' folder, how many entries each holds, and what should be mended in it.

    Raises:
        CorpusError: The articles' folder cannot be read.
    """
    labels = labels_of(settings.labels)
    found = list(read_folder(settings.corpus, labels=labels))
    told = defaultdict[str, list[str]](list)
    for finding in _findings(found, labels):
        told[finding.source].append(_in_words(finding))
    entries = Counter[str]()
    for each in found:
        source = each.article.source if isinstance(each, ArticleReading) else each.source
        entries[source] += len(each.entries) if isinstance(each, ArticleReading) else 0
    return [
        {
            "source": source,
            "entries": held,
            "findings": told[source][:_MOST_SHOWN],
            "more": max(0, len(told[source]) - _MOST_SHOWN),
        }
        for source, held in entries.items()
    ]


def preview(content: bytes, name: str, *, labels: Labels) -> dict[str, Any]:
    """Return the entries that a file would make, as cards, and what should be mended, or why it cannot be read.

    Args:
        content: The file's bytes.
        name: Its name, whose suffix tells the format.
        labels: The words for the parts of an entry.
    """
    found = list(read_content(content, name, labels=labels))
    readings = [each for each in found if isinstance(each, ArticleReading)]
    if not readings:
        return {
            "problem": str(found[0]) if found else f"{name}: holds no entry",
            "entries": 0,
            "html": "",
            "findings": [],
        }
    pairs = [(entry, reading.article) for reading in readings for entry in reading.entries]
    cards = "".join(card(entry, article, setting=Setting(), opened=True) for entry, article in pairs)
    return {
        "problem": None,
        "entries": len(pairs),
        "html": cards,
        "findings": [_in_words(finding) for finding in _findings(found, labels)],
    }


def _findings(found: Sequence[ArticleReading | ArticleError], labels: Labels) -> list[Finding]:
    return lint(found, today=datetime.now(UTC).date().isoformat(), labels=labels)


def _in_words(finding: Finding) -> str:
    place = "" if finding.line is None else f"line {finding.line}: "
    return f"{place}{finding.text}"
