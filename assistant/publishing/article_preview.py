"""What the editor's page shows of articles: the findings in those of the folder, and the preview of one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from assistant.answering.answer import EntryInfo
from assistant.publishing.article_lint import SearchedFindings, lint_articles
from assistant.rendering.entry_card import card_of, preview_html
from assistant.settings import Settings
from corpus.authoring.article_rules import lint
from corpus.authoring.findings import Finding
from corpus.errors import ArticleError
from corpus.labels import Labels
from corpus.loader import read_content
from corpus.parsing.article_parser import ParsedArticle
from index.models.encoder import Encoder

_MAX_FINDINGS = 20  # shown for one article
_MAX_IN_PREVIEW = 200


@dataclass(frozen=True, slots=True)
class ArticleFindings:
    """A file of the articles' folder, and what to correct in it."""

    source: str = field(metadata={"description": "The file, as a path under the articles' folder."})
    entries: int
    findings: tuple[str, ...]
    more: int = field(metadata={"description": "How many more findings there are than are listed."})


@dataclass(frozen=True, slots=True)
class Preview:
    """What an article would make."""

    problem: str | None = field(metadata={"description": "Why it cannot be read; null where it can."})
    entries: int
    html: str = field(metadata={"description": "The cards of its entries, as the page shows them."})
    findings: tuple[str, ...]


def articles_with_findings(
    settings: Settings, open_encoder: Callable[[], Encoder] | None, searched: SearchedFindings
) -> tuple[ArticleFindings, ...]:
    """Return for each file of the articles' folder its number of entries and its findings.

    Args:
        settings: Where the articles are, and where the index for the search is cached.
        open_encoder: Called for the rules that need a search; None leaves them out.
        searched: What the last search found.

    Raises:
        CorpusError: The articles' folder cannot be read.
        SearchIndexError: The index for the search cannot be built, or the encoder cannot be loaded.
    """
    result = lint_articles(settings.corpus, settings, open_encoder=open_encoder, searched=searched)
    findings = defaultdict[str, list[str]](list)
    for finding in result.findings:
        findings[finding.source].append(_text(finding))
    entries = Counter[str](dict.fromkeys(findings, 0))
    for reading in result.readings:
        entries[reading.article.source] += len(reading.entries)
    return tuple(
        ArticleFindings(
            source,
            entries[source],
            tuple(findings[source][:_MAX_FINDINGS]),
            more=max(0, len(findings[source]) - _MAX_FINDINGS),
        )
        for source in sorted(entries)
    )


def preview(content: bytes, name: str, *, labels: Labels) -> Preview:
    """Return a file's entries as HTML and its findings, or why it cannot be read.

    Args:
        content: The file's bytes.
        name: Its name; the suffix says which format it has.
        labels: The labels for the parts of an entry.
    """
    read = list(read_content(content, name, labels=labels))
    readings = [each for each in read if isinstance(each, ParsedArticle)]
    if not readings:
        return Preview(str(read[0]) if read else f"{name}: has no entry", 0, "", ())
    entries = [EntryInfo.from_entry(entry, reading.article) for reading in readings for entry in reading.entries]
    cards = [card_of(entry, opened=True) for entry in entries]
    findings = _first([_text(finding) for finding in _findings(read, labels)])
    return Preview(None, len(entries), preview_html(cards), tuple(findings))


def findings_of(article: ParsedArticle, entry_id: str, labels: Labels) -> tuple[str, ...]:
    """Return the findings about one entry of an article."""
    return tuple(_text(finding) for finding in _findings([article], labels) if finding.entry_id == entry_id)


def _findings(read: Sequence[ParsedArticle | ArticleError], labels: Labels) -> list[Finding]:
    return lint(read, today=datetime.now(UTC).date().isoformat(), labels=labels)


def _first(findings: list[str]) -> list[str]:
    more = len(findings) - _MAX_IN_PREVIEW
    return [*findings[:_MAX_IN_PREVIEW], f"and {more} more"] if more > 0 else findings


def _text(finding: Finding) -> str:
    place = "" if finding.line is None else f"line {finding.line}: "
    return f"{place}{finding.text}"
