"""What only a search can tell about articles: entries that their own words do not find, and pairs easily confused.

Every message and every symptom is asked as it stands in its entry. What has to be mended is not that readers put it
otherwise, which no rule can know, but that another entry answers even to these very words.
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

SETTLED = frozenset(
    {Rule.DUPLICATE, Rule.NEAR_DUPLICATE, Rule.SAME_MESSAGE}
)  # rules that have told a pair apart already
_NOT_FOUND = {"message": Rule.NOT_FOUND_BY_MESSAGE, "symptom": Rule.NOT_FOUND_BY_SYMPTOM}
_CLOSE = 0.1  # a rival that is a tenth as probable as the entry itself is easily taken for it
_WORDS = 5
_QUOTED = 80  # characters of a text that is named in a finding


@dataclass(frozen=True, slots=True)
class _Pair:
    """An entry, and another one that its own words bring up."""

    entry: Entry
    rival: Entry
    kind: str
    text: str


class _Vocabulary:
    """In how many entries each word stands, so that the words that set an entry apart can be named."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._counts = Counter(each for entry in entries for each in _stems(entry))

    def only_in(self, entry: Entry, other: Entry) -> str:
        """Return the rarest words of an entry that the other does not have, or that there are none."""
        elsewhere = _stems(other)
        words = {stem(word): word for word in reversed(words_of(whole_text(entry))) if _tells(word)}
        found = [each for each in reversed(words) if each not in elsewhere]
        rarest = sorted(found, key=lambda each: self._counts[each])[:_WORDS]
        return ", ".join(words[each] for each in rarest) or "nothing"


def audit(
    readings: Sequence[ParsedArticle],
    retriever: Retriever,
    *,
    settled: Collection[str] = (),
    sources: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Yield what is wrong with entries, seen from the search.

    Args:
        readings: The articles that `retriever` searches.
        retriever: Searches all of them.
        settled: Ids of entries with a finding of the rules `SETTLED`; those are mended first, so nothing is said of
            their being confused with another.
        sources: The files whose entries are asked for; all files if None.
    """
    reading_of = {entry.entry_id: reading for reading in _indexed(readings) for entry in reading.entries}
    entries = {entry.entry_id: entry for reading in reading_of.values() for entry in reading.entries}
    vocabulary = _Vocabulary(list(entries.values()))
    told: set[frozenset[str]] = set()
    close: dict[frozenset[str], _Pair] = {}
    for entry_id, entry in entries.items():
        if sources is not None and reading_of[entry_id].article.source not in sources:
            continue
        for kind, text in _own_words(entry):
            found = [hit for hit in _own_part(retriever.search(text, k=2), entry_id) if hit.entry_id in entries]
            rivals = [hit for hit in found if hit.entry_id != entry_id]
            if not found:
                yield entry_warning(
                    entry, reading_of[entry_id], _NOT_FOUND[kind], f"{_named(kind, text)} finds nothing"
                )
            if not rivals or entry_id in settled or rivals[0].entry_id in settled:
                continue
            pair = _Pair(entry, entries[rivals[0].entry_id], kind, text)
            if found[0].entry_id != entry_id:
                told.add(_ids(pair))
                yield entry_warning(entry, reading_of[entry_id], _NOT_FOUND[kind], _another_first(pair, vocabulary))
            elif (rivals[0].probability or 0.0) >= _CLOSE * (found[0].probability or 0.0):
                close.setdefault(_ids(pair), pair)
    for ids, pair in close.items():
        if ids not in told:
            yield entry_warning(
                pair.entry, reading_of[pair.entry.entry_id], Rule.EASILY_CONFUSED, _confused(pair, vocabulary)
            )


def _own_part(found: SearchResult, entry_id: str) -> tuple[Hit, ...]:
    """Return the hits of the part that the entry is first in, or of the first: a message may name several errors."""
    parts = [part.hits for part in found.parts if part.hits]
    return next((hits for hits in parts if hits[0].entry_id == entry_id), parts[0] if parts else ())


def _indexed(readings: Sequence[ParsedArticle]) -> Iterator[ParsedArticle]:
    """Yield the articles that are searched: no drafts, and of two with one id the first."""
    seen: set[str] = set()
    for reading in readings:
        if reading.article.article_id not in seen:
            seen.add(reading.article.article_id)
            if not reading.article.draft:
                yield reading


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


def _tells(word: str) -> bool:
    return len(word) > 2 and not is_stop_word(word)
