"""The images that articles show: the paths they link to, and the format of an image by its bytes.

Nothing here opens a file; `loader` does.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from corpus.article import Article, Entry

MAX_IMAGE_BYTES = 2_000_000  # ten times a screenshot of a whole screen
_SUFFIXES = ("png", "jpg", "jpeg", "gif", "webp")  # not svg, which can contain scripts


@dataclass(frozen=True, slots=True)
class Image:
    """An image that can be shown.

    Attributes:
        path: The path of its file under the corpus root, with "/" between folders.
        kind: "png", "jpg", "gif" or "webp", by its content rather than its suffix.
        content: The bytes of the file.
    """

    path: str
    kind: str
    content: bytes


def image_path(address: str, source: str) -> str | None:
    """Return the path under the corpus root that an address in an article leads to.

    None for an address on the web or outside the folder, a hidden file, or a suffix that is not shown.

    >>> image_path("../menus/new%20invoice.png", "help/invoices/errors.md")
    'help/menus/new invoice.png'

    Args:
        address: The address as the article has it.
        source: The article's own path under the corpus root.
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    target = unquote(parts.path)
    if parts.scheme or parts.netloc or target.startswith("/") or "\\" in target or not target.isprintable():
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    is_hidden = any(part.startswith(".") for part in path.split("/"))  # ".." too, which leads out of the folder
    return path if path.rpartition(".")[2].lower() in _SUFFIXES and not is_hidden else None


def image_paths(article: Article, entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the paths of the images in the entries of an article, sorted, each once."""
    addresses = (address for entry in entries for text in _texts(entry) for address in _addresses(text))
    paths = (image_path(address, article.source) for address in addresses)
    return tuple(sorted({path for path in paths if path is not None}))


def image_kind(content: bytes) -> str | None:
    """Return "png", "jpg", "gif" or "webp" by the first bytes of an image, or None for any other content."""
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
    tokens = _parser().parse(markdown)
    while tokens:
        token = tokens.pop()
        tokens += token.children or []
        if token.type == "image":
            yield str(token.attrGet("src") or "")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
