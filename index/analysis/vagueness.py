"""Whether a query says too little to be answered: "xero", "error", "it doesn't work", "problem with my account"."""

from __future__ import annotations

from functools import lru_cache

from index.analysis.lexicon import words
from index.analysis.terms import is_stop_word, stem, terms_of
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
    return frozenset(map(stem, _TROUBLE | _TALK))


def vagueness_of(query: str) -> Vagueness:
    """Return how little a query says.

    >>> vagueness_of("problem with xero").name, vagueness_of("xero invoice voided").name
    ('LITTLE', 'NONE')
    """
    telling = {term for term in terms_of(query) if _is_telling(term)}
    return Vagueness(max(0, Vagueness.NOTHING - len(telling)))


def _is_telling(term: str) -> bool:
    return not is_stop_word(term) and term not in _untelling()
