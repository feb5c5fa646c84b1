"""An article is written in the article format, so that reading it gives the same entries again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import yaml

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.errors import ArticleError
from corpus.formats import markdown
from corpus.formats.escaping import fenced
from corpus.parsing.article_parser import reading_of

_NAMES = {BlockKind.NOTE: "Note", BlockKind.CAUTION: "Caution"}


def article_markdown(article: Article, entries: Sequence[Entry]) -> str:
    """Return an article as Markdown with front matter.

    Raises:
        ArticleError: Reading it would not give these entries; the message names the first that would differ.
    """
    body = "\n".join(_lines(entries))
    text = f"---\n{_front_matter(article, body)}---\n\n{body}"
    found = {entry.entry_id: entry for entry in _read(text, article)}
    for entry in entries:
        if (again := found.get(entry.entry_id)) is None or _without_place(again) != _without_place(entry):
            problem = f'the entry "{entry.title}" cannot be written in the article format; write it by hand'
            raise ArticleError(article.source, problem, entry.span.first_line)
    return text


def was_edited(text: str) -> bool:
    """Whether an imported article was changed since; also true of one that was never imported."""
    _, _, rest = text.partition("---\n")
    front_matter, _, body = rest.partition("---\n\n")
    found = re.search(r"^imported: (\w+)$", front_matter, re.MULTILINE)
    return found is None or found[1] != _digest(body)


def _read(text: str, article: Article) -> tuple[Entry, ...]:
    source = f"{article.article_id}.md"
    return reading_of(markdown.read(text, source), source).entries


def _without_place(entry: Entry) -> Entry:
    return replace(entry, span=Span(None, None))


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _front_matter(article: Article, body: str) -> str:
    values = {
        "title": article.title,
        "url": article.url,
        "product": article.product,
        "tags": list(article.tags),
        "updated": article.updated,
        "review_by": article.review_by,
        "aliases": dict(article.aliases),
        "draft": article.draft,
        "imported": _digest(body),
    }
    known = {name: value for name, value in values.items() if value}
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False, width=1_000_000)


def _lines(entries: Sequence[Entry]) -> Iterator[str]:
    above: tuple[str, ...] = ()
    for entry in entries:
        groups = entry.breadcrumb[1:]
        shared = next((n for n, pair in enumerate(zip(groups, above, strict=False)) if pair[0] != pair[1]), None)
        shared = min(len(groups), len(above)) if shared is None else shared
        for depth in range(shared, len(groups)):
            yield f"{'#' * (depth + 2)} {groups[depth]}\n"
        above = groups
        yield from _entry(entry, "#" * min(len(groups) + 2, 6))


def _entry(entry: Entry, marks: str) -> Iterator[str]:
    yield f"{marks} {entry.title} {{#{entry.entry_id.rpartition('#')[2]}}}\n"
    if entry.context:
        yield f"**Context:**\n\n{entry.context}\n"
    if entry.messages:
        yield f"**Message:**\n\n{_texts(entry.messages)}\n"
    if entry.symptoms:
        yield f"**Symptoms:**\n\n{_texts(entry.symptoms)}\n"
    if entry.cause:
        yield f"**Cause:**\n\n{entry.cause}\n"
    for number, solution in enumerate(entry.solutions):
        yield from _solution(solution, marks, is_first=number == 0)


def _texts(texts: Sequence[str]) -> str:
    """A list, whose items may have several lines; a text that would be read as something else is put in a fence."""
    if all(_is_plain_item(text) for text in texts):
        return "\n".join(f"- {text.replace(chr(10), chr(10) + '  ')}" for text in texts)
    return "\n\n".join(fenced(text) for text in texts)


def _is_plain_item(text: str) -> bool:
    elements = markdown.read(f"- {text.replace(chr(10), chr(10) + '  ')}", "").elements
    return len(elements) == 1 and elements[0].items == (text,)


def _solution(solution: Solution, marks: str, *, is_first: bool) -> Iterator[str]:
    if solution.title is None:
        yield "**Solution:**\n"
    else:
        yield from ["**Solution:**\n"] if is_first else []
        yield f"{marks}# {solution.title}\n"
    for block in solution.blocks:
        yield f"{_block(block)}\n"


def _block(block: Block) -> str:
    name = _NAMES.get(block.kind)
    if name is None:
        return block.markdown
    first, _, rest = block.markdown.partition("\n\n")
    if not rest:
        return f"**{name}:** {block.markdown}"
    if first.endswith(":") and len(markdown.read(rest, "").elements) == 1:
        return f"**{name}:** {block.markdown}"
    return "\n".join(f"> {line}".rstrip() for line in f"**{name}:** {block.markdown}".split("\n"))
