"""What the page requests besides an answer to the text in its box."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the page's script requests.

    Attributes:
        entry: The id of an entry to show instead of an answer.
        choice: The id of the choice made where the answer is ambiguous; "none" for none of them.
        product: Only articles of this product.
        tags: Only articles with all of these tags.
        unhelpful: The ids of entries that did not help.
        is_typing: Whether the text in the box may still grow, so that what is shown gives way to no weaker outcome.
    """

    entry: str | None = None
    choice: str | None = None
    product: str | None = None
    tags: tuple[str, ...] = ()
    unhelpful: tuple[str, ...] = ()
    is_typing: bool = False

    @classmethod
    def parse(cls, text: str) -> PageRequest:
        """Parse the JSON that the script sends; a value of the wrong type is treated as missing."""
        try:
            values = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(values, dict):
            return cls()
        return cls(
            entry=_text(values.get("entry")),
            choice=_text(values.get("choice")),
            product=_text(values.get("product")),
            tags=_texts(values.get("tags")),
            unhelpful=_texts(values.get("unhelpful")),
            is_typing=values.get("typing") is True,
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
