"""Rules that hold articles against each other: the same told twice, one message solved in two ways, broken links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from corpus.article import Entry
from corpus.authoring.findings import Finding, Severity, about, line_in
from corpus.formats.document import ElementKind, size_of
from corpus.parsing.article_parser import ArticleReading

_LINK = re.compile(r"(?<!!)\[[^\[\]\n]*\]\((?P<target>[^()\s]*)\)")
_SHINGLE = 3
_NEARLY = 0.8  # share of common runs of three words from which two entries tell the same


def same_ids(readings: Sequence[ArticleReading]) -> Iterator[Finding]:
    """Two files whose articles have one id."""
    seen: dict[str, str] = {}
    for reading in readings:
        article = reading.article
        if (earlier := seen.setdefault(article.article_id, article.source)) != article.source:
            text = f'has the article id of "{earlier}"; rename one of them'
            yield Finding("same-id", Severity.ERROR, article.source, None, text)


def duplicates(readings: Sequence[ArticleReading]) -> Iterator[Finding]:
    """Two entries that tell the same, word for word or nearly."""
    first: dict[str, Entry] = {}
    holders: dict[str, list[int]] = defaultdict(list)
    kept: list[tuple[Entry, frozenset[str]]] = []
    for reading in readings:
        for entry in reading.entries:
            shingles = _shingles(entry)
            key = " ".join(sorted(shingles))
            if (twin := first.setdefault(key, entry)) is not entry:
                yield about(entry, reading, "duplicate", f'"{entry.title}" tells the same as {twin.entry_id}; keep one')
                continue
            near = _near(shingles, kept, holders)
            if near is not None:
                text = f'"{entry.title}" tells nearly the same as {near.entry_id}; keep one, or say how they differ'
                yield about(entry, reading, "near-duplicate", text)
            for shingle in shingles:
                holders[shingle].append(len(kept))
            kept.append((entry, shingles))


def contradictions(readings: Sequence[ArticleReading], told: frozenset[str | None] = frozenset()) -> Iterator[Finding]:
    """One message with different solutions in two entries; nothing of entries that are `told` to be duplicates."""
    first: dict[str, Entry] = {}
    for reading in readings:
        for entry in reading.entries:
            for message in entry.messages:
                twin = first.setdefault(" ".join(message.casefold().split()), entry)
                if twin is not entry and twin.solutions != entry.solutions and entry.entry_id not in told:
                    text = f'"{entry.title}" solves the message of {twin.entry_id} in another way; tell them apart'
                    yield about(entry, reading, "same-message", text)
                    break


def broken_links(readings: Sequence[ArticleReading]) -> Iterator[Finding]:
    """A link to an article or an anchor that does not exist; addresses on the web are not looked up."""
    sources = {reading.article.source: reading for reading in readings}
    for reading in readings:
        if not reading.article.source.endswith((".md", ".markdown")):
            continue
        for element in reading.elements:
            for found in _LINK.finditer(element.markdown):
                if (problem := _broken(found["target"], reading, sources)) is not None:
                    line = line_in(element, element.markdown.count("\n", 0, found.start()))
                    yield Finding("broken-link", Severity.WARNING, reading.article.source, line, problem)


def solution_texts(entry: Entry) -> Iterator[str]:
    """Yield the titles and blocks of an entry's solutions."""
    for solution in entry.solutions:
        yield from (solution.title or "", *(block.markdown for block in solution.blocks))


def _shingles(entry: Entry) -> frozenset[str]:
    words = re.findall(r"\w+", " ".join([*entry.messages, entry.cause or "", *solution_texts(entry)]).casefold())
    runs = [" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))]
    return frozenset(runs if size_of("".join(runs)) else [entry.entry_id])


def _near(
    shingles: frozenset[str], kept: Sequence[tuple[Entry, frozenset[str]]], holders: dict[str, list[int]]
) -> Entry | None:
    common: dict[int, int] = defaultdict(int)
    for shingle in shingles:
        for number in holders[shingle][:200] if shingle in holders else ():
            common[number] += 1
    for number, count in common.items():
        entry, others = kept[number]
        if count >= _NEARLY * len(shingles | others):
            return entry
    return None


def _broken(target: str, reading: ArticleReading, sources: dict[str, ArticleReading]) -> str | None:
    path, _, anchor = target.partition("#")
    if not target or re.match(r"[a-z][a-z0-9+.-]*:|//|/|mailto:", target, re.IGNORECASE):
        return None
    here = reading.article.source
    there = _resolved(here, path) if path else here
    if path and not path.endswith((".md", ".markdown")):
        return None  # a file beside the articles; the page that shows it decides where that is
    if there not in sources:
        return f'links to "{path}", which is no article here; correct the link'
    if anchor and anchor not in _anchors(sources[there]):
        return f'links to "{target}", but no heading there has the id "{anchor}"; correct the link'
    return None


def _resolved(here: str, path: str) -> str:
    parts = here.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {".", ""}:
            parts.append(part)
    return "/".join(parts)


def _anchors(reading: ArticleReading) -> frozenset[str]:
    ids = {entry.entry_id.partition("#")[2] for entry in reading.entries}
    headings = [element for element in reading.elements if element.kind is ElementKind.HEADING]
    written = {re.sub(r"[^\w\- ]", "", each.markdown.casefold()).strip().replace(" ", "-") for each in headings}
    return frozenset(ids | written | {each.anchor for each in headings if each.anchor})
