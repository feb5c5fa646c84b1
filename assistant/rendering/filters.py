"""The page's filter: only what concerns one product, or certain tags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from corpus.article import Article

_MOST_TAGS = 24


def filter_html(articles: Sequence[Article]) -> str:
    """Return the filter, or nothing where all articles are of one product and carry the same tags."""
    products = sorted({article.product for article in articles if article.product})
    tags = sorted({tag for article in articles for tag in article.tags})
    telling = [tag for tag in tags if not all(tag in article.tags for article in articles)][:_MOST_TAGS]
    parts = _products(products) if len(products) > 1 else ""
    parts += _tags(telling) if telling else ""
    if not parts:
        return ""
    return (
        f'<details class="filter"><summary><span>Only for a certain product or topic</span></summary>{parts}</details>'
    )


def _products(products: Iterable[str]) -> str:
    options = "".join(f'<option value="{escape(product)}">{escape(product)}</option>' for product in products)
    return (
        '<p><label for="filter-product">Product</label>'
        f'<select id="filter-product"><option value="">All products</option>{options}</select></p>'
    )


def _tags(tags: Iterable[str]) -> str:
    boxes = "".join(
        f'<label class="tag"><input type="checkbox" name="tag" value="{escape(tag)}"><span>{escape(tag)}</span></label>'
        for tag in tags
    )
    return f'<fieldset class="tags"><legend>Topics</legend>{boxes}</fieldset>'
