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
_MOST_SHOWN = 100  # letters of an id in a message


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
    try:
        path = _path_in(to, article_id, reading.article.source)
        text = article_markdown(replace(reading.article, article_id=article_id), entries)
        return _write_text(path, text, force=force)
    except ArticleError as error:
        return Imported(Outcome.REFUSED, str(error))
    except OSError as error:
        name = f"{article_id[:_MOST_SHOWN]}..." if len(article_id) > _MOST_SHOWN else article_id
        problem = f"{name}.md cannot be written to {to} ({error.strerror})"
        return Imported(Outcome.REFUSED, f"{reading.article.source}: {problem}; change its id, or what is in its way")


def _path_in(to: Path, article_id: str, source: str) -> Path:
    """Return the file of an article in the folder that is written to.

    Raises:
        ArticleError: The id, or a link in the folder, leads out of the folder or to a hidden file.
    """
    path = to / f"{article_id}.md"
    if any(part.startswith(".") or not part for part in article_id.split("/")):
        problem = f'has the article id "{article_id}", which names no file in {to}; correct the id in the export'
        raise ArticleError(source, problem)
    if not path.resolve().is_relative_to(to.resolve()):
        raise ArticleError(source, f"would be written outside {to}, for {path} leads there by a link; remove the link")
    return path


def _write_text(path: Path, text: str, *, force: bool) -> Imported:
    if path.exists():
        existing = path.read_bytes()
        if existing == text.encode():
            return Imported(Outcome.UNCHANGED, str(path))
        if not force and was_edited(existing.decode(errors="replace")):
            return Imported(Outcome.REFUSED, f"{path} was edited since it was imported; --force overwrites it")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Imported(Outcome.WRITTEN, str(path))
