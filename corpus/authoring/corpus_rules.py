"""The rules of lint that compare articles: duplicates, one message with two solutions, broken links."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from corpus.article import Entry
from corpus.authoring.findings import Finding, Rule, Severity, entry_warning, line_in
from corpus.formats.document import ElementKind, size_of
from corpus.parsing.article_parser import ParsedArticle

_LINK = re.compile(r"(?<!!)\[[^\[\]\n]*\]\((?P<target>[^()\s]*)\)")
_NOT_IN_CORPUS = re.compile(r"[a-z][a-z0-9+.-]*:|//|/|mailto:", re.IGNORECASE)  # an address on the web or a site
_SUFFIXES = (".md", ".markdown")
_SHINGLE_WORDS = 3
_NEAR_DUPLICATE = 0.8  # share of common shingles (Jaccard index) from which two entries are nearly the same
_MAX_CANDIDATES = 200  # entries that are compared for one shingle; more share it only if it is boilerplate


def duplicate_article_ids(articles: Sequence[ParsedArticle]) -> Iterator[Finding]:
    """Yield files whose article has the id of an earlier one: "a.md" and "a.html" are both "a"."""
    sources: dict[str, str] = {}
    for each in articles:
        article = each.article
        if (first := sources.setdefault(article.article_id, article.source)) != article.source:
            text = f'has the same article id as "{first}"; rename one of them'
            yield Finding(Rule.SAME_ID, Severity.ERROR, article.source, None, text)


def duplicate_entries(articles: Sequence[ParsedArticle]) -> Iterator[Finding]:
    """Yield entries with the same text as an earlier one, word for word or nearly."""
    first_with: dict[frozenset[str], Entry] = {}
    seen = _SeenEntries()
    for article in articles:
        for entry in article.entries:
            shingles = _shingles(entry)
            if (twin := first_with.setdefault(shingles, entry)) is not entry:
                text = f'"{entry.title}" is the same as {twin.entry_id}; keep one of them'
                yield entry_warning(entry, article, Rule.DUPLICATE, text)
                continue
            if (near := seen.near_duplicate(shingles)) is not None:
                text = f'"{entry.title}" is nearly the same as {near.entry_id}; keep one, or say how they differ'
                yield entry_warning(entry, article, Rule.NEAR_DUPLICATE, text)
            seen.add(entry, shingles)


def messages_solved_twice(
    articles: Sequence[ParsedArticle], *, except_for: Collection[str] = frozenset()
) -> Iterator[Finding]:
    """Yield entries that solve the message of an earlier entry in another way.

    Args:
        articles: All articles.
        except_for: Ids of entries that are left out.
    """
    first_with: dict[str, Entry] = {}
    for article in articles:
        for entry in article.entries:
            for message in entry.messages:
                twin = first_with.setdefault(" ".join(message.casefold().split()), entry)
                if twin is not entry and twin.solutions != entry.solutions and entry.entry_id not in except_for:
                    text = (
                        f'"{entry.title}" has the message of {twin.entry_id} but another solution; say how they differ'
                    )
                    yield entry_warning(entry, article, Rule.SAME_MESSAGE, text)
                    break


def broken_links(articles: Sequence[ParsedArticle]) -> Iterator[Finding]:
    """Yield links to an article or a heading that does not exist; addresses on the web are not looked up."""
    by_source = {article.article.source: article for article in articles}
    for article in articles:
        if not article.article.source.endswith(_SUFFIXES):
            continue
        for element in article.elements:
            for link in _LINK.finditer(element.markdown):
                if (problem := _link_problem(link["target"], article, by_source)) is not None:
                    line = line_in(element, element.markdown.count("\n", 0, link.start()))
                    yield Finding(Rule.BROKEN_LINK, Severity.WARNING, article.article.source, line, problem)


def solution_texts(entry: Entry) -> Iterator[str]:
    """Yield the titles and blocks of an entry's solutions as Markdown."""
    for solution in entry.solutions:
        yield from (solution.title or "", *(block.markdown for block in solution.blocks))


class _SeenEntries:
    """The entries compared so far, and which of them have a shingle."""

    def __init__(self) -> None:
        self._entries: list[tuple[Entry, frozenset[str]]] = []
        self._numbers: dict[str, list[int]] = defaultdict(list)

    def add(self, entry: Entry, shingles: frozenset[str]) -> None:
        for shingle in shingles:
            self._numbers[shingle].append(len(self._entries))
        self._entries.append((entry, shingles))

    def near_duplicate(self, shingles: frozenset[str]) -> Entry | None:
        """Return an entry that shares nearly all shingles, or None."""
        common: dict[int, int] = defaultdict(int)
        for shingle in shingles:
            for number in self._numbers[shingle][:_MAX_CANDIDATES] if shingle in self._numbers else ():
                common[number] += 1
        for number, count in common.items():
            entry, others = self._entries[number]
            if count >= _NEAR_DUPLICATE * len(shingles | others):
                return entry
        return None


def _shingles(entry: Entry) -> frozenset[str]:
    """Return all runs of three words in an entry; for one without a word its id, so that it equals no other."""
    words = re.findall(r"\w+", " ".join([*entry.messages, entry.cause or "", *solution_texts(entry)]).casefold())
    starts = range(max(1, len(words) - _SHINGLE_WORDS + 1))
    runs = [" ".join(words[start : start + _SHINGLE_WORDS]) for start in starts]
    return frozenset(runs if size_of("".join(runs)) else [entry.entry_id])


def _link_problem(target: str, article: ParsedArticle, by_source: Mapping[str, ParsedArticle]) -> str | None:
    """Return what is wrong with the target of a link, or None."""
    path, _, anchor = target.partition("#")
    if not target or _NOT_IN_CORPUS.match(target):
        return None
    source = article.article.source
    linked = _resolved(source, path) if path else source
    if path and not path.endswith(_SUFFIXES):
        return None  # a file beside the articles, such as a PDF; whether it exists depends on where the page is served
    if linked not in by_source:
        return f'links to "{path}", but there is no such article; correct the link'
    if anchor and anchor not in _anchors(by_source[linked]):
        return f'links to "{target}", but no heading there has the id "{anchor}"; correct the link'
    return None


def _resolved(source: str, path: str) -> str:
    """Return the path under the corpus root of a link in `source`."""
    parts = source.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {".", ""}:
            parts.append(part)
    return "/".join(parts)


def _anchors(article: ParsedArticle) -> frozenset[str]:
    """Return the fragments that links to the headings of an article may have: ids, anchors, and GitHub's slugs."""
    ids = {entry.entry_id.partition("#")[2] for entry in article.entries}
    ids |= {each.concerns.partition("#")[2] for each in article.problems if each.concerns}  # entries left out for now
    headings = [element for element in article.elements if element.kind is ElementKind.HEADING]
    slugs = {re.sub(r"[^\w\- ]", "", each.markdown.casefold()).strip().replace(" ", "-") for each in headings}
    return frozenset(ids | slugs | {each.anchor for each in headings if each.anchor})
