"""What cannot be read now keeps its last version that could be, marked as being edited, until it is whole or gone.

An error names the entry or the article that it leaves out, or leaves out all of its file that was not read
(`ArticleError.concerns`). What no error names was deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from corpus.article import Article, Entry, Span
from corpus.entry_runs import EntryRuns, article_id_of, runs_of
from corpus.errors import ArticleError


@dataclass(frozen=True, slots=True)
class Readable:
    """What could be read of a folder of articles, and what could not.

    Attributes:
        articles: By id.
        entries: In the order of the articles.
        rejected: What could not be read.
    """

    articles: tuple[Article, ...]
    entries: Sequence[Entry]
    rejected: tuple[ArticleError, ...]


def with_last_versions(
    now: Readable, last: Iterable[tuple[Article, Sequence[Entry]]], *, unfinished: Sequence[ArticleError] = ()
) -> Readable:
    """Return what can be read now, with the last versions of what cannot.

    Args:
        now: What was read now.
        last: The articles that were read last, with their entries.
        unfinished: Errors without a cause or a solution: rejected only if they were entries before.
    """
    articles = {article.article_id: article for article in now.articles}
    errors = _Errors((*now.rejected, *unfinished))
    runs = {article_id_of(run): run for run in runs_of(now.entries)}
    kept: defaultdict[str, list[Entry]] = defaultdict(list)
    named: set[int] = set()
    for article, entries in last:
        current = articles.get(article.article_id)
        whole = errors.of_article(article) if current is None else None
        if whole is None and (current is None or current.draft or not errors.name_entries_of(article)):
            continue  # its entries need not be read
        read = {entry.entry_id for entry in runs.get(article.article_id, ())}
        for entry in entries:
            error = whole or errors.of_entry(entry)
            if error is not None and entry.entry_id not in read:
                kept[article.article_id].append(_marked(entry, error.line if whole is None else None))
                named.add(id(error))
                articles.setdefault(article.article_id, article)
    if not kept:
        return now
    for article_id, entries in kept.items():
        runs[article_id] = sorted((*entries, *runs.get(article_id, ())), key=_first_line)
    ordered = tuple(articles[article_id] for article_id in sorted(articles))
    rejected = (*now.rejected, *(error for error in unfinished if id(error) in named))
    return Readable(
        ordered,
        EntryRuns(runs.get(article.article_id, ()) for article in ordered),
        tuple(sorted(rejected, key=lambda error: error.source)),
    )


class _Errors:
    def __init__(self, errors: Iterable[ArticleError]) -> None:
        self._by_id: dict[str, ArticleError] = {}
        self._by_source: dict[str, ArticleError] = {}
        for error in errors:
            if error.concerns is None:
                self._by_source.setdefault(error.source, error)
            elif error.concerns:
                self._by_id.setdefault(error.concerns, error)
        self._articles = {concerned.rpartition("#")[0] for concerned in self._by_id}

    def name_entries_of(self, article: Article) -> bool:
        """Return whether an error names an entry that is, or was, of an article."""
        return article.article_id in self._articles

    def of_entry(self, entry: Entry) -> ArticleError | None:
        return self._by_id.get(entry.entry_id)

    def of_article(self, article: Article) -> ArticleError | None:
        """Return the error that leaves out an article: its own, or that of its file or of a folder around it."""
        path = PurePosixPath(article.source)
        of_file = (self._by_source.get(each.as_posix()) for each in (path, *path.parents))
        return self._by_id.get(article.article_id) or next(filter(None, of_file), None)


def _marked(entry: Entry, line: int | None) -> Entry:
    """Return an entry as being edited; where its new version begins in a line, that is where it stands."""
    return replace(entry, being_edited=True, span=entry.span if line is None else Span(line, line))


def _first_line(entry: Entry) -> int:
    return entry.span.first_line or 0
