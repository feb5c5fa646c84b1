"""The form that asks a question without script."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Form:
    """The form that asks a question, as it is filled in: products and tags to choose from, and what was chosen."""

    text: str = ""
    product: str | None = None
    tag: str | None = None
    products: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def form_of(catalogue: Catalogue, *, text: str = "", product: str | None = None, tag: str | None = None) -> Form:
    """Return the form with what can be chosen: products where there are several, tags that not all articles have."""
    products = tuple(each.name for each in catalogue.products())
    tags = tuple(each.name for each in catalogue.tags() if each.articles < len(catalogue.articles))
    return Form(text, product, tag, products if len(products) > 1 else (), tags)
