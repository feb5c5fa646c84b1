"""Whether a query says too little to be answered: "xero", "error", "it doesn't work", "problem with my account"."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from index.analysis.lexicon import STOP_WORDS, words
from index.analysis.terms import stem, terms_of, words_of
from index.hit import Vagueness

_TROUBLE = words(
    "abnormal bad bad blocked broke broken bug cannot cant crash crashed doesnt dont error errors fail failed failing",
    "fails failure fault faulty freeze frozen happen happened happening happens hang hangs isnt issue issues mistake",
    "message messages nothing problem problems stop stopped stops strange stuck trouble unable warning weird went wont",
    "work worked working works wrong",
)
_TALK = words(
    "again already always any anybody anyone anything asap attached day did everything fine get getting give go going",
    "good got happen hello help hey hi know last let like look make matter need now one ok please pls problem question",
    "quickly right same say says screen screenshot see shows something somebody someone still stuff sure tell thank",
    "thanks thing things time today tried try trying understand urgent urgently use using want yesterday",
)


@lru_cache(maxsize=1)
def _untelling() -> frozenset[str]:
    return frozenset(map(stem, _TROUBLE | _TALK | STOP_WORDS))


def vagueness_of(query: str) -> Vagueness:
    """Return how little a query says.

    >>> vagueness_of("problem with xero").name, vagueness_of("xero invoice voided").name
    ('LITTLE', 'NONE')
    """
    return Vagueness(max(0, Vagueness.NOTHING - len(telling_terms(query))))


def telling_terms(query: str) -> frozenset[str]:
    """Return the terms of a query that say what it is about.

    >>> sorted(telling_terms("hi, my invoices will not print!"))
    ['invoic', 'print']
    """
    return frozenset(term for term in terms_of(query) if _is_telling(term))


def names_one(query: str, titles: Iterable[str]) -> bool:
    """Return whether a query is one of these titles, word for word, and of no other; a word alone is a topic.

    >>> names_one("marlin error", ["Marlin error", "The Marlin board is slow"]), names_one("xero", ["Xero"])
    (True, False)
    """
    asked = words_of(query)
    return len(asked) > 1 and sum(words_of(title) == asked for title in titles) == 1


def _is_telling(term: str) -> bool:
    return term not in _untelling()
