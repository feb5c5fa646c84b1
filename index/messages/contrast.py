"""Whether a text is a documented message with another word in it, or with a negation more or less.

"Cannot register provider Quay.Cranes" has all words of "Cannot register provider Quay.Mesh" but the one that matters,
and so it is close to it in meaning and another trouble. "This parcel is not an exchange" is the opposite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from corpus.article import Entry
from corpus.passages import plain_text
from index.analysis.lexicon import FAILURE_WORDS, FUNCTION_WORDS, words
from index.analysis.paste_cleanup import message_text
from index.analysis.spelling import characters_changed
from index.analysis.statuses import status_spans, without_statuses
from index.analysis.terms import stem
from index.analysis.tokens import fold, tokenize
from index.messages.named_things import names_in, quoted_in
from index.messages.template import Word
from index.messages.template_extraction import template_of

NEGATIONS = words(
    "not no never cannot cant without nor neither dont doesnt didnt isnt arent wasnt werent wont wouldnt couldnt",
    "shouldnt hasnt havent hadnt mustnt neednt nobody nothing none longer unable",
)
_SAME_IN_EFFECT = {"longer": "no", "unable": "not"}  # "no longer" is one negation
_ASKS = frozenset(map(stem, "how can could may should why".split()))
_OPPOSITE = ("un", "in", "im", "dis", "non", "ir")
_LEAST_SHARE = 0.5  # of a text's words, function words counted a quarter
_FUNCTION_WORD = 0.25
_LEAST_RUN = 3  # words in a row, or two telling ones, or it is no quotation
_LEAST_TELLING = 2
_LONGEST = 2  # times as long as the documented text is what quotes it
_MOST_REPLACED = 4  # words in the place of another: more tell something else
_MOST_TYPOS = 2
_READ = 300  # words of a text that are looked at
_ANY = "\n"  # stands for a value


@dataclass(frozen=True, slots=True)
class _Laid:
    """A text beside a documented one.

    Attributes:
        share: Of the documented words, how much is there.
        ours: The text's words, stemmed.
        theirs: The documented words, stemmed.
        steps: How the one becomes the other: (kind, first and end in theirs, first and end in ours).
    """

    share: float
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    steps: tuple[tuple[str, int, int, int, int], ...]

    @property
    def matched(self) -> tuple[int, int]:
        """Where the first word in common stands in ours, and where the last one ends."""
        same = [step for step in self.steps if step[0] == "equal"]
        return same[0][3], same[-1][4]


def is_another(text: str, entry: Entry) -> bool:
    """Whether a text is a message, the title or a symptom of an entry but for a word that makes it another error.

    "Ink is not empty" is another than "Ink is empty", and "No module named 'pandas'" than "No module named 'numpy'".
    """
    messages = [message_text(message) for message in entry.messages]
    names = [names_in(message, entry) for message in messages]
    query = _fixed(text, quoted_in(text) if any(names) else frozenset())[:_READ]
    told = tuple(map(plain_text, (entry.title, *entry.symptoms)))
    laid = [_lay(query, _fixed(*each)) for each in zip(messages, names, strict=True)]
    closest = max((each for each in laid if each is not None), key=lambda each: each.share, default=None)
    own = {stem(key) for each in told for key in tokenize(each).keys}
    if _shares_only_failure(query, entry):
        return True
    if closest is None and any(status_spans(fold(text).text)):
        return any(any(status_spans(fold(message).text)) for message in entry.messages)  # its end is all they share
    if closest is not None:
        return _has_other_negation(closest) or _has_other_word(closest, own)
    described = [each for each in (_lay(query, _keys(each)) for each in told) if each is not None]
    nearest = max(described, key=lambda each: each.share, default=None)
    return nearest is not None and _denies(nearest)


def _shares_only_failure(query: tuple[str, ...], entry: Entry) -> bool:
    """Whether a text has nothing in common with an entry's error but what any failure is called: "PHP fatal error"."""
    error = plain_text("\n".join((entry.title, *entry.messages, *entry.symptoms)))
    common = {key for key in set(query) & set(_keys(error)) if key not in _FUNCTION_STEMS or key in _FAILURE_STEMS}
    others = {key for key in query if _is_telling(key)} - _FAILURE_STEMS
    return len(common) >= _LEAST_TELLING and common <= _FAILURE_STEMS and bool(others)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(map(stem, tokenize(text).keys))


