"""Writes articles of any format as Markdown files that can be edited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from corpus.authoring.article_writer import article_markdown, was_edited
from corpus.errors import ArticleError, NoArticlesError
from corpus.labels import Labels
from corpus.loader import read_file, read_folder
from corpus.parsing.article_parser import ParsedArticle

_NOT_IN_FILE_NAME = re.compile(r"[^\w./-]+")


class Outcome(StrEnum):
    """What was done with an article."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Imported:
    """The result for one article.

    Attributes:
        detail: The file it was written to, or why it was not.
    """

    outcome: Outcome
    detail: str


def import_articles(source: Path, to: Path, *, labels: Labels, force: bool = False) -> Iterator[Imported]:
    """Write every article of a file or a folder, and yield the result for each.

    Args:
        source: A file of any supported format, or a folder of them.
        to: The folder to write to; it is made if it does not exist.
        labels: The labels for the parts of an entry.
        force: Overwrite articles that were edited since they were imported.

    Raises:
        NoArticlesError: There is nothing at `source`.
    """
    if not source.exists():
        raise NoArticlesError(f"{source} does not exist; name a file or a folder of articles")
    is_file = source.is_file()
    read = read_file(source, root=source.parent, labels=labels) if is_file else read_folder(source, labels=labels)
    for each in read:
        if isinstance(each, ArticleError):
            yield Imported(Outcome.REFUSED, str(each))
            continue
        yield _write(each, to, force=force)
        for problem in each.problems:
            yield Imported(Outcome.REFUSED, str(problem))


def _write(reading: ParsedArticle, to: Path, *, force: bool) -> Imported:
    article_id = _NOT_IN_FILE_NAME.sub("-", reading.article.article_id)
    entries = tuple(
        replace(entry, entry_id=f"{article_id}#{entry.entry_id.rpartition('#')[2]}") for entry in reading.entries
    )
    path = to / f"{article_id}.md"
    try:
        text = article_markdown(replace(reading.article, article_id=article_id), entries)
    except ArticleError as error:
        return Imported(Outcome.REFUSED, str(error))
    if path.exists():
        existing = path.read_text(encoding="utf-8")
        if existing == text:
            return Imported(Outcome.UNCHANGED, str(path))
        if was_edited(existing) and not force:
            return Imported(Outcome.REFUSED, f"{path} was edited since it was imported; --force overwrites it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Imported(Outcome.WRITTEN, str(path))
