"""A text in plain words as clauses: in a long mail one of them tells the trouble, and in some two tell two."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

_MOST = 12  # clauses that are looked at; a mail of ten sentences has its trouble in the first ones
_LEAST_WORDS = 3
_BOUNDARY = re.compile(
    r"(?<=[.!?;:])\s+|\n+"
    r"|,\s+(?:and|but|plus)\s+"
    r"|\s{1,20}(?:and also|and then there is|and another|as well as|besides|apart from that|second(?:ly)?,)\s+"
    r"|(?:^|(?<=\s))\(?\d[.)]\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause and where it stands in its text, in Unicode code points; `end` is not included."""

    start: int
    end: int
    text: str


def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return a text's clauses; one of fewer than three words joins the next, or at the end the one before.

    >>> [clause.text for clause in clauses_of("1) the link is lost 2) a payment bounced, and I am tired")]
    ['the link is lost', 'a payment bounced', 'I am tired']
    """
    spans: list[list[int]] = []
    start, is_short = 0, False
    for end, following in [*(each.span() for each in _BOUNDARY.finditer(text)), (len(text), len(text))]:
        words = len(_WORD.findall(text, start, end))
        if is_short:
            spans[-1][1] = end
        elif words:
            spans.append([start, end])
        few = islice(_WORD.finditer(text, *spans[-1]), _LEAST_WORDS) if spans else ()
        is_short = bool(spans) and len(list(few)) < _LEAST_WORDS
        start = following
    if is_short and len(spans) > 1:
        spans[-2:] = [[spans[-2][0], spans[-1][1]]]
    return tuple(Clause(start, end, text[start:end].strip()) for start, end in spans[:_MOST])


def same_places(clause: Clause, text: str, original: str) -> tuple[int, int] | None:
    """Return where a clause of a text stands in the text as it was before words of it were corrected.

    None where the two have different numbers of words: then more was changed than letters.
    """
    words, before = list(_WORD.finditer(text)), list(_WORD.finditer(original))
    if len(words) != len(before):
        return None
    own = [at for at, word in enumerate(words) if clause.start <= word.start() < clause.end]
    return before[own[0]].start(), before[own[-1]].end()
