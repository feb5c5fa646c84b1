"""The words by which a person tells two entries apart: "reference number", and not "either, left, put".

No grammar is known here. What is a noun is told by the company that a word keeps in the articles and in the common
troubles of any office: "the number" and "your invoice" are nouns, "cannot open" and "is open" are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.analysis.lexicon import FAILURE_WORDS, FUNCTION_WORDS, words
from index.analysis.terms import stem

_MOST = 3  # phrases that a finding names of an entry
_LEAST_LETTERS = 3
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*|[.!?:;,()\"\u201c\u201d]")
_BEFORE_NOUNS = words(
    "the a an this that these those my your our his her its their each every any some another which no of in on at for",
    "from with by between into under per",
)
_BEFORE_OTHERS = words(  # verbs and adjectives
    "to i you we they he she it who can cannot cant could will would must should may might please not dont doesnt",
    "didnt is are was were be been being has have had get gets got as too very so more",
)
_SAYS_NOTHING = words(
    "one ones two first second third last new old same own single thing things way kind sort rest side"
)
_NO_NOUN = ("ed", "ing", "ly")
_NOUN = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "age", "ship")


@dataclass(frozen=True, slots=True)
class Said:
    """What an entry says, without markup.

    Attributes:
        names: Its title and its messages.
        symptoms: Its symptoms.
        everything: All of it.
    """

    names: tuple[str, ...]
    symptoms: tuple[str, ...]
    everything: str


@dataclass(frozen=True, slots=True)
class _Phrase:
    """One word or two that stand next to each other in an entry; in another form they are the same."""

    text: str = field(compare=False)
    stems: tuple[str, ...]


class TellingWords:
    """Names what one entry says and another does not.

    Args:
        entries: All entries; by their texts a word is known as a noun, and as rare.
        common: Sentences in everyday English, for the same.
    """

    def __init__(self, entries: Sequence[Said], common: Sequence[str]) -> None:
        self._nouns = Counter[str]()
        for text in (*(entry.everything for entry in entries), *common):
            self._count_nouns(text)
        self._entries_with = Counter(each for entry in entries for each in _stems(entry.everything))
        self._common = Counter(each for text in common for each in _stems(text))

    def only_in(self, entry: Said, other: Said) -> tuple[str, ...]:
        """Return at most three phrases of an entry's title, messages or symptoms that the other has not, best first.

        Of the rest of the entry nothing is named unless these have none, and no verb unless there is no noun. Two words
        say more than one, the title and the messages more than symptoms, and what an entry says again more than what it
        says once.
        """
        elsewhere = _stems(other.everything)
        everything = list(map(stem, map(str.casefold, _tokens(entry.everything))))
        shown = (entry.names, entry.symptoms)
        for places, phrases in ((shown, self._nouns_in), (((entry.everything,),), self._nouns_in), (shown, _words_in)):
            found = {
                each: self._rank(each, place, everything)
                for place, texts in reversed(list(enumerate(places)))
                for text in texts
                for each in phrases(_tokens(text))
                if not elsewhere.issuperset(each.stems)
            }
            if found:
                return tuple(each.text for each in _apart(sorted(found, key=lambda each: found[each])))
        return ()

    def _nouns_in(self, tokens: Sequence[str]) -> Iterator[_Phrase]:
        for one, two in pairwise(tokens):
            if self._may_be_first(one) and self._is_noun(two) and stem(one.casefold()) != stem(two.casefold()):
                yield _phrase(one, two)
        yield from (_phrase(each) for each in tokens if self._is_noun(each))

    def _rank(self, phrase: _Phrase, place: int, everything: Sequence[str]) -> tuple[int, int, int, int, float]:
        size = len(phrase.stems)
        times = sum(tuple(everything[at : at + size]) == phrase.stems for at in range(len(everything)))
        rarest = min(self._entries_with[each] for each in phrase.stems)
        return -size, place, -times, rarest, sum(self._common[each] for each in phrase.stems) / size

    def _may_be_first(self, word: str) -> bool:
        """Whether a word may stand before a noun and say which one: "bank account", "manual journal"."""
        score = self._nouns[stem(word.casefold())]
        is_verb = word.casefold().endswith("s") or _ends_as_verb(word.casefold())  # "escapes lid"
        return _is_content(word) and (score > 0 or (score == 0 and not is_verb))

    def _is_noun(self, word: str) -> bool:
        score = self._nouns[stem(word.casefold())]
        return _is_content(word) and (score > 0 or (score == 0 and word.casefold().endswith(_NOUN)))

    def _count_nouns(self, text: str) -> None:
        """Count for each word how much more often it stands where nouns do than where verbs and adjectives do."""
        before = "."
        for word in (each.casefold() for each in _TOKEN.findall(text)):
            if before in _BEFORE_NOUNS:
                self._nouns[stem(word)] += 1
            elif before in _BEFORE_OTHERS or _ends_as_verb(word):
                self._nouns[stem(word)] -= 1
            before = word


def _tokens(text: str) -> list[str]:
    """Return words and signs in their order; a sign parts two words."""
    return _TOKEN.findall(text)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word.casefold()) for word in _tokens(text))


def _ends_as_verb(word: str) -> bool:
    return any(word.endswith(ending) and len(word) - len(ending) >= _LEAST_LETTERS for ending in _NO_NOUN)


def _is_content(word: str) -> bool:
    folded = word.casefold()
    is_word = len(word) >= _LEAST_LETTERS and word.isalpha()
    return is_word and folded not in FUNCTION_WORDS | FAILURE_WORDS | _SAYS_NOTHING


def _words_in(tokens: Sequence[str]) -> Iterator[_Phrase]:
    return (_phrase(each) for each in tokens if _is_content(each))


def _phrase(*tokens: str) -> _Phrase:
    return _Phrase(" ".join(tokens), tuple(stem(each.casefold()) for each in tokens))


def _apart(phrases: Sequence[_Phrase]) -> list[_Phrase]:
    """Return the first phrases of which none has a word of another."""
    kept: list[_Phrase] = []
    for each in phrases:
        if len(kept) < _MOST and all(set(each.stems).isdisjoint(other.stems) for other in kept):
            kept.append(each)
    return kept
