"""What a page may have at most of what costs time however short it is: blocks, and attributes of one tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from corpus.errors import ArticleError

_BLOCKS = ("p", "div", "section", "li", "dt", "dd", "tr", "pre", "blockquote", "br", "h1", "h2", "h3", "h4", "h5", "h6")
_MOST_BLOCKS = 10_000  # of a page; a longer one may have one for each so many characters
_LEAST_BLOCK = 100
_MOST_ATTRIBUTES = 1_000  # the parser compares each with all before it
_LONG_TAG = 2 * _MOST_ATTRIBUTES  # characters, in which so many attributes have no room
# Of a tag all that follows its name; a value in quotes may hold anything, and one that is never closed goes to the end.
_TAG = re.compile(r"""<[a-zA-Z][^\s>]*+(?P<rest>(?:[^=>]++|=\s*+(?:"[^"]*+"?+|'[^']*+'?+)?+)*+)""")
_VALUE = re.compile(r"""=\s*+(?:"[^"]*+"?+|'[^']*+'?+)""")


def check_tags(html: str, source: str) -> None:
    """Check, before a page is parsed, that no tag has thousands of attributes.

    Raises:
        ArticleError: One has.
    """
    for start, attributes in _crowded_tags(html):
        problem = f"has a tag with {attributes:,} attributes, more than any tag has; remove them"
        raise ArticleError(source, problem, html.count("\n", 0, start) + 1)


def has_too_many_attributes(html: str) -> bool:
    """Whether a tag has thousands of attributes."""
    return next(_crowded_tags(html), None) is not None


def _crowded_tags(html: str) -> Iterator[tuple[int, int]]:
    """Yield where each tag with too many attributes begins, and how many it has."""
    for tag in _TAG.finditer(html):
        rest = tag["rest"]
        if len(rest) > _LONG_TAG and (found := len(_VALUE.sub(" ", rest).split())) > _MOST_ATTRIBUTES:
            yield tag.start(), found


def check_blocks(body: HtmlElement, size: int, source: str) -> None:
    """Check that a page has not more blocks than an article of its length may have.

    Args:
        body: The page.
        size: Its characters.
        source: The path of its file under the corpus root.

    Raises:
        ArticleError: It has.
    """
    found = sum(1 for _ in body.iter(*_BLOCKS))
    if found > max(_MOST_BLOCKS, size // _LEAST_BLOCK):
        problem = f"has {found:,} paragraphs, items and rows in {size:,} characters, more than an article has; split it"
        raise ArticleError(source, problem)
