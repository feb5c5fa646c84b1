"""A document becomes an article and its entries, with what is needed to check it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from corpus.article import Article, Entry
from corpus.errors import ArticleError
from corpus.formats.document import Document, Element, ElementKind, Excluded
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.entry_collector import CONTEXT_KINDS
from corpus.parsing.entry_ids import EntryIds
from corpus.parsing.entry_parser import ParsedEntries, parse_entries
from corpus.parsing.front_matter import Metadata
from corpus.parsing.sections.headings import explicit_id

_LINK_LINE = re.compile(r"\s*[-*+] \[[^\[\]\n]*\]\((?!\w+:)[^()\n]*\)\s*")


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
        covered: How many of them are in an entry, in the article's context, or excluded on purpose.
        in_context: How many of these are in the article's context only.
        problems: Entries, and rows, lines or articles of an export, that could not be read, by line.
        unfinished: Errors without a cause or a solution: problems only if they were entries before.
        digest: The hex SHA-256 of the file; empty for text that is not from a file.
    """

    article: Article
    entries: Sequence[Entry]
    elements: tuple[Element, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    unknown_metadata: tuple[str, ...] = ()
    size: int = 0
    covered: int = 0
    in_context: int = 0
    problems: tuple[ArticleError, ...] = ()
    unfinished: tuple[ArticleError, ...] = ()
    digest: str = ""


def parse_document(document: Document, source: str, *, labels: Labels = DEFAULT_LABELS) -> ParsedArticle:
    """Return the article that a document is.

    Args:
        document: The file as its format has it.
        source: The file's path under the corpus root; the article's id comes from it.
        labels: The words that name the parts of an entry.

    Raises:
        ArticleError: There is no entry in it, not even one that is left out, or its front matter is not understood.
    """
    article_id = PurePosixPath(source).with_suffix("").as_posix()
    if document.name is not None:
        article_id = f"{article_id}/{document.name}"
    metadata = Metadata(document.metadata, source)
    title = metadata.text("title")
    if _is_table_of_contents(document):
        raise ArticleError(source, "has links only, as a table of contents; nothing in it can be searched")
    parsed = parse_entries(document, article_id=article_id, title=title, source=source, labels=labels)
    if not parsed.entries and not parsed.problems and not parsed.unfinished:
        raise _no_entry(document, source, article_id)
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
        context=parsed.context,
        language=metadata.language(),
    )
    return ParsedArticle(
        article=article,
        entries=parsed.entries,
        elements=document.elements,
        excluded=(*document.excluded, *parsed.excluded),
        unknown_metadata=metadata.unknown(),
        size=document.size,
        covered=parsed.covered + sum(part.size for part in document.excluded),
        in_context=sum(part.size for part in parsed.excluded if part.kind in CONTEXT_KINDS),
        problems=tuple(sorted([*_problems(document, parsed, source, article_id)], key=lambda each: each.line or 0)),
        unfinished=parsed.unfinished,
    )


def _problems(document: Document, parsed: ParsedEntries, source: str, article_id: str) -> Iterator[ArticleError]:
    """Yield the problems of the document and those of its entries; one that is both only once."""
    yield from parsed.problems
    if not parsed.entries:
        yield from parsed.unfinished
    named = {(problem.line, problem.problem) for problem in parsed.problems}
    for each in document.problems:
        if (each.line, each.text) not in named:
            slug = EntryIds(article_id, source).likely(*_names(each.heading)) if each.heading else ""
            yield ArticleError(source, each.text, each.line, concerns=slug)


def _names(heading: str) -> tuple[str | None, None, tuple[str]]:
    return explicit_id(heading), None, (heading,)


def _no_entry(document: Document, source: str, article_id: str) -> ArticleError:
    of_article = f' (article "{document.name}")' if document.name is not None else ""
    if document.problems:
        concerns = article_id if of_article else None
        return ArticleError(source, document.problems[0].text, document.problems[0].line, concerns=concerns)
    remedy = "begin each with a level-2 heading (## ...) and a solution under it"
    # an empty file may be in the middle of being saved; whoever took the entries out of a text wanted them gone
    return ArticleError(source, f"has no entry{of_article}; {remedy}", concerns="" if document.size else None)


def _is_table_of_contents(document: Document) -> bool:
    """Whether there are only links to other files, in lists below headings, as in the SUMMARY.md of GitBook."""
    parts = [each for each in document.elements if each.kind is not ElementKind.HEADING]
    lines = [line for part in parts for line in part.markdown.split("\n") if line]
    are_lists = bool(parts) and all(part.kind is ElementKind.BULLETS for part in parts)
    return are_lists and all(map(_LINK_LINE.fullmatch, lines))


def _first_heading(document: Document) -> str | None:
    headings = (each for each in document.elements if each.kind is ElementKind.HEADING and each.level == 1)
    return next((heading.markdown for heading in headings), None)
