"""Entries that are not the first hit for their own words, and pairs of entries that a query confuses.

Every message and every symptom is searched for as its entry has it. That readers use other words no rule can know; but
where another entry ranks first even for these, an editor has something to repair.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from corpus.article import Entry
from corpus.authoring.findings import Finding, Rule, entry_warning
from corpus.parsing.article_parser import ParsedArticle
from corpus.passages import plain_text, whole_text
from index.analysis.telling_words import Said, TellingWords
from index.decision import CLOSE, decide
from index.hit import Hit, SearchResult
from index.ranking.background import troubles
from index.retriever import Retriever

SETTLED = frozenset({Rule.DUPLICATE, Rule.NEAR_DUPLICATE, Rule.SAME_MESSAGE})
"""Rules whose findings already say that two entries are alike."""
_NOT_FOUND = {"message": Rule.NOT_FOUND_BY_MESSAGE, "symptom": Rule.NOT_FOUND_BY_SYMPTOM}
_HITS = 8  # as many as an answer is decided by
_QUOTED = 80  # characters of a text that a finding names


@dataclass(frozen=True, slots=True)
class _Pair:
    """An entry, and another one that is a hit for its own words or for a question that it answers."""

    entry: Entry
    rival: Entry
    kind: str
    text: str
    is_rival_first: bool


def check_findability(
    articles: Sequence[ParsedArticle],
    retriever: Retriever,
    *,
    settled: Collection[str] = (),
    sources: Collection[str] | None = None,
    judged: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Iterator[Finding]:
    """Yield a finding for each entry whose own words lead elsewhere, and for each pair that a query confuses.

    A pair is confused where another entry comes first, or is as probable as where people are asked which they mean.

    Args:
        articles: Those that `retriever` searches.
        retriever: Searches all of them.
        settled: Ids of entries with a finding of the rules `SETTLED`; nothing is reported of their being confused with
            another, for that is repaired with those findings.
        sources: The files whose entries are checked; all files if None.
        judged: What people ask, with the ids of the entries that answer it.
    """
    article_of = {entry.entry_id: article for article in _indexed(articles) for entry in article.entries}
    entries = {entry.entry_id: entry for article in article_of.values() for entry in article.entries}
    words = TellingWords([said(each) for each in entries.values()], troubles())
    asked_for = {each for each, article in article_of.items() if sources is None or article.article.source in sources}
    reported: set[frozenset[str]] = set()
    close: list[_Pair] = []
    for entry_id, entry in entries.items():
        for kind, text in _own_words(entry) if entry_id in asked_for else ():
            hits = [hit for hit in _own_part(retriever.search(text, k=2), entry_id) if hit.entry_id in entries]
            if not hits:
                finding = f"{_named(kind, text)} finds nothing"
                yield entry_warning(entry, article_of[entry_id], _NOT_FOUND[kind], finding)
            pair = _own_pair(entries, entry_id, kind, text, hits)
            if pair is None or not _ids(pair).isdisjoint(settled):
                continue
            if pair.is_rival_first:
                reported.add(_ids(pair))
                yield entry_warning(entry, article_of[entry_id], _NOT_FOUND[kind], _another_first(pair, words))
            else:
                close.append(pair)
    close += [each for each in _confused_by(judged, retriever, entries) if _ids(each).isdisjoint(settled)]
    for pair in close:
        if pair.entry.entry_id in asked_for and _ids(pair) not in reported:
            reported.add(_ids(pair))
            article = article_of[pair.entry.entry_id]
            yield entry_warning(pair.entry, article, Rule.EASILY_CONFUSED, _confused(pair, words))


def _own_pair(entries: Mapping[str, Entry], entry_id: str, kind: str, text: str, hits: Sequence[Hit]) -> _Pair | None:
    """Return an entry and the first other one that its own words find, where that is before it or as probable."""
    rival = next((hit for hit in hits if hit.entry_id != entry_id), None)
    if rival is None:
        return None
    is_first = hits[0].entry_id != entry_id
    pair = _Pair(entries[entry_id], entries[rival.entry_id], kind, text, is_rival_first=is_first)
    return pair if is_first or _are_close(hits[0], rival) else None


def _confused_by(
    judged: Mapping[str, Collection[str]], retriever: Retriever, entries: Mapping[str, Entry]
) -> Iterator[_Pair]:
    """Yield the entry that answers a query, and the one that it is confused with."""
    for query, right in judged.items():
        hits = [hit for hit in decide(retriever.search(query, k=_HITS)).hits if hit.entry_id in entries]
        own = next((hit for hit in hits if hit.entry_id in right), None)
        others = (hit for hit in hits if own is not None and hit.part == own.part and hit.entry_id not in right)
        rival = next(others, None)
        if own is not None and rival is not None and (rival.rank < own.rank or _are_close(own, rival)):
            is_first = rival.rank < own.rank
            yield _Pair(entries[own.entry_id], entries[rival.entry_id], "question", query, is_rival_first=is_first)


def _are_close(first: Hit, second: Hit) -> bool:
    return (second.probability or 0.0) >= CLOSE * (first.probability or 0.0)


def _own_part(result: SearchResult, entry_id: str) -> tuple[Hit, ...]:
    """Return the hits of the part that the entry is first in, or of the first: a message may name several errors."""
    parts = [part.hits for part in result.parts if part.hits]
    return next((hits for hits in parts if hits[0].entry_id == entry_id), parts[0] if parts else ())


def _indexed(articles: Sequence[ParsedArticle]) -> Iterator[ParsedArticle]:
    """Yield the articles that are searched: no drafts, and of two with one id the first."""
    seen: set[str] = set()
    for each in articles:
        if each.article.article_id not in seen:
            seen.add(each.article.article_id)
            if not each.article.draft:
                yield each


def _own_words(entry: Entry) -> Iterator[tuple[str, str]]:
    """Yield what an entry should be found by; the title stands for the message where there is none."""
    for text in dict.fromkeys(map(plain_text, entry.messages or (entry.title,))):
        yield "message", text
    for text in dict.fromkeys(map(plain_text, entry.symptoms)):
        yield "symptom", text


def _another_first(pair: _Pair, words: TellingWords) -> str:
    remedy = "move it there or say what sets this entry apart" if pair.kind == "symptom" else "tell them apart"
    here = _quoted(words.only_in(said(pair.entry), said(pair.rival)))
    return f"{_named(pair.kind, pair.text)} finds {pair.rival.entry_id} first; {remedy} (only here: {here})"


def _confused(pair: _Pair, words: TellingWords) -> str:
    here, there = (
        _quoted(words.only_in(said(pair.entry), said(pair.rival))),
        _quoted(words.only_in(said(pair.rival), said(pair.entry))),
    )
    both = f'"{pair.entry.title}" is easily confused with {pair.rival.entry_id}: {_named(pair.kind, pair.text)}'
    fits = "finds that first" if pair.is_rival_first else "fits both"
    return f"{both} {fits}; use the words that tell them apart (only here: {here}; only there: {there})"


def said(entry: Entry) -> Said:
    """Return what an entry says."""
    names, symptoms = (tuple(map(plain_text, each)) for each in ((entry.title, *entry.messages), entry.symptoms))
    return Said(names, symptoms, whole_text(entry))


def _quoted(phrases: Sequence[str]) -> str:
    return ", ".join(f'"{each}"' for each in phrases) or "nothing"


def _named(kind: str, text: str) -> str:
    cut = text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()} ..."
    return f'the {kind} "{cut}"'


def _ids(pair: _Pair) -> frozenset[str]:
    return frozenset({pair.entry.entry_id, pair.rival.entry_id})
