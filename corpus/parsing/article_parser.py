"""A document becomes an article with its entries, and with what is needed to check it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.article import Article, Entry
from corpus.errors import ArticleError
from corpus.formats.document import Aside, Document, Element, ElementKind
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.entry_parser import parse_entries
from corpus.parsing.front_matter import Metadata


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """An article as read from its file.

    Attributes:
        elements: What stands in it.
        asides: What is no entry, and what it is instead.
        unknown: Names in the front matter that mean nothing.
        size: How many characters the file has, blanks not counted.
        accounted: How many of them are in an entry or an aside.
        problems: Parts of an export that could not be read.
        digest: The hex SHA-256 of its file; empty where it is of none.
    """

    article: Article
    entries: tuple[Entry, ...]
    elements: tuple[Element, ...] = ()
    asides: tuple[Aside, ...] = ()
    unknown: tuple[str, ...] = ()
    size: int = 0
    accounted: int = 0
    problems: tuple[ArticleError, ...] = ()
    digest: str = ""


def reading_of(document: Document, source: str, *, labels: Labels = DEFAULT_LABELS) -> ArticleReading:
    """Make an article of a document.

    Raises:
        ArticleError: It holds no entry, or something in it cannot be understood.
    """
    article_id = PurePosixPath(source).with_suffix("").as_posix()
    if document.name is not None:
        article_id = f"{article_id}/{document.name}"
    metadata = Metadata(document.metadata, source)
    title = metadata.text("title")
    parsed = parse_entries(document, article_id=article_id, title=title, source=source, labels=labels)
    if not parsed.entries:
        for problem in document.problems:
            raise ArticleError(source, problem.text, problem.line)
        of_name = f' (article "{document.name}")' if document.name is not None else ""
        remedy = "begin each with a level-2 heading (## ...) and a solution under it"
        raise ArticleError(source, f"holds no entry{of_name}; {remedy}")
    article = Article(
        article_id=article_id,
        title=title or _first_heading(document) or article_id,
        url=metadata.text("url"),
        product=metadata.text("product"),
        tags=metadata.texts("tags"),
        updated=metadata.day("updated"),
        review_by=metadata.day("review_by"),
        aliases=metadata.pairs("aliases"),
        draft=metadata.flag("draft"),
        source=source,
    )
    return ArticleReading(
        article=article,
        entries=parsed.entries,
        elements=document.elements,
        asides=(*document.asides, *parsed.asides),
        unknown=metadata.unknown(),
        size=document.size,
        accounted=parsed.size + sum(aside.size for aside in document.asides),
        problems=tuple(ArticleError(source, problem.text, problem.line) for problem in document.problems),
    )


def _first_heading(document: Document) -> str | None:
    for element in document.elements:
        if element.kind is ElementKind.HEADING and element.level == 1:
            return element.markdown
    return None
