"""The ids of entries: what stands in braces, or else what stays the same when an entry is edited."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.errors import ArticleError

_NOT_IN_SLUG = re.compile(r"[\W_]+")
_SLUG_LENGTH = 60
_MARKS = re.compile(r"['\u2018\u2019`]")


def slugify(text: str) -> str:
    """Make an id of a text: "Token couldn't be renewed." becomes "token-couldnt-be-renewed"."""
    plain = _MARKS.sub("", text).casefold()
    slug = _NOT_IN_SLUG.sub("-", plain).strip("-")
    return slug if len(slug) <= _SLUG_LENGTH else slug[:_SLUG_LENGTH].rsplit("-", 1)[0]


class EntryIds:
    """Gives the entries of one article ids of their own.

    Args:
        article_id: What they begin with.
        source: The article's file, for messages.
    """

    def __init__(self, article_id: str, source: str) -> None:
        self._article_id = article_id
        self._source = source
        self._given: dict[str, tuple[bool, int | None]] = {}

    def make(self, explicit: str | None, anchor: str | None, names: Iterable[str], line: int | None) -> str:
        """Return the id of an entry; of two that would have one, the second gets a number.

        Args:
            explicit: What stands in braces in its heading.
            anchor: What a page names the heading by.
            names: What an id can be made of, best first: its message, its heading.
            line: Where it stands, for messages.

        Raises:
            ArticleError: Two entries have one id in braces, or no id can be made.
        """
        *_, last = names = tuple(names)
        slug = explicit or anchor or next(filter(None, map(slugify, names)), None)
        if not slug:
            problem = f'no id can be made of the heading "{last}"; end it with one, as in {{#name}}'
            raise ArticleError(self._source, problem, line)
        if slug in self._given:
            earlier, where = self._given[slug]
            if explicit and earlier:
                problem = (
                    f'two entries have the id "{self._article_id}#{slug}", the other in line {where}; give one of them '
                    "another {#id} in its heading"
                )
                raise ArticleError(self._source, problem, line)
            taken = self._given
            slug = next(f"{slug}-{n}" for n in range(2, len(taken) + 3) if f"{slug}-{n}" not in taken)
        self._given[slug] = explicit is not None, line
        return f"{self._article_id}#{slug}"
