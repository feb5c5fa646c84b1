"""What there is: all articles and the titles of their entries, to be listed, counted and filtered without a query."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.answering.answer import ArticleInfo, GenerationInfo
from assistant.answering.filters import UnknownFilter, unknown_filters
from assistant.answering.interface import AssistantInterface
from corpus.article import Article, Entry

DIGITS, OTHERS = "0-9", "other"
"""The first "letters" of titles that begin with a digit, or with neither a digit nor a letter."""
_WORDS = re.compile(r"[^\W_]+")
_NEAR = 5
_LONGEST_ID = 500  # characters that are compared
_NamesOf = Callable[[ArticleInfo], list[str]]


@dataclass(frozen=True, slots=True)
class ListedEntry:
    """An entry by its title."""

    entry_id: str
    entry_title: str = field(metadata={"description": "Markdown."})
    article: ArticleInfo

    @property
    def letter(self) -> str:
        """What its title begins with, for a list by the alphabet."""
        first = next((each for each in unicodedata.normalize("NFKD", self.entry_title) if each.isalnum()), "")
        if first.isdecimal():
            return DIGITS
        return first.upper()[:1] if first.isalpha() else OTHERS


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article with its entries in order; `context` is what it says about all of them, in Markdown."""

    article: ArticleInfo
    context: str | None
    entries: tuple[ListedEntry, ...]


@dataclass(frozen=True, slots=True)
class NameCount:
    """A product or a tag, and how many articles and entries it has."""

    name: str
    articles: int
    entries: int


class Catalogue:
    """What one generation has, in the order of its articles.

    Args:
        generation: The generation.
        articles: Its articles, each with its entries.
    """

    def __init__(self, generation: GenerationInfo, articles: Sequence[ListedArticle]) -> None:
        self.generation = generation
        self.articles = tuple(articles)
        self.entries = tuple(entry for article in articles for entry in article.entries)
        self._by_id = {each.article.id: each for each in articles}
        self._infos = tuple(each.article for each in articles)

    def article(self, article_id: str) -> ListedArticle | None:
        """Return an article by its id, or None."""
        return self._by_id.get(article_id)

    def unknown(self, *, product: str | None = None, tags: Iterable[str] = ()) -> tuple[UnknownFilter, ...]:
        """Return what no article has of a product and of tags."""
        return unknown_filters(self._infos, product=product, tags=tags)

    def filtered(
        self, *, product: str | None = None, tags: Iterable[str] = (), article: str | None = None
    ) -> tuple[ListedEntry, ...]:
        """Return the entries of the articles of a product, with all of the tags, or of one article."""
        wanted = set(tags)
        return tuple(
            entry
            for each in self.articles
            if (article is None or each.article.id == article)
            and (product is None or each.article.product == product)
            and wanted <= set(each.article.tags)
            for entry in each.entries
        )

    def products(self) -> tuple[NameCount, ...]:
        """Return the products, in the order of the alphabet."""
        return self._counts(lambda article: [article.product] if article.product else [])

    def tags(self) -> tuple[NameCount, ...]:
        """Return the tags, in the order of the alphabet."""
        return self._counts(lambda article: list(dict.fromkeys(article.tags)))

    def like(self, identifier: str, *, most: int = _NEAR) -> tuple[ListedEntry, ...]:
        """Return the entries whose ids have most words in common with an id, those of the most words first."""
        words = set(_words(identifier))
        own = ((set(_words(entry.entry_id)), entry) for entry in self.entries)
        shares = [(len(words & each) / max(1, len(words | each)), entry) for each, entry in own]
        best = sorted((each for each in shares if each[0] > 0), key=lambda each: -each[0])
        return tuple(entry for _, entry in best[:most])

    def _counts(self, names_of: _NamesOf) -> tuple[NameCount, ...]:
        articles, entries = Counter[str](), Counter[str]()
        for each in self.articles:
            for name in names_of(each.article):
                articles[name] += 1
                entries[name] += len(each.entries)
        names = sorted(articles, key=lambda name: (name.casefold(), name))
        return tuple(NameCount(name, articles[name], entries[name]) for name in names)


class CatalogueSource:
    """Gives the catalogue of the generation that answers, made once for each.

    Args:
        assistant: Has the articles.
    """

    def __init__(self, assistant: AssistantInterface) -> None:
        self._assistant = assistant
        self._current: Catalogue | None = None

    def current(self) -> Catalogue:
        """Return the catalogue.

        Raises:
            SearchIndexError: There is no index that can be used.
        """
        generation = self._assistant.status().generation
        catalogue = self._current
        if catalogue is None or catalogue.generation != generation:
            catalogue = Catalogue(generation, [_listed(*each) for each in self._assistant.contents()])
            if self._assistant.status().generation == generation:  # else a build has come between, and it may be newer
                self._current = catalogue
        return catalogue


def _listed(article: Article, entries: Iterable[Entry]) -> ListedArticle:
    info = ArticleInfo.from_article(article)
    return ListedArticle(info, article.context, tuple(ListedEntry(each.entry_id, each.title, info) for each in entries))


def _words(identifier: str) -> list[str]:
    return _WORDS.findall(identifier[:_LONGEST_ID].casefold())
