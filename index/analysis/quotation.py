"""Whether a text quotes the beginning of a documented message and then says something else.

"Sending failed: the tray is empty" quotes "Sending failed: the cable is loose" up to the colon. Whatever else speaks
for that entry, its words are the frame's, and so the entry is at best a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.terms import stem
from index.analysis.tokens import Tokens, fold, tokenize

_RUN = 3  # words in a row are a quotation
_LEAST_SAID = 2  # words that say something, on either side: with fewer neither tells a trouble
_SAME = 1 / 3  # of the words on the side that has fewer: with as many in common both tell the same
_READ = 40  # words after a quotation that are looked at
_LONGEST = 4_000  # characters of a message, and of an entry's symptoms, that are looked at
_MOST_WORDS = 300  # of either side that are compared, each with each
_IN_ANY_MESSAGE = frozenset("again exist exists find found invalid missing require required requires try valid".split())
_VALUE = re.compile(r"(?<!\w)(?P<mark>['\"])\w[^'\"\n]{0,60}(?P=mark)(?!\w)")
_SEPARATOR = re.compile(r"[:\u2013\u2014]|\s-\s|\n")


class Quotation(IntEnum):
    """How a text stands to a documented message, the strongest evidence against it last."""

    NONE = 0
    """It does not quote it, or quotes what the message is about."""
    UNTOLD = 1
    """It quotes a stretch of it and has none of the words that follow there: they may be told in other words."""
    ANOTHER = 2
    """It quotes its beginning up to a colon or dash, and what follows there says something else."""


def quotation(text: str, message: str, symptoms: Iterable[str] = ()) -> Quotation:
    """Return how a text stands to a documented message; what the entry's symptoms say counts as its own words.

    >>> quotation("Sending failed today: tray 2 is empty.", "Sending failed today: the cable is loose.").name
    'ANOTHER'
    """
    ours, theirs = tokenize(text), tokenize(message[:_LONGEST])
    place, number, length = _longest_run(ours.keys[:_MOST_WORDS], theirs.keys[:_MOST_WORDS])
    if length < _RUN:
        return Quotation.NONE
    while (
        length > 1
        and theirs.keys[number + length - 1] in FUNCTION_WORDS
        and not _ends_at_separator(ours, place + length)
    ):
        length -= 1  # "not saved: its ..." quotes up to the colon
    run = _told(theirs.keys[number : number + length])
    at_separator = _ends_at_separator(ours, place + length)
    following = _told(ours.keys[place + length : place + length + _READ]) - run
    said = following | (_told(ours.keys[:place]) - run)
    untold = _told(theirs.keys[number + length :]) - run
    own = untold | _told(tokenize("\n".join(symptoms)[:_LONGEST]).keys)
    least = 1 if at_separator else _LEAST_SAID
    if min(len(following), len(untold)) < least or len(own & said) >= _SAME * min(len(following), len(untold)):
        return Quotation.NONE
    return Quotation.ANOTHER if at_separator else Quotation.UNTOLD


def without_values_of(text: str, message: str) -> str:
    """Return a text without the quoted values that a message happens to have, too; any other would stand for them.

    >>> without_values_of("'a.pdf' is read only", "'a.pdf' was not found")
    ' is read only'
    """
    values = {each[0] for each in _VALUE.finditer(fold(message).text)}
    return _VALUE.sub(lambda each: "" if each[0] in values else each[0], fold(text).text) if values else text


def _told(keys: tuple[str, ...]) -> set[str]:
    return {stem(key) for key in keys if _is_word(key) and key not in FUNCTION_WORDS and key not in _IN_ANY_MESSAGE}


def _is_word(key: str) -> bool:
    return key.isalpha() or ("_" in key and not any(map(str.isdigit, key)))  # tide_timeout


def _ends_at_separator(tokens: Tokens, number: int) -> bool:
    return number < len(tokens) and _SEPARATOR.search(tokens.between(number)) is not None


def _longest_run(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[int, int, int]:
    """Return where the longest run of equal keys begins in either, and its length; the last one of equally long ones.

    Linear in the product of the two lengths, with one row of the table at a time.
    """
    best = (0, 0, 0)
    places: dict[str, list[int]] = {}
    for number, key in enumerate(theirs):
        places.setdefault(key, []).append(number)
    lengths: dict[int, int] = {}
    for place, key in enumerate(ours):
        now = {number: lengths.get(number - 1, 0) + 1 for number in places.get(key, ())}
        for number, length in now.items():
            if length >= best[2]:
                best = (place - length + 1, number - length + 1, length)
        lengths = now
    return best
