"""Articles from a folder: the only module of this room that opens files.

A folder is read whole, in the order of the article ids. An article that cannot be read is left out and reported; the
others are not affected.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from corpus.article import Article, Entry
from corpus.entries import parse_entries
from corpus.errors import ArticleError, NoArticlesError
from corpus.formats import markdown
from corpus.formats.document import Document, ElementKind

MAX_BYTES = 5_000_000  # an article of 5 MB is an export or a mistake
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_SUFFIXES = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Corpus:
    """All articles of a folder.

    Attributes:
        articles: In the order of their ids, drafts included.
        entries: Those of all articles that are not drafts, in the articles' order.
        rejected: What could not be read, in the order of the files' names.
    """

    articles: tuple[Article, ...]
    entries: tuple[Entry, ...]
    rejected: tuple[ArticleError, ...]


def load_corpus(root: Path) -> Corpus:
    """Read every article under `root`.

    Raises:
        NoArticlesError: `root` is not a readable folder.
    """
    parsed: dict[str, tuple[Article, tuple[Entry, ...]]] = {}
    rejected: list[ArticleError] = []
    for path in _files(root):
        source = path.relative_to(root).as_posix()
        try:
            article, entries = parse_article(read_text(path, root=root), source)
        except ArticleError as error:
            rejected.append(error)
            continue
        if (twin := parsed.get(article.article_id)) is None:
            parsed[article.article_id] = article, entries
        else:
            rejected.append(ArticleError(source, f'has the article id of "{twin[0].source}"; rename one of them'))
    in_order = [parsed[article_id] for article_id in sorted(parsed)]
    articles = tuple(article for article, _ in in_order)
    shown = tuple(entry for article, entries in in_order if not article.draft for entry in entries)
    return Corpus(articles, shown, tuple(rejected))


def read_text(path: Path, *, root: Path) -> str:
    """Return the text of an article's file; a byte-order mark is dropped.

    Raises:
        ArticleError: It is not a regular file inside `root`, too large, or not UTF-8.
    """
    source = path.relative_to(root).as_posix()
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            raise ArticleError(source, "is a link to a file outside the articles' folder; copy the file in")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ArticleError(source, "is not a regular file; remove it from the articles' folder")
        if found.st_size > MAX_BYTES:
            size, limit = found.st_size / 1e6, MAX_BYTES / 1e6
            raise ArticleError(source, f"is {size:.0f} MB, more than the {limit:.0f} MB of one article; split it")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ArticleError(source, f"cannot be read ({error.strerror}); mend its permissions") from error
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        raise ArticleError(source, "is not UTF-8 from here on; save it as UTF-8", line) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ArticleError(source, "holds a zero byte, which no text has; save it as UTF-8", line)
    return text


def parse_article(text: str, source: str) -> tuple[Article, tuple[Entry, ...]]:
    """Make an article and its entries of a file's text.

    Args:
        text: The file's text.
        source: The file's path under the corpus root; the article's id comes from it.

    Raises:
        ArticleError: It holds no entry, or something in it cannot be understood.
    """
    document = markdown.read(text, source)
    article_id = PurePosixPath(source).with_suffix("").as_posix()
    metadata = _Metadata(document.metadata, source)
    title = metadata.text("title") or _first_heading(document) or article_id
    entries = parse_entries(document.elements, article_id=article_id, title=title, source=source)
    if not entries:
        raise ArticleError(source, "holds no entry; begin each with a level-2 heading (## ...) and a solution under it")
    article = Article(
        article_id=article_id,
        title=title,
        url=metadata.text("url"),
        product=metadata.text("product"),
        tags=metadata.texts("tags"),
        updated=metadata.day("updated"),
        review_by=metadata.day("review_by"),
        aliases=metadata.pairs("aliases"),
        draft=metadata.flag("draft"),
        source=source,
    )
    return article, entries


def _files(root: Path) -> Iterator[Path]:
    if not root.is_dir():
        found = "is not a folder" if root.exists() else "does not exist"
        raise NoArticlesError(f'{root} {found}; name the folder of the articles with "--corpus DIR"')
    try:
        for folder, names, files in os.walk(root, onerror=_raise):
            names[:] = sorted(name for name in names if not _is_hidden(name))
            for name in sorted(files):
                if name.endswith(_SUFFIXES) and not _is_hidden(name):
                    yield Path(folder, name)
    except OSError as error:
        raise NoArticlesError(f"{error.filename} cannot be read ({error.strerror}); mend its permissions") from error


def _raise(error: OSError) -> None:
    raise error


def _is_hidden(name: str) -> bool:
    """Editors keep swap, lock and backup files beside the ones they edit."""
    return name.startswith((".", "#", "~")) or name.endswith("~")


def _first_heading(document: Document) -> str | None:
    for element in document.elements:
        if element.kind is ElementKind.HEADING and element.level == 1:
            return element.markdown
    return None


class _Metadata:
    """Front matter read by name, each value checked for its type."""

    def __init__(self, values: Mapping[str, object], source: str) -> None:
        self._values = values
        self._source = source

    def text(self, name: str) -> str | None:
        value = self._value(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "a text")

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if isinstance(value, str):
            return (value,)
        if value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return tuple(value or ())
        raise self._wrong(name, "a list of texts")

    def day(self, name: str) -> str | None:
        value = self._value(name)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value)).date().isoformat()
        except ValueError:
            raise self._wrong(name, "a day such as 2026-11-23") from None

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        value = self._value(name)
        if value is None:
            return ()
        if isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair):
            return tuple(sorted(value.items()))
        raise self._wrong(name, "lines of the form `old-id: new-id`")

    def flag(self, name: str) -> bool:
        value = self._value(name) or "false"
        if isinstance(value, str) and (said := value.casefold()) in _FLAGS:
            return _FLAGS[said]
        raise self._wrong(name, "true or false")

    def _value(self, name: str) -> object:
        value = self._values.get(name)
        return None if isinstance(value, str) and value.strip() in {"", "~", "null"} else value

    def _wrong(self, name: str, expected: str) -> ArticleError:
        value = self._values[name]
        found = repr(value[:80]) if isinstance(value, str) else f"a {type(value).__name__}"
        return ArticleError(self._source, f"`{name}` in the front matter is {found}; it should be {expected}")
