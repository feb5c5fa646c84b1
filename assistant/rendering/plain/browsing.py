"""Which entries a list shows, and what else one can look through: by product, topic and first letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answering.catalogue import DIGITS, OTHERS, Catalogue, ListedEntry
from assistant.rendering.links import PlainLinks

_ON_A_PAGE = 100  # entries
_FEW = 50  # entries, which are looked through without help
_MOST_NAMES = 60  # of products or topics that are linked to; all others are found by searching


@dataclass(frozen=True, slots=True)
class Selection:
    """What of all entries is listed.

    Attributes:
        product: Only of articles of this product.
        tag: Only of articles with this tag.
        letter: Only with titles that begin with this letter.
        page: Of a long list, from 1.
    """

    product: str | None = None
    tag: str | None = None
    letter: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """A link, and how many entries are behind it."""

    text: str
    address: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Links that divide all entries by one thing."""

    name: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries under one heading: an article, or a letter."""

    title: str
    address: str | None
    entries: tuple[ListedEntry, ...]


@dataclass(frozen=True, slots=True)
class Browsing:
    """What the list shows.

    Attributes:
        total: How many entries the selection has, on all pages.
        pages: How many pages.
        previous: The address of the page before, or None.
        following: The address of the next page, or None.
    """

    selection: Selection
    shelves: tuple[Shelf, ...]
    facets: tuple[Facet, ...]
    total: int
    pages: int
    previous: str | None
    following: str | None


def browse(catalogue: Catalogue, selection: Selection, links: PlainLinks) -> Browsing:
    """Return what the list shows for a selection.

    Args:
        catalogue: What there is; it knows the product and the tag.
        selection: What of it; a page after the last one is the last one.
        links: Gives the addresses.
    """
    tags = () if selection.tag is None else (selection.tag,)
    found = catalogue.filtered(product=selection.product, tags=tags)
    letters = Counter(each.letter for each in found)
    if selection.letter is not None:
        found = tuple(
            sorted(
                (each for each in found if each.letter == selection.letter),
                key=lambda each: each.entry_title.casefold(),
            )
        )
    pages = max(1, -(-len(found) // _ON_A_PAGE))
    page = min(max(1, selection.page), pages)
    shown = found[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]

    def address(number: int) -> str | None:
        if not 1 <= number <= pages:
            return None
        return links.articles(product=selection.product, tag=selection.tag, letter=selection.letter, page=number)

    return Browsing(
        selection=Selection(selection.product, selection.tag, selection.letter, page),
        shelves=tuple(_shelves(shown, by_letter=selection.letter is not None, links=links)),
        facets=_facets(catalogue, selection, letters, links) if len(catalogue.entries) > _FEW else (),
        total=len(found),
        pages=pages,
        previous=address(page - 1),
        following=address(page + 1),
    )


def _shelves(entries: Sequence[ListedEntry], *, by_letter: bool, links: PlainLinks) -> list[Shelf]:
    if by_letter:
        return [Shelf(letter, None, tuple(own)) for letter, own in groupby(entries, key=lambda each: each.letter)]
    articles = groupby(entries, key=lambda each: each.article)
    return [Shelf(article.title, links.article(article.id), tuple(own)) for article, own in articles]


def _facets(catalogue: Catalogue, selection: Selection, letters: Counter[str], links: PlainLinks) -> tuple[Facet, ...]:
    """Return the facets that divide something; each link changes one thing and keeps the others."""

    def facet(name: str, counts: Sequence[tuple[str, int]], chosen: str | None, at: Callable[[str], str]) -> Facet:
        shown = counts[:_MOST_NAMES]
        return Facet(name, tuple(Link(each, at(each), count, each == chosen) for each, count in shown))

    product, tag = selection.product, selection.tag
    products = [(each.name, each.entries) for each in catalogue.products()]
    tags = [(each.name, each.entries) for each in catalogue.tags() if each.articles < len(catalogue.articles)]
    alphabet = sorted(letters.items(), key=lambda item: (item[0] == OTHERS, item[0] == DIGITS, item[0]))
    facets = (
        facet("Product", products, product, lambda name: links.articles(product=name, tag=tag)),
        facet("Topic", tags, tag, lambda name: links.articles(product=product, tag=name)),
        facet(
            "First letter",
            alphabet,
            selection.letter,
            lambda name: links.articles(product=product, tag=tag, letter=name),
        ),
    )
    return tuple(each for each in facets if len(each.links) > 1)
