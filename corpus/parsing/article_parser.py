"""A document becomes an article and its entries, with what is needed to check it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.article import Article, Entry
from corpus.errors import ArticleError
from corpus.formats.document import Document, Element, ElementKind, Excluded
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.entry_parser import parse_entries
from corpus.parsing.front_matter import Metadata


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """An article, its entries, and all that `corpus.authoring` checks.

    Attributes:
        article: The article without its entries.
        entries: In the order of the article.
        elements: The content of the article in order.
        excluded: The parts of the file that are in no entry on purpose.
        unknown_metadata: The names in the front matter that are not read.
        size: The characters of the file, white space not counted.
        covered: How many of them are in an entry or an excluded part.
        problems: Rows, lines or articles of an export that could not be read.
        digest: The hex SHA-256 of the file; empty for text that is not from a file.
    """

    article: Article
    entries: tuple[Entry, ...]
    elements: tuple[Element, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    unknown_metadata: tuple[str, ...] = ()
    size: int = 0
    covered: int = 0
    problems: tuple[ArticleError, ...] = ()
    digest: str = ""


def parse_document(document: Document, source: str, *, labels: Labels = DEFAULT_LABELS) -> ParsedArticle:
    """Return the article that a document is.

    Args:
        document: The file as its format has it.
        source: The file's path under the corpus root; the article's id comes from it.
        labels: The words that name the parts of an entry.

    Raises:
        ArticleError: It has no entry, or something in it cannot be understood.
    """
    article_id = PurePosixPath(source).with_suffix("").as_posix()
    if document.name is not None:
        article_id = f"{article_id}/{document.name}"
    metadata = Metadata(document.metadata, source)
    title = metadata.text("title")
    parsed = parse_entries(document, article_id=article_id, title=title, source=source, labels=labels)
    if not parsed.entries:
        raise _no_entry(document, source)
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
    return ParsedArticle(
        article=article,
        entries=parsed.entries,
        elements=document.elements,
        excluded=(*document.excluded, *parsed.excluded),
        unknown_metadata=metadata.unknown(),
        size=document.size,
        covered=parsed.covered + sum(part.size for part in document.excluded),
        problems=tuple(ArticleError(source, problem.text, problem.line) for problem in document.problems),
    )


def _no_entry(document: Document, source: str) -> ArticleError:
    if document.problems:
        return ArticleError(source, document.problems[0].text, document.problems[0].line)
    of_article = f' (article "{document.name}")' if document.name is not None else ""
    remedy = "begin each with a level-2 heading (## ...) and a solution under it"
    return ArticleError(source, f"has no entry{of_article}; {remedy}")


def _first_heading(document: Document) -> str | None:
    headings = (each for each in document.elements if each.kind is ElementKind.HEADING and each.level == 1)
    return next((heading.markdown for heading in headings), None)
