"""A folder of articles becomes a corpus.

All files are read, in the order of their names. An entry or an article that cannot be read is reported, and its last
version that could be read stays; the others are not affected.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from corpus.article import Article, Entry
from corpus.article_files import article_files, is_gone, printable, read_article, read_inside
from corpus.entry_runs import EntryRuns, article_id_of, runs_of
from corpus.errors import ArticleError
from corpus.formats.registry import documents_of
from corpus.images import MAX_IMAGE_BYTES, Image, image_kind, image_paths
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.last_versions import Readable, with_last_versions
from corpus.parsing.article_parser import ParsedArticle, parse_document
from corpus.time_limit import time_limit

_PARSING_PACKAGES = ("docutils", "lxml", "mammoth", "markdown-it-py", "mdit-py-plugins", "openpyxl", "pyyaml")


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of a folder.

    Attributes:
        articles: By id, drafts included.
        entries: Those of all articles that are not drafts, in the order of the articles.
        rejected: What could not be read, in the order of the files' names.
        unfinished: Errors without a cause or a solution: left out in silence, unless they were entries before.
        images: Those that the entries show and that can be shown, by path.
        image_paths: The paths of all images that the entries of an article show, by the article's id.
        digests: The hex SHA-256 by file name of each file that is completely in `articles` and `entries`.
        parser_fingerprint: Of the code, packages and labels that read the files; others might read them differently.
    """

    articles: tuple[Article, ...]
    entries: Sequence[Entry]
    rejected: tuple[ArticleError, ...]
    unfinished: tuple[ArticleError, ...] = ()
    images: tuple[Image, ...] = ()
    image_paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    parser_fingerprint: str = ""


class ArticleCache(Protocol):
    """What was read from files before.

    Attributes:
        parser_fingerprint: Of what read them: see `Corpus`.
    """

    parser_fingerprint: str

    def sources(self) -> Mapping[str, str]:
        """Return the file of each article by the article's id."""

    def read(self, source: str, digest: str) -> Iterable[tuple[Article, Sequence[Entry]]] | None:
        """Return the articles of a file with their entries, or None if a file with this digest was not read."""

    def last_read(self) -> Iterable[tuple[Article, Sequence[Entry]]]:
        """Yield all articles with their entries, whatever has become of their files."""

    def image_paths(self, entries: Sequence[Entry]) -> tuple[str, ...] | None:
        """Return the paths of the images that entries show, if they are entries that `read` returned; else None."""


