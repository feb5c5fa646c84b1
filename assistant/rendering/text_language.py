"""In which language a text from the articles is, so that a screen reader reads it aloud in that one.

The page itself speaks English; so what is English needs no mark.
"""

from __future__ import annotations

from collections.abc import Iterable

from assistant.answering.answer import ArticleInfo, EntryInfo
from corpus.article import Article
from index.analysis.language import language_of

_PAGE = "en"
_ENOUGH = 1_000  # characters, by which a language is told


def language_of_entry(entry: EntryInfo) -> str | None:
    """Return the tag of an entry's language; None where it is English or cannot be told.

    Messages do not count: a program shows them in its own language, whatever the article is written in.
    """
    blocks = (block.markdown for solution in entry.solutions for block in solution.blocks)
    return _language(entry.article, (entry.entry_title, *entry.symptoms, entry.cause or "", *blocks))


def language_of_article(article: ArticleInfo, context: str, entries: Iterable[EntryInfo]) -> str | None:
    """Return the tag of an article's language by what it says of all its entries, and by them; None as above."""
    told = (text for entry in entries for text in (entry.entry_title, entry.cause or ""))
    return _language(article, (article.title, context, *told))


def declared_language(article: ArticleInfo | Article) -> str | None:
    """Return the tag of the language that an article itself says; None where that is English or it says none.

    It is that of a title in a list: a title alone is too short to tell its language by.
    """
    return _other_than_the_page(article.language)


def _language(article: ArticleInfo, texts: Iterable[str]) -> str | None:
    return _other_than_the_page(article.language or language_of("\n".join(texts)[:_ENOUGH]))


def _other_than_the_page(tag: str | None) -> str | None:
    return None if tag is None or tag.lower().split("-")[0] == _PAGE else tag
