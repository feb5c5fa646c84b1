"""The images that articles show: which files they name, and of which kind a file is. Pure; `loader` reads the files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from corpus.article import Article, Entry

MAX_IMAGE_BYTES = 2_000_000  # a picture of a whole screen is a tenth of it
_SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp")  # no svg: it can hold scripts


@dataclass(frozen=True, slots=True)
class Image:
    """An image's file.

    Attributes:
        path: Under the corpus root, "/" between folders.
        kind: "png", "jpg", "gif" or "webp", as its content says.
    """

    path: str
    kind: str
    content: bytes


def image_path(address: str, source: str) -> str | None:
    """Return the file under the corpus root that an article's image is, or None where it is none of the folder's.

    >>> image_path("../menus/new%20invoice.png", "help/invoices/errors.md")
    'help/menus/new invoice.png'

    Args:
        address: As the article has it.
        source: The article's own file.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    linked = unquote(parts.path)
    if parts.scheme or parts.netloc or linked.startswith("/") or "\\" in linked or not linked.isprintable():
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), linked))
    is_hidden = any(part.startswith(".") for part in path.split("/"))  # also what leads out of the folder
    return path if path.rpartition(".")[2].lower() in _SUFFIXES and not is_hidden else None


def image_paths(articles: Iterable[Article], entries: Iterable[Entry]) -> list[str]:
    """Return the files that the entries show, each once, in order."""
    sources = {article.article_id: article.source for article in articles}
    found = (
        image_path(address, sources[entry.article_id])
        for entry in entries
        for text in _texts(entry)
        for address in _addresses(text)
    )
    return sorted({path for path in found if path is not None})


def image_kind(content: bytes) -> str | None:
    """Return the kind of an image by how its content begins, or None for what is not shown."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _texts(entry: Entry) -> Iterator[str]:
    yield from entry.messages
    yield from filter(None, (entry.cause, entry.context))
    for solution in entry.solutions:
        yield from (block.markdown for block in solution.blocks)


def _addresses(markdown: str) -> Iterator[str]:
    if "![" not in markdown:
        return
    waiting = _parser().parse(markdown)
    while waiting:
        token = waiting.pop()
        waiting += token.children or []
        if token.type == "image":
            yield str(token.attrGet("src") or "")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
