"""Checks articles: the rules on their text, and those that need a search over all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assistant.publishing.answered_questions import answered_file, no_longer_answered, read_answered
from assistant.settings import Settings
from corpus.article_files import read_article
from corpus.authoring.article_rules import lint
from corpus.authoring.findings import Finding, Severity
from corpus.authoring.further_errors import further_errors
from corpus.authoring.hints import entries_without_symptoms, missing_images
from corpus.errors import ArticleError
from corpus.labels import Labels, labels_of
from corpus.loader import assemble_corpus, read_file, read_folder
from corpus.parsing.article_parser import ParsedArticle
from index.models.encoder import Encoder

ReadResult = ParsedArticle | ArticleError


@dataclass(frozen=True, slots=True)
class LintResult:
    """The findings in some articles.

    Attributes:
        folder: The findings' file names are relative to it.
        findings: Ordered by file and line.
        readings: The articles that could be read.
        unread: The bytes of the files that could not.
    """

    folder: Path
    findings: tuple[Finding, ...]
    readings: tuple[ParsedArticle, ...]
    unread: int = 0


class SearchedFindings:
    """Keeps what a search found until something that it depends on changes: each takes seconds of processor."""

    def __init__(self) -> None:
        self._key = ""
        self._found: tuple[Finding, ...] = ()

    def of(self, key: str, search: Callable[[], Iterable[Finding]]) -> tuple[Finding, ...]:
        """Return what was found for a key, or search."""
        if key != self._key:
            self._found, self._key = tuple(search()), key
        return self._found


def lint_articles(
    path: Path,
    settings: Settings,
    *,
    open_encoder: Callable[[], Encoder] | None,
    searched: SearchedFindings | None = None,
) -> LintResult:
    """Check a file or a folder; what lies in the articles' folder is compared with all other articles as well.

    Args:
        path: What to check.
        settings: Where the articles are, and where the index for the search is cached.
        open_encoder: Called if there is an entry to search for; None leaves out the rules that need a search.
        searched: What the last search found, for a server that is asked again and again.

    Raises:
        CorpusError: The folder cannot be read, or the setting of labels is not understood.
        SearchIndexError: The index for the search cannot be built, the encoder cannot be loaded, or the judged queries
            beside the articles cannot be read.
    """
    labels = labels_of(settings.labels)
    folder, others, asked = _read(path, settings.corpus, labels)
    everything = [*others, *asked]
    sources = {_source(each) for each in asked}
    findings = lint(everything, today=datetime.now(UTC).date().isoformat(), labels=labels)
    for each in asked:
        if isinstance(each, ParsedArticle):
            findings += [*missing_images(each, folder), *entries_without_symptoms(each)]
        elif each.concerns is None:
            findings += _further_findings(each, folder, labels)
    if open_encoder is not None:
        cache = settings.cache / "lint" / _digest(folder)
        found = _audit(everything, findings, sources, open_encoder, cache=cache, folder=folder, kept=searched)
        findings += found
    if path.is_dir():
        sources.add(answered_file(folder).name)  # of an entry that is gone
    asked_for = (finding for finding in findings if finding.source in sources)
    return LintResult(
        folder,
        tuple(sorted(asked_for, key=lambda finding: (finding.source, finding.line or 0, finding.rule))),
        tuple(each for each in asked if isinstance(each, ParsedArticle)),
        _unread_bytes(folder, asked),
    )


def _further_findings(error: ArticleError, folder: Path, labels: Labels) -> list[Finding]:
    """Return what else has to be corrected in a file that cannot be read."""
    try:
        content = read_article(folder / error.source, root=folder)
    except ArticleError:
        return []
    found = list(further_errors(content, error, labels=labels))
    findings = lint(found, today=datetime.now(UTC).date().isoformat(), labels=labels)
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _unread_bytes(folder: Path, asked: list[ReadResult]) -> int:
    """Return the bytes of the files of which no article was read."""
    read = {_source(each) for each in asked if isinstance(each, ParsedArticle)}
    unread = {_source(each) for each in asked} - read
    return sum(path.stat().st_size for source in sorted(unread) if (path := folder / source).is_file())


def _read(path: Path, corpus: Path, labels: Labels) -> tuple[Path, list[ReadResult], list[ReadResult]]:
    """Return the folder, the articles to compare with, and those to check."""
    if path.exists() and corpus.is_dir() and path.resolve().is_relative_to(corpus.resolve()):
        name = path.resolve().relative_to(corpus.resolve()).as_posix()
        everything = list(read_folder(corpus, labels=labels))
        if path.is_file():
            asked = list(read_file(corpus / name, root=corpus, labels=labels))
            return corpus, [each for each in everything if _source(each) != name], asked
        inside = [name == "." or _source(each).startswith(f"{name}/") for each in everything]
        pairs = list(zip(everything, inside, strict=True))
        return (
            corpus,
            [each for each, is_asked in pairs if not is_asked],
            [each for each, is_asked in pairs if is_asked],
        )
    if path.is_file():
        return path.parent, [], list(read_file(path, root=path.parent, labels=labels))
    return path, [], list(read_folder(path, labels=labels))


def _audit(
    everything: list[ReadResult],
    findings: list[Finding],
    sources: set[str],
    open_encoder: Callable[[], Encoder],
    *,
    cache: Path,
    folder: Path,
    kept: SearchedFindings | None,
) -> tuple[Finding, ...]:
    from assistant.publishing.judged_queries import judged_queries
    from index.builder import Options, build
    from index.findability import SETTLED, check_findability
    from index.retriever import Retriever
    from index.storage.store import Store

    corpus = assemble_corpus(everything)
    if not corpus.entries:
        return ()
    encoder, store = open_encoder(), Store(cache)
    with store.writer():
        build(corpus, encoder, store, options=Options(keep=1))
        generation = store.current()
    readings = [each for each in everything if isinstance(each, ParsedArticle)]
    settled = sorted({finding.entry_id for finding in findings if finding.rule in SETTLED and finding.entry_id})
    judged, answered = judged_queries(folder), read_answered(folder)
    files = {entry.entry_id: each.article.source for each in readings for entry in each.entries}

    def search() -> Iterator[Finding]:
        retriever = Retriever(generation, encoder)
        yield from check_findability(readings, retriever, settled=settled, sources=sources, judged=judged)
        yield from no_longer_answered(folder, retriever, files)

    depends_on = (generation.manifest.content_sha256, settled, sorted(sources), list(judged.items()), answered)
    key = hashlib.sha256(repr(depends_on).encode()).hexdigest()
    return (kept or SearchedFindings()).of(key, search)


def _source(read: ReadResult) -> str:
    return read.source if isinstance(read, ArticleError) else read.article.source


def _digest(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
