"""What an editor is told of articles: of those in the folder what should be mended, of one at hand what it becomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from assistant.publishing.article_lint import check
from assistant.rendering.entry_card import card_of, preview_html
from assistant.settings import Settings
from corpus.authoring.article_rules import lint
from corpus.authoring.findings import Finding
from corpus.errors import ArticleError
from corpus.labels import Labels
from corpus.loader import read_content
from corpus.parsing.article_parser import ArticleReading
from index.models.encoder import Encoder

_MOST_SHOWN = 20  # findings of one article


def articles_with_findings(settings: Settings, open_encoder: Callable[[], Encoder] | None) -> list[dict[str, Any]]:
    """Return the files of the articles' folder, how many entries each holds, and what should be mended in it.

    Args:
        settings: Where the articles are, and where a search over them is kept.
        open_encoder: Called for what only a search can tell; None leaves that out.

    Raises:
        CorpusError: The articles' folder cannot be read.
        SearchIndexError: The search cannot be built or has no encoder.
    """
    checked = check(settings.corpus, settings, open_encoder=open_encoder)
    told = defaultdict[str, list[str]](list)
    for finding in checked.findings:
        told[finding.source].append(_in_words(finding))
    entries = Counter[str](dict.fromkeys(told, 0))
    for reading in checked.readings:
        entries[reading.article.source] += len(reading.entries)
    return [
        {
            "source": source,
            "entries": entries[source],
            "findings": told[source][:_MOST_SHOWN],
            "more": max(0, len(told[source]) - _MOST_SHOWN),
        }
        for source in sorted(entries)
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
    cards = [card_of(entry, article, opened=True) for entry, article in pairs]
    return {
        "problem": None,
        "entries": len(pairs),
        "html": preview_html(cards),
        "findings": [_in_words(finding) for finding in _findings(found, labels)],
    }


def _findings(found: Sequence[ArticleReading | ArticleError], labels: Labels) -> list[Finding]:
    return lint(found, today=datetime.now(UTC).date().isoformat(), labels=labels)


def _in_words(finding: Finding) -> str:
    place = "" if finding.line is None else f"line {finding.line}: "
    return f"{place}{finding.text}"
