"""What an article says about itself: front matter read by name, each value checked for its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from corpus.errors import ArticleError

NAMES = ("title", "url", "product", "tags", "updated", "review_by", "aliases", "draft", "imported")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Metadata:
    """The values of an article's front matter, or of what its format has in its place.

    Args:
        values: By name.
        source: The article's file, for messages.

    Every method raises ArticleError where a value is not of the kind it asks for.
    """

    def __init__(self, values: Mapping[str, object], source: str) -> None:
        self._values = values
        self._source = source

    def text(self, name: str) -> str | None:
        """Return a text, or None."""
        value = self._value(name)
        if value is None or isinstance(value, str):
            return value
        raise self._wrong(name, "a text")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return several texts; one text counts as a list of it."""
        value = self._value(name)
        if isinstance(value, str):
            return (value,)
        if value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            return tuple(value or ())
        raise self._wrong(name, "a list of texts")

    def day(self, name: str) -> str | None:
        """Return a day as "2026-11-23", or None; the time of day is dropped."""
        value = self._value(name)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(str(value)).date().isoformat()
        except ValueError:
            raise self._wrong(name, "a day such as 2026-11-23") from None

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return a mapping of texts as pairs, sorted by the first."""
        value = self._value(name)
        if value is None:
            return ()
        if isinstance(value, dict) and all(isinstance(item, str) for pair in value.items() for item in pair):
            return tuple(sorted(value.items()))
        raise self._wrong(name, "lines of the form `old-id: new-id`")

    def flag(self, name: str) -> bool:
        """Return true or false; false where it is not given."""
        value = self._value(name) or "false"
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and (said := value.casefold()) in _FLAGS:
            return _FLAGS[said]
        raise self._wrong(name, "true or false")

    def unknown(self) -> tuple[str, ...]:
        """Return the names that mean nothing here."""
        return tuple(name for name in self._values if name not in NAMES)

    def _value(self, name: str) -> object:
        value = self._values.get(name)
        return None if isinstance(value, str) and value.strip() in {"", "~", "null"} else value

    def _wrong(self, name: str, expected: str) -> ArticleError:
        value = self._values[name]
        found = repr(value[:80]) if isinstance(value, str) else f"a {type(value).__name__}"
        return ArticleError(self._source, f"`{name}` in the front matter is {found}; it should be {expected}")