def load_corpus(
    root: Path,
    *,
    labels: Labels = DEFAULT_LABELS,
    cache: ArticleCache | None = None,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> Corpus:
    """Read every article under `root`.

    Args:
        root: The folder.
        labels: The words that name the parts of an entry.
        cache: What was read before. Its entries are ignored if other code or other labels read them; that a file
            already had an article id is not.
        instead: What some of the files are taken to hold, by name, so that an edit can be tried before it is written.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    fingerprint = _parser_fingerprint(labels)
    published = {} if cache is None else cache.sources()
    usable = cache if cache is not None and cache.parser_fingerprint == fingerprint else None
    corpus = assemble_corpus(read_folder(root, labels=labels, cache=usable, instead=instead), published=published)
    if cache is not None and (corpus.rejected or corpus.unfinished):
        corpus = _with_last_versions(corpus, cache.last_read())
    paths = dict(_image_paths(corpus, usable))
    images = tuple(_images(sorted({path for own in paths.values() for path in own}), root))
    return replace(corpus, images=images, image_paths=paths, parser_fingerprint=fingerprint)


def assemble_corpus(
    results: Iterable[ParsedArticle | ArticleError], *, published: Mapping[str, str] | None = None
) -> Corpus:
    """Return the corpus of articles and errors.

    Of two files with one article id, the one that is published under it already stays; where neither is, the first.

    Args:
        results: The articles and errors, in the order of the files' names.
        published: The file of each article that was published before, by the article's id.
    """
    read = list(results)
    kept = _articles_by_id([each for each in read if isinstance(each, ParsedArticle)], published or {})
    rejected: list[ArticleError] = []
    unfinished: list[ArticleError] = []
    for result in read:
        if isinstance(result, ArticleError):
            rejected.append(result)
        elif (twin := kept[result.article.article_id]) is result:
            rejected += result.problems
            unfinished += result.unfinished
        else:
            problem = f'has the same article id as "{twin.article.source}"; rename one of them'
            rejected.append(ArticleError(result.article.source, problem, concerns=""))
    by_id = [kept[article_id] for article_id in sorted(kept)]
    entries = EntryRuns(each.entries for each in by_id if not each.article.draft)
    incomplete = {error.source for error in rejected} | {each.article.source for each in by_id if each.article.draft}
    digests = {each.article.source: each.digest for each in by_id if each.digest}
    complete = {source: digest for source, digest in digests.items() if source not in incomplete}
    articles = tuple(each.article for each in by_id)
    return Corpus(articles, entries, tuple(rejected), tuple(unfinished), digests=complete)


def _with_last_versions(corpus: Corpus, last: Iterable[tuple[Article, Sequence[Entry]]]) -> Corpus:
    now = Readable(corpus.articles, corpus.entries, corpus.rejected)
    kept = with_last_versions(now, last, unfinished=corpus.unfinished)
    incomplete = {error.source for error in kept.rejected}
    digests = {source: digest for source, digest in corpus.digests.items() if source not in incomplete}
    return replace(corpus, articles=kept.articles, entries=kept.entries, rejected=kept.rejected, digests=digests)


def _articles_by_id(parsed: Iterable[ParsedArticle], published: Mapping[str, str]) -> dict[str, ParsedArticle]:
    kept: dict[str, ParsedArticle] = {}
    for each in parsed:
        twin = kept.setdefault(each.article.article_id, each)
        if published.get(each.article.article_id) == each.article.source != twin.article.source:
            kept[each.article.article_id] = each
    return kept


def read_folder(
    root: Path,
    *,
    labels: Labels = DEFAULT_LABELS,
    cache: ArticleCache | None = None,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield each article under `root`, or why it cannot be read, in the order of the files' names.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    for path in article_files(root):
        if isinstance(path, ArticleError):
            yield path
        else:
            yield from read_file(path, root=root, labels=labels, cache=cache, instead=instead)


def read_file(
    path: Path,
    *,
    root: Path,
    labels: Labels = DEFAULT_LABELS,
    cache: ArticleCache | None = None,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield the articles of a file, or why one cannot be read; an export has several, a file just removed none."""
    source = path.relative_to(root).as_posix()
    if (shown := printable(source)) != source:
        yield ArticleError(shown, "has a name that cannot be shown or linked to; rename it")
        return
    try:
        content = instead[source] if source in instead else read_article(path, root=root)
    except ArticleError as error:
        if not is_gone(path):
            yield error
        return
    digest = hashlib.sha256(content).hexdigest()
    if cache is not None and (cached := cache.read(source, digest)) is not None:
        yield from (ParsedArticle(article, entries, digest=digest) for article, entries in cached)
        return
    for result in read_content(content, source, labels=labels):
        yield result if isinstance(result, ArticleError) else replace(result, digest=digest)


def read_content(
    content: bytes, source: str, *, labels: Labels = DEFAULT_LABELS, patience: float = 1.0
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield the articles in the bytes of the file `source`, or why one cannot be read.

    Args:
        content: The bytes.
        source: The file's path under the corpus root.
        labels: The words that name the parts of an entry.
        patience: Share of the time that reading may take.
    """
    results: list[ParsedArticle | ArticleError] = []
    try:
        with time_limit(source, len(content), scale=patience):
            for document in documents_of(content, source, labels):
                try:
                    results.append(parse_document(document, source, labels=labels))
                except ArticleError as error:
                    results.append(error)
    except ArticleError as error:
        results.append(error)
    yield from results


def _image_paths(corpus: Corpus, cache: ArticleCache | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the id of each article that shows images, and their paths."""
    articles = {article.article_id: article for article in corpus.articles}
    for run in runs_of(corpus.entries):
        paths = None if cache is None else cache.image_paths(run)
        article_id = article_id_of(run)
        if own := image_paths(articles[article_id], run) if paths is None else paths:
            yield article_id, own


def _images(paths: Iterable[str], root: Path) -> Iterator[Image]:
    """Yield the images that can be shown; of the others readers see the alternative text."""
    for path in paths:
        with contextlib.suppress(ArticleError):
            content = read_inside(root / path, root=root, max_bytes=MAX_IMAGE_BYTES)
            if (kind := image_kind(content)) is not None:
                yield Image(path, kind, content)


def _parser_fingerprint(labels: Labels) -> str:
    """Return the hex SHA-256 of the code of this package, the versions of what it parses with, and the labels."""
    versions = (platform.python_version(), *map(_version, _PARSING_PACKAGES))
    digest = hashlib.sha256("\n".join([labels.fingerprint, *versions]).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # mammoth is optional
        return ""
