"""Entries that are not the first hit for their own words, and pairs of entries that are easily confused.

Every message and every symptom is searched for as its entry has it. That readers use other words no rule can know; but
where another entry ranks first even for these, an editor has something to repair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from corpus.article import Entry
from corpus.authoring.findings import Finding, Rule, entry_warning
from corpus.parsing.article_parser import ParsedArticle
from corpus.passages import plain_text, whole_text
from index.analysis.terms import is_stop_word, stem, words_of
from index.hit import Hit, SearchResult
from index.retriever import Retriever

SETTLED = frozenset({Rule.DUPLICATE, Rule.NEAR_DUPLICATE, Rule.SAME_MESSAGE})
"""Rules whose findings already say that two entries are alike."""
_NOT_FOUND = {"message": Rule.NOT_FOUND_BY_MESSAGE, "symptom": Rule.NOT_FOUND_BY_SYMPTOM}
_CLOSE = 0.06  # a rival that is this share as probable as the entry itself is easily taken for it
_WORDS = 5  # of an entry that a finding names
_QUOTED = 80  # characters of a text that a finding names


@dataclass(frozen=True, slots=True)
class _Pair:
    """An entry, and another one that is a hit for its own words."""

    entry: Entry
    rival: Entry
    kind: str
    text: str


class _Vocabulary:
    """How many entries have each word, so that a finding can name the words that set an entry apart."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._counts = Counter(each for entry in entries for each in _stems(entry))

    def only_in(self, entry: Entry, other: Entry) -> str:
        """Return the rarest words of an entry that the other does not have, or that there are none."""
        elsewhere = _stems(other)
        words = {stem(word): word for word in reversed(words_of(whole_text(entry))) if _is_content_word(word)}
        only_here = [each for each in reversed(words) if each not in elsewhere]
        rarest = sorted(only_here, key=lambda each: self._counts[each])[:_WORDS]
        return ", ".join(words[each] for each in rarest) or "nothing"


def check_findability(
    articles: Sequence[ParsedArticle],
    retriever: Retriever,
    *,
    settled: Collection[str] = (),
    sources: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each entry whose own words lead elsewhere, and for each pair that is easily confused.

    Args:
        articles: Those that `retriever` searches.
        retriever: Searches all of them.
        settled: Ids of entries with a finding of the rules `SETTLED`; nothing is reported of their being confused with
            another, for that is repaired with those findings.
        sources: The files whose entries are checked; all files if None.
    """
    article_of = {entry.entry_id: article for article in _indexed(articles) for entry in article.entries}
    entries = {entry.entry_id: entry for article in article_of.values() for entry in article.entries}
    vocabulary = _Vocabulary(list(entries.values()))
    reported: set[frozenset[str]] = set()
    close: dict[frozenset[str], _Pair] = {}
    for entry_id, entry in entries.items():
        if sources is not None and article_of[entry_id].article.source not in sources:
            continue
        for kind, text in _own_words(entry):
            hits = [hit for hit in _own_part(retriever.search(text, k=2), entry_id) if hit.entry_id in entries]
            rivals = [hit for hit in hits if hit.entry_id != entry_id]
            if not hits:
                yield entry_warning(
                    entry, article_of[entry_id], _NOT_FOUND[kind], f"{_named(kind, text)} finds nothing"
                )
            if not rivals or entry_id in settled or rivals[0].entry_id in settled:
                continue
            pair = _Pair(entry, entries[rivals[0].entry_id], kind, text)
            if hits[0].entry_id != entry_id:
                reported.add(_ids(pair))
                yield entry_warning(entry, article_of[entry_id], _NOT_FOUND[kind], _another_first(pair, vocabulary))
            elif (rivals[0].probability or 0.0) >= _CLOSE * (hits[0].probability or 0.0):
                close.setdefault(_ids(pair), pair)
    for ids, pair in close.items():
        if ids not in reported:
            yield entry_warning(
                pair.entry, article_of[pair.entry.entry_id], Rule.EASILY_CONFUSED, _confused(pair, vocabulary)
            )


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


def _another_first(pair: _Pair, vocabulary: _Vocabulary) -> str:
    words = vocabulary.only_in(pair.entry, pair.rival)
    remedy = "move it there or say what sets this entry apart" if pair.kind == "symptom" else "tell them apart"
    return f"{_named(pair.kind, pair.text)} finds {pair.rival.entry_id} first; {remedy} (only here: {words})"


def _confused(pair: _Pair, vocabulary: _Vocabulary) -> str:
    here, there = vocabulary.only_in(pair.entry, pair.rival), vocabulary.only_in(pair.rival, pair.entry)
    both = f'"{pair.entry.title}" is easily confused with {pair.rival.entry_id}: {_named(pair.kind, pair.text)}'
    return f"{both} fits both; use the words that tell them apart (only here: {here}; only there: {there})"


def _named(kind: str, text: str) -> str:
    cut = text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()} ..."
    return f'the {kind} "{cut}"'


def _ids(pair: _Pair) -> frozenset[str]:
    return frozenset({pair.entry.entry_id, pair.rival.entry_id})


def _stems(entry: Entry) -> frozenset[str]:
    return frozenset(map(stem, words_of(whole_text(entry))))


def _is_content_word(word: str) -> bool:
    return len(word) > 2 and not is_stop_word(word)
