"""The metadata of an article: values read by name, each checked for its type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from corpus.errors import ArticleError
from corpus.parsing.foreign_metadata import language_of, understood

IMPORT_DIGEST = "imported"
EDITABLE_NAMES = ("title", "url", "product", "tags", "updated", "review_by", "aliases", "draft")
_NAMES = (*EDITABLE_NAMES, IMPORT_DIGEST)  # the last is written by `assistant import`
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Metadata:
    """The values of an article's front matter, or of what its format has instead.

    Every method raises ArticleError if the value has another type.

    Args:
        values: The values by name.
        source: The article's file, for messages.
    """

    def __init__(self, values: Mapping[str, object], source: str) -> None:
        self._values, self._not_reported = understood(values)
        self._source = source

    def text(self, name: str) -> str | None:
        """Return a string, or None if there is none."""
        value = self._value(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "text")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings; a single string is a list of one."""
        value = self._value(name)
        if isinstance(value, str):
            return (value,)
        if value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return tuple(value or ())
        raise self._wrong(name, "text or a list of texts")

    def day(self, name: str) -> str | None:
        """Return an ISO date such as "2026-11-23", without the time of day, or None if there is none."""
        value = self._value(name)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value)).date().isoformat()
        except ValueError:
            raise self._wrong(name, "a date such as 2026-11-23") from None

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return a mapping of strings as pairs, sorted by the key."""
        value = self._value(name)
        if value is None:
            return ()
        if isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair):
            return tuple(sorted(value.items()))
        raise self._wrong(name, "lines of the form `old-id: new-id`")

    def flag(self, name: str) -> bool:
        """Return true or false; false if there is none."""
        value = self._value(name) or "false"
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and (word := value.casefold()) in _FLAGS:
            return _FLAGS[word]
        raise self._wrong(name, "true or false")

    def language(self) -> str | None:
        """Return the tag of the language that the article says it is written in, as it is given, or None."""
        return language_of(self._values)

    def unknown(self) -> tuple[str, ...]:
        """Return the names that are not read, except for those that only a documentation tool needs."""
        return tuple(name for name in self._values if name not in _NAMES and name not in self._not_reported)

    def _value(self, name: str) -> object:
        value = self._values.get(name)
        return None if isinstance(value, str) and value.strip() in {"", "~", "null"} else value

    def _wrong(self, name: str, expected: str) -> ArticleError:
        value = self._values[name]
        shown = repr(value[:80]) if isinstance(value, str) else f"a {type(value).__name__}"
        return ArticleError(self._source, f"`{name}` in the front matter is {shown}; it should be {expected}")


def wrong_values(values: Mapping[str, object], source: str) -> Iterator[ArticleError]:
    """Yield an error for each value of a front matter that has another type than is read."""
    metadata = Metadata(values, source)
    readers = {
        metadata.text: ("title", "url", "product"),
        metadata.texts: ("tags",),
        metadata.day: ("updated", "review_by"),
        metadata.pairs: ("aliases",),
        metadata.flag: ("draft",),
    }
    for read, names in readers.items():
        for name in names:
            try:
                read(name)
            except ArticleError as error:
                yield error
