"""A filter by a product or a tag that no article has is a mistake of whoever set it, and is said to be one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import Protocol

_MOST_TOLD = 5  # unknown names of one query
_MOST_NEAR = 3
_MOST_KNOWN = 20
_LONGEST = 200  # characters of a name that are compared and repeated


class FilterKind(StrEnum):
    """What a filter goes by."""

    PRODUCT = "product"
    TAG = "tag"


class Filtered(Protocol):
    """An article, as far as filters look at it."""

    @property
    def product(self) -> str | None:
        """The product it is about, or None."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Its tags."""


@dataclass(frozen=True, slots=True)
class UnknownFilter:
    """A product or a tag that was asked for and that no article has."""

    kind: FilterKind
    name: str
    near: tuple[str, ...] = field(metadata={"description": "Known ones that are spelt like it, the nearest first."})
    known: tuple[str, ...] = field(
        metadata={"description": "Other known ones, at most 20, those of most articles first."}
    )

    @property
    def sentence(self) -> str:
        """What to say of it: that it is unknown, and which names are known."""
        text = f'There is no {self.kind} "{self.name}".'
        if self.near:
            text += f" Did you mean {' or '.join(map(_quoted, self.near))}?"
        if self.known:
            others = " other" if self.near else ""
            text += f" Some{others} {self.kind}s that are known: {', '.join(map(_quoted, self.known))}."
        return text if self.near or self.known else f"{text} No article has a {self.kind}."


def unknown_filters(
    articles: Sequence[Filtered], *, product: str | None = None, tags: Iterable[str] = ()
) -> tuple[UnknownFilter, ...]:
    """Return what no article has of a product and of tags; of many, the first five.

    Args:
        articles: All that are searched.
        product: Only articles of this product; None for any.
        tags: Only articles with all of these tags.
    """
    asked_tags = dict.fromkeys(tags)
    if product is None and not asked_tags:
        return ()
    products = Counter(article.product for article in articles if article.product)
    known_tags = Counter(tag for article in articles for tag in article.tags)
    asked = [] if product is None else [(FilterKind.PRODUCT, product, products)]
    asked += [(FilterKind.TAG, tag, known_tags) for tag in asked_tags]
    unknown = [each for each in asked if each[1] not in each[2]]
    return tuple(_unknown(*each) for each in unknown[:_MOST_TOLD])


def near_names(name: str, known: Iterable[str], *, most: int = _MOST_NEAR) -> list[str]:
    """Return the known names that are spelt like a name in any case, the nearest first."""
    by_folded: dict[str, str] = {each[:_LONGEST].casefold(): each for each in known}
    return [by_folded[each] for each in get_close_matches(name[:_LONGEST].casefold(), by_folded, most, cutoff=0.6)]


def _unknown(kind: FilterKind, name: str, known: Counter[str]) -> UnknownFilter:
    near = near_names(name, known)
    others = [each for each, _ in sorted(known.items(), key=lambda item: (-item[1], item[0])) if each not in near]
    return UnknownFilter(kind, name[:_LONGEST], tuple(near), tuple(others[:_MOST_KNOWN]))


def _quoted(name: str) -> str:
    return f'"{name}"'
