"""Articles from a folder: the only module of this room that opens files.

A folder is read whole, in the order of the article ids. An article that cannot be read is left out and reported; the
others are not affected.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Protocol

from corpus.article import Article, Entry
from corpus.errors import ArticleError, NoArticlesError
from corpus.formats import markdown
from corpus.formats.registry import SUFFIXES, documents_of, format_of
from corpus.images import MAX_IMAGE_BYTES, Image, image_kind, image_paths
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.article_parser import ParsedArticle, parse_document

_READERS = ("lxml", "mammoth", "markdown-it-py", "mdit-py-plugins", "pyyaml")  # others may read a file otherwise
_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")  # Unicode's categories: controls, surrogates, separators of lines and paragraphs


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of a folder.

    Attributes:
        articles: In the order of their ids, drafts included.
        entries: Those of all articles that are not drafts, in the articles' order.
        rejected: What could not be read, in the order of the files' names.
        images: Those that the entries show, as far as they can be shown, in the order of their files' names.
        digests: The hex SHA-256 of each file that is in `articles` and `entries` with all it has, by its name.
        read_by: What read the files: another program or other labels might read the same bytes otherwise.
    """

    articles: tuple[Article, ...]
    entries: tuple[Entry, ...]
    rejected: tuple[ArticleError, ...]
    images: tuple[Image, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    read_by: str = ""


class Known(Protocol):
    """Files that were read before, in the way that `read_by` says."""

    read_by: str

    def read(self, source: str, digest: str) -> Iterable[tuple[Article, tuple[Entry, ...]]] | None:
        """Return the articles of a file and their entries, or None where its bytes are not known."""


def load_corpus(root: Path, *, labels: Labels = DEFAULT_LABELS, known: Known | None = None) -> Corpus:
    """Read every article under `root`.

    Args:
        root: The folder.
        labels: The words that name the parts of an entry.
        known: What was read before and need not be read again.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    read_by = _read_by(labels)
    if known is not None and known.read_by != read_by:
        known = None
    corpus = assemble_corpus(read_folder(root, labels=labels, known=known))
    return replace(corpus, images=tuple(_images(corpus, root)), read_by=read_by)


def assemble_corpus(found: Iterable[ParsedArticle | ArticleError]) -> Corpus:
    """Gather articles as read, and what could not be, into a corpus; of two with one id the second is rejected."""
    readings: dict[str, ParsedArticle] = {}
    rejected: list[ArticleError] = []
    for reading in found:
        if isinstance(reading, ArticleError):
            rejected.append(reading)
            continue
        source, article_id = reading.article.source, reading.article.article_id
        if (twin := readings.get(article_id)) is None:
            readings[article_id] = reading
            rejected += reading.problems
        else:
            rejected.append(ArticleError(source, f'has the article id of "{twin.article.source}"; rename one of them'))
    in_order = [readings[article_id] for article_id in sorted(readings)]
    articles = tuple(reading.article for reading in in_order)
    shown = tuple(entry for reading in in_order if not reading.article.draft for entry in reading.entries)
    doubtful = {error.source for error in rejected} | {article.source for article in articles if article.draft}
    digests = {reading.article.source: reading.digest for reading in in_order if reading.digest}
    clean = {source: digest for source, digest in digests.items() if source not in doubtful}
    return Corpus(articles, shown, tuple(rejected), digests=clean)


def read_folder(
    root: Path, *, labels: Labels = DEFAULT_LABELS, known: Known | None = None
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield each article under `root` as read, or why it cannot be, in the order of the files' names.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    for path in _files(root):
        if isinstance(path, ArticleError):
            yield path
        else:
            yield from read_file(path, root=root, labels=labels, known=known)


def read_file(
    path: Path, *, root: Path, labels: Labels = DEFAULT_LABELS, known: Known | None = None
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield the articles of a file, and why one cannot be read; an export holds several."""
    source = path.relative_to(root).as_posix()
    if (shown := _printable(source)) != source:
        yield ArticleError(shown, "has a name that cannot be shown or linked to; rename it")
        return
    try:
        content = read_bytes(path, root=root)
    except ArticleError as error:
        if os.path.lexists(path):  # otherwise it was removed after its folder was listed
            yield error
        return
    digest = hashlib.sha256(content).hexdigest()
    if known is not None and (found := known.read(source, digest)) is not None:
        yield from (ParsedArticle(article, entries, digest=digest) for article, entries in found)
        return
    for reading in read_content(content, source, labels=labels):
        yield reading if isinstance(reading, ArticleError) else replace(reading, digest=digest)


def read_content(
    content: bytes, source: str, *, labels: Labels = DEFAULT_LABELS
) -> Iterator[ParsedArticle | ArticleError]:
    """Yield the articles in the bytes of a file that is called `source`, and why one cannot be read."""
    try:
        for document in documents_of(content, source, labels):
            try:
                yield parse_document(document, source, labels=labels)
            except ArticleError as error:
                yield error
    except ArticleError as error:
        yield error


def read_bytes(path: Path, *, root: Path) -> bytes:
    """Return what is in an article's file.

    Raises:
        ArticleError: It is not a regular file inside `root`, of no known format, or too large.
    """
    return _read_inside(path, root=root, limit=format_of(path.relative_to(root).as_posix()).max_bytes)


def _read_inside(path: Path, *, root: Path, limit: int) -> bytes:
    source = path.relative_to(root).as_posix()
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise ArticleError(source, "is a link to a file outside the articles' folder; copy the file in")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ArticleError(source, "is not a regular file; remove it from the articles' folder")
        if found.st_size > limit:
            size = found.st_size / 1e6
            raise ArticleError(source, f"is {size:.0f} MB, more than the {limit / 1e6:.0f} MB of its format; split it")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ArticleError(source, "is a link to a file that is not there; remove it") from error
    except OSError as error:
        raise ArticleError(source, f"cannot be read ({error.strerror}); mend its permissions") from error
    except RuntimeError as error:  # what Python below 3.13 says to a link that leads to itself
        raise ArticleError(source, "is a link that leads to itself; remove it") from error


def _images(corpus: Corpus, root: Path) -> Iterator[Image]:
    """Yield the images that can be shown; in place of another the reader sees its text."""
    for path in image_paths(corpus.articles, corpus.entries):
        with contextlib.suppress(ArticleError):
            content = _read_inside(root / path, root=root, limit=MAX_IMAGE_BYTES)
            if (kind := image_kind(content)) is not None:
                yield Image(path, kind, content)


def parse_article(text: str, source: str) -> tuple[Article, tuple[Entry, ...]]:
    """Make an article and its entries of a Markdown text.

    Args:
        text: The file's text.
        source: The file's path under the corpus root; the article's id comes from it.

    Raises:
        ArticleError: It has no entry, or something in it cannot be understood.
    """
    reading = parse_document(markdown.read(text, source), source)
    return reading.article, reading.entries


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # mammoth need not be there
        return ""


def _read_by(labels: Labels) -> str:
    """Return the hex SHA-256 of this room's code, the versions of what it reads with, and the labels."""
    versions = (platform.python_version(), *map(_version, _READERS))
    digest = hashlib.sha256("\n".join([labels.fingerprint, *versions]).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path | ArticleError]:
    """Yield the articles' files in the order of their names, then the folders that could not be looked into."""
    if not root.is_dir():
        found = "is not a folder" if root.exists() else "does not exist"
        raise NoArticlesError(f'{root} {found}; name the folder of the articles with "--corpus DIR"')
    closed: list[OSError] = []
    links: list[Path] = []
    for folder, names, files in os.walk(root, onerror=closed.append):
        names[:] = sorted(name for name in names if not _is_hidden(name))
        links += [path for name in names if (path := Path(folder, name)).is_symlink()]
        for name in sorted(files):
            if Path(name).suffix.lower() in SUFFIXES and not _is_hidden(name):
                yield Path(folder, name)
    for link in links:
        source = _printable(link.relative_to(root).as_posix())
        yield ArticleError(source, "is a link to a folder, which is not followed; copy the folder in")
    for error in closed:
        if not os.path.lexists(error.filename) and Path(error.filename) != root:
            continue  # it was removed after the folder around it was listed
        if Path(error.filename) == root:
            raise NoArticlesError(f"{root} cannot be read ({error.strerror}); mend its permissions") from error
        source = _printable(Path(error.filename).relative_to(root).as_posix())
        yield ArticleError(source, f"is a folder that cannot be read ({error.strerror}); mend its permissions")


def _printable(name: str) -> str:
    """Return a file's name with what no message and no address can hold (control characters, other bytes) escaped."""
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in _UNSHOWN else letter
        for letter in name
    )


def _is_hidden(name: str) -> bool:
    """Editors keep swap, lock and backup files beside the ones they edit."""
    return name.startswith((".", "#", "~")) or name.endswith("~")
