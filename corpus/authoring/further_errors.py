"""What else is wrong in a Markdown file that cannot be read at all, so that an editor corrects all of it at once."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import ArticleError
from corpus.formats import markdown
from corpus.formats.registry import format_of
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.loader import read_content
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.front_matter import wrong_values

_FENCE = "---"


def further_errors(
    content: bytes, error: ArticleError, *, labels: Labels = DEFAULT_LABELS
) -> Iterator[ArticleError | ParsedArticle]:
    """Yield the other errors of a file: in its front matter, and in its text, which is read without that.

    Args:
        content: The file's bytes.
        error: Why it cannot be read.
        labels: The words that name the parts of an entry.
    """
    if not _is_markdown(error.source) or b"\0" in content:
        return
    text = content.decode("utf-8-sig", errors="replace")
    lines = markdown.source_lines(text)
    end = lines.index(_FENCE, 1) + 1 if lines[:1] == [_FENCE] and _FENCE in lines[1:] else 0
    try:
        values = markdown.read("\n".join(lines[:end]), error.source).metadata
        yield from (each for each in wrong_values(values, error.source) if each.problem != error.problem)
    except ArticleError:
        pass  # the error that is known
    body = "\n".join(["", *["" for _ in lines[1:end]], *lines[end:]] if end else lines)
    for each in read_content(body.encode(), error.source, labels=labels):
        if isinstance(each, ParsedArticle) or each.problem != error.problem:
            yield each


def _is_markdown(source: str) -> bool:
    try:
        return format_of(source).module == "markdown"
    except ArticleError:
        return False
