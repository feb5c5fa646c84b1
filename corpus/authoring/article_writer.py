"""An article is written as Markdown in our own format, so that parsing it gives the same entries again."""

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
from corpus.parsing.article_parser import parse_document
from corpus.parsing.front_matter import IMPORT_DIGEST

_CALLOUTS = {BlockKind.NOTE: "Note", BlockKind.CAUTION: "Caution"}
_MAX_HEADING_LEVEL = 6
_ONE_LINE = 1_000_000  # characters; a value in the front matter is never wrapped


def article_markdown(article: Article, entries: Sequence[Entry]) -> str:
    """Return an article as Markdown with front matter.

    Raises:
        ArticleError: Parsing the result would not give these entries; the message names the first that would differ.
    """
    body = "\n".join(_body(entries))
    text = f"---\n{_front_matter(article, body)}---\n\n{body}"
    parsed = {entry.entry_id: entry for entry in _parse(text, article)}
    for entry in entries:
        if (again := parsed.get(entry.entry_id)) is None or _without_place(again) != _without_place(entry):
            problem = f'the entry "{entry.title}" cannot be written in the article format; write it by hand'
            raise ArticleError(article.source, problem, entry.span.first_line)
    return text


def was_edited(text: str) -> bool:
    """Whether an article was changed after its import; True also for one that was never imported."""
    _, _, rest = text.partition("---\n")
    front_matter, _, body = rest.partition("---\n\n")
    digest = re.search(rf"^{IMPORT_DIGEST}: (\w+)$", front_matter, re.MULTILINE)
    return digest is None or digest[1] != _digest(body)


def _parse(text: str, article: Article) -> tuple[Entry, ...]:
    source = f"{article.article_id}.md"
    return tuple(parse_document(markdown.read(text, source), source).entries)


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
        "lang": article.language,
        IMPORT_DIGEST: _digest(body),
    }
    given = {name: value for name, value in values.items() if value}
    return yaml.safe_dump(given, allow_unicode=True, sort_keys=False, width=_ONE_LINE)


def _body(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield the headings of the groups and the parts of the entries, each with a line break at its end."""
    above: tuple[str, ...] = ()
    for entry in entries:
        groups = entry.breadcrumb[1:]
        pairs = enumerate(zip(groups, above, strict=False))
        same = next((depth for depth, (new, old) in pairs if new != old), min(len(groups), len(above)))
        for depth in range(same, len(groups)):
            yield f"{'#' * (depth + 2)} {groups[depth]}\n"
        above = groups
        yield from _entry(entry, "#" * min(len(groups) + 2, _MAX_HEADING_LEVEL))


def _entry(entry: Entry, marks: str) -> Iterator[str]:
    yield f"{marks} {entry.title} {{#{entry.entry_id.rpartition('#')[2]}}}\n"
    if entry.context:
        yield f"**Context:**\n\n{entry.context}\n"
    if entry.messages:
        yield f"**Message:**\n\n{listed(entry.messages)}\n"
    if entry.symptoms:
        yield f"**Symptoms:**\n\n{listed(entry.symptoms)}\n"
    if entry.cause:
        yield f"**Cause:**\n\n{entry.cause}\n"
    for number, solution in enumerate(entry.solutions):
        yield from _solution(solution, marks, is_first=number == 0)


def listed(texts: Sequence[str]) -> str:
    """Return texts as a bullet list, or as code blocks if a list would change what one of them means."""
    if all(_stays_one_item(text) for text in texts):
        return "\n".join(map(_item, texts))
    return "\n\n".join(fenced(text) for text in texts)


def _item(text: str) -> str:
    return f"- {text.replace(chr(10), chr(10) + '  ')}"


def _stays_one_item(text: str) -> bool:
    elements = markdown.read(_item(text), "").elements
    return len(elements) == 1 and elements[0].items == (text,)


def _solution(solution: Solution, marks: str, *, is_first: bool) -> Iterator[str]:
    if is_first or solution.title is None:
        yield "**Solution:**\n"
    if solution.title is not None:
        yield f"{marks}# {solution.title}\n"
    for block in solution.blocks:
        yield f"{_block(block)}\n"


def _block(block: Block) -> str:
    """Return a block; a note or a caution of several paragraphs becomes a quote."""
    name = _CALLOUTS.get(block.kind)
    if name is None:
        return block.markdown
    first, _, rest = block.markdown.partition("\n\n")
    is_announced = first.endswith(":") and len(markdown.read(rest, "").elements) == 1
    if not rest or is_announced:
        return f"**{name}:** {block.markdown}"
    return "\n".join(f"> {line}".rstrip() for line in f"**{name}:** {block.markdown}".split("\n"))