@lru_cache(maxsize=1 << 9)  # a query is held against several entries, and a message against many queries
def _fixed(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """Return a text's words without a status, and a mark for each value."""
    elements = template_of(without_statuses(fold(text).text), names).elements
    return tuple(stem(each.forms[0][0]) if isinstance(each, Word) else _ANY for each in elements)


def _lay(ours: tuple[str, ...], theirs: tuple[str, ...]) -> _Laid | None:
    """Lay a text beside a documented one; None where too little of that is there."""
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    steps = tuple(matcher.get_opcodes())
    same = [theirs[first:end] for kind, first, end, _, _ in steps if kind == "equal"]
    there = sum(map(_weight, (key for run in same for key in run)))
    total = sum(map(_weight, theirs))
    is_quoted = max(map(len, same), default=0) >= _LEAST_RUN or there >= _LEAST_TELLING
    if not total or not is_quoted or there < _LEAST_SHARE * total:
        return None
    laid = _Laid(there / total, ours, theirs, steps)
    first, end = laid.matched
    return laid if end - first <= _LONGEST * len(theirs) else None  # its words, scattered over a story, quote nothing


def _weight(key: str) -> float:
    return 0.0 if key == _ANY else _FUNCTION_WORD if key in _FUNCTION_STEMS else 1.0


def _is_telling(key: str) -> bool:
    return key != _ANY and key not in _FUNCTION_STEMS and re.search(r"[a-z]{2}", key) is not None


def _negations(keys: Iterable[str]) -> int:
    """Count negations; "no longer" is one."""
    found = [_SAME_IN_EFFECT.get(key, key) for key in keys if key in _NEGATION_STEMS]
    return sum(one != other or one != "no" for one, other in zip(found, [*found[1:], ""], strict=True)) if found else 0


def _has_other_negation(laid: _Laid) -> bool:
    """Whether the text denies what the message says, or says what that denies."""
    first, end = laid.matched
    ours = laid.ours[first:end]
    if _negations(ours) % 2 == _negations(laid.theirs) % 2:
        return False
    if not _DENYING_STEMS.isdisjoint(laid.theirs):  # "was not accepted" says "was refused"; "was not refused" does not
        return _negations(ours) > 0 and _denied(ours) in _DENYING_STEMS.intersection(laid.theirs)
    if _negations(ours):
        return True
    asks = bool(laid.ours) and laid.ours[0] in _ASKS
    return not asks and _denied(laid.theirs) in ours


def _has_other_word(laid: _Laid, own: set[str]) -> bool:
    """Whether other words stand in the place of words of the message, and are neither typos of them nor the entry's."""
    for kind, first, end, start, stop in laid.steps:
        if kind != "replace":
            continue
        documented = [key for key in laid.theirs[first:end] if _is_telling(key)]
        pasted = [key for key in laid.ours[start:stop] if _is_telling(key)]
        has_value = _ANY in laid.theirs[first:end]
        if not (documented and pasted) or has_value or stop - start > _MOST_REPLACED + end - first:
            continue
        if any(_are_opposite(one, other) for one in documented for other in pasted):
            return True
        if own & set(pasted) or any(_is_typo(one, other) for one in documented for other in pasted):
            continue
        return True
    return False


def _are_opposite(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return any(longer == prefix + shorter for prefix in _OPPOSITE)


def _is_typo(one: str, other: str) -> bool:
    return (
        characters_changed(one, other) <= min(_MOST_TYPOS, max(len(one), len(other)) // 4)
        or one in other
        or other in one
    )


def _denied(keys: tuple[str, ...]) -> str | None:
    """Return the first telling word after the first negation, which is none itself: "free" in "no longer free"."""
    at = next((at for at, key in enumerate(keys) if key in _NEGATION_STEMS), len(keys))
    return next((key for key in keys[at + 1 :] if _is_telling(key) and key not in _NEGATION_STEMS), None)


def _denies(laid: _Laid) -> bool:
    """Whether the text denies a title or a symptom that says that something is so: "can see", "sees", "is open".

    A title that says what to do ("Restore an order") is not denied by "cannot restore an order".
    """
    first, end = laid.matched
    if _negations(laid.theirs) or not _DENYING_STEMS.isdisjoint(laid.theirs) or not _negations(laid.ours[first:end]):
        return False
    denied = _denied(laid.ours[first:end])
    return denied in laid.theirs[1:] and laid.theirs[0] not in _ASKS


_FUNCTION_STEMS = frozenset(map(stem, FUNCTION_WORDS))
_DENYING_STEMS = frozenset(map(stem, "fail failed failure denied refused rejected missing lost".split()))
_FAILURE_STEMS = frozenset(map(stem, FAILURE_WORDS))
_NEGATION_STEMS = frozenset(map(stem, NEGATIONS))
