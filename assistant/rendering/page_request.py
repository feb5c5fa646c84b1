"""What the page asks for beside the text in its box."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the page's script asks for.

    Attributes:
        entry: The id of the one entry to show.
        choice: The chosen answer to the question of an ambiguous answer; "none" for none of them.
        product: Only articles of this product.
        tags: Only articles with all of these tags.
    """

    entry: str | None = None
    choice: str | None = None
    product: str | None = None
    tags: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> PageRequest:
        """Read a request; whatever cannot be read counts as not said."""
        try:
            values = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(values, dict):
            return cls()
        tags = values.get("tags")
        return cls(
            entry=_text(values.get("entry")),
            choice=_text(values.get("choice")),
            product=_text(values.get("product")),
            tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
