"""The ids of entries: the one in braces, or else one made of the text that edits change least, the message."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.errors import ArticleError

_NOT_IN_SLUG = re.compile(r"[\W_]+")
_SLUG_LENGTH = 60
_MARKS = re.compile(r"['\u2018\u2019`]")
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\](?:\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]]*\])")
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*=[^<>\n]*>|<(?:https?|mailto):[^<>\s]+>|</[a-zA-Z]+>")
_NO_LETTERS = "entry"  # the id of an entry whose texts have no letter


def slugify(text: str) -> str:
    """Return the id that a text makes: "Token couldn't be renewed." becomes "token-couldnt-be-renewed".

    Of links and images only the words count: an address changes when a file is moved.
    """
    for _ in range(2):  # the label of a link may be an image
        text = _LINK.sub(lambda match: match["label"], text)
    plain = _MARKS.sub("", _TAG.sub("", text)).casefold()
    slug = _NOT_IN_SLUG.sub("-", plain).strip("-")
    return slug if len(slug) <= _SLUG_LENGTH else slug[:_SLUG_LENGTH].rsplit("-", 1)[0]


class EntryIds:
    """Gives each entry of one article an id of its own.

    Args:
        article_id: What the ids begin with.
        source: The article's file, for messages.
    """

    def __init__(self, article_id: str, source: str) -> None:
        self._article_id = article_id
        self._source = source
        self._given: dict[str, tuple[bool, int | None]] = {}
        self._numbers: dict[str, int] = {}  # the last one that was given to an id

    def make(self, explicit: str | None, anchor: str | None, names: Iterable[str], line: int | None) -> str:
        """Return the id of an entry; the second of two entries with the same one gets a number.

        Args:
            explicit: The id in braces in its heading.
            anchor: The fragment by which a page's links name the heading.
            names: The texts to make an id of, best first: its message, its heading.
            line: Its first line, for messages.

        Raises:
            ArticleError: Two entries have the same id in braces.
        """
        slug = _slug(explicit, anchor, names)
        if slug in self._given:
            other_is_explicit, other_line = self._given[slug]
            if explicit and other_is_explicit:
                remedy = "give one of them another {#id} in its heading"
                problem = (
                    f'two entries have the id "{self._article_id}#{slug}", the other in line {other_line}; {remedy}'
                )
                raise ArticleError(self._source, problem, line)
            slug = self._numbered(slug)
        self._given[slug] = explicit is not None, line
        return f"{self._article_id}#{slug}"

    def _numbered(self, slug: str) -> str:
        number = self._numbers.get(slug, 1) + 1
        while f"{slug}-{number}" in self._given:
            number += 1
        self._numbers[slug] = number
        return f"{slug}-{number}"

    def likely(self, explicit: str | None, anchor: str | None, names: Iterable[str]) -> str:
        """Return the id that an entry which is left out would have."""
        return f"{self._article_id}#{_slug(explicit, anchor, names)}"


def _slug(explicit: str | None, anchor: str | None, names: Iterable[str]) -> str:
    return explicit or anchor or next(filter(None, map(slugify, names)), _NO_LETTERS)
