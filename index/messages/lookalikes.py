"""Messages that share their wording with a documented one and are about another problem.

"There was a problem sending this: <problem>. Check the settings." is documented with one problem and seen with many; so
is "Sending failed: <problem>".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.terms import stem
from index.messages.alignment import Alignment
from index.messages.paste import Paste
from index.messages.template import Template, Word

# of the 1,820 pastes none is recognised differently with other values of these; but others have look-alikes
_RUN = 4  # words in a row that are a piece of the message; with 2 173 pastes change, with 8 107
_NEAR = 80  # tokens to the next piece, farther away it is another copy; none change between 40 and 160
_TAIL = 40  # tokens after a colon; with 20 9 change, with 80 none
_LEAST_SAID = 2  # content words there; with 1 2 change, with 4 16
_MOST_CLAUSES, _MOST_PLACES = 8, 8  # of a message and of a text are compared: a log repeats its lines
_TELLING = 0.7  # weight of a word that is rare enough to tell problems apart; with 0.35 11 change, with 0.9 33
_COLON = re.compile(r":\s|:\Z")


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a message that stand one after another in it, by the numbers of their elements."""

    first: int
    last: int


def other_middle(
    paste: Paste, template: Template, alignment: Alignment, *, weigh: Callable[[str], float]
) -> range | None:
    """Return the tokens between a piece of the message and another piece, if they are not what the message has there.

    Args:
        paste: The text.
        template: The message.
        alignment: A piece of it that is there, cut at one end or both.
        weigh: How much a word says, 0 to 1.
    """
    runs = _runs(template)
    first, last = alignment.matches[0].number, alignment.matches[-1].number
    start, end = alignment.start, alignment.end
    before = [(run.last, place + _RUN) for place, run in _places(paste, runs, start - _NEAR, start) if run.last < first]
    after = [(run.first, place) for place, run in _places(paste, runs, end, end + _NEAR) if run.first > last]
    middles = []
    if before:
        number, place = max(before)
        middles.append((range(number + 1, first), range(place, start)))
    if after:
        number, place = min(after)
        middles.append((range(last + 1, number), range(end, place)))
    return next((there for missing, there in middles if _is_other(paste, template, missing, there, weigh)), None)


class ColonClauses:
    """The places of a text where a clause follows a colon, by the words before it; made once a text."""

    def __init__(self, paste: Paste) -> None:
        self._paste = paste
        self._places: dict[tuple[str, ...], list[int]] = {}
        self._said: dict[int, frozenset[str]] = {}
        for place in range(_RUN, paste.size):
            if _COLON.search(paste.separators[place]):
                self._places.setdefault(tuple(paste.keys[place - _RUN : place]), []).append(place)

    def other_clause(self, template: Template, *, weigh: Callable[[str], float]) -> range | None:
        """Return the tokens after a beginning of a message, if they share no rare word with the message's own clause.

        Args:
            template: The message.
            weigh: How much a word says, 0 to 1.
        """
        if not self._places:
            return None
        there = ((number, self._places[before]) for number, before in _clauses(template) if before in self._places)
        for number, places in islice(there, _MOST_CLAUSES):
            clause = template.elements[number : number + _TAIL]
            words = {element.forms[0][0] for element in clause if isinstance(element, Word)}
            documented = {stem(word) for word in words if weigh(word) >= _TELLING}
            for place in places[: _MOST_PLACES if documented else 0]:
                pasted = self._said_after(place)
                if len(pasted) >= _LEAST_SAID and not documented & pasted:
                    return range(place, min(place + _TAIL, self._paste.size))
        return None

    def _said_after(self, place: int) -> frozenset[str]:
        """Return the stems of the content words after a place."""
        if place not in self._said:
            keys = self._paste.keys[place : place + _TAIL]
            self._said[place] = frozenset(stem(key) for key in keys if _is_content_word(key))
        return self._said[place]


def _clauses(template: Template) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Yield the elements that a clause begins with, and the words before each, where there are enough of them."""
    keys: list[str] = []
    for number, (element, opens) in enumerate(zip(template.elements, template.opens, strict=True)):
        if opens and len(keys) >= _RUN:
            yield number, tuple(keys[-_RUN:])
        if isinstance(element, Word):
            keys += element.forms[0]
        else:
            keys.clear()


def _is_content_word(key: str) -> bool:
    return key.isalpha() and key not in FUNCTION_WORDS


def _is_other(
    paste: Paste, template: Template, missing: Iterable[int], there: range, weigh: Callable[[str], float]
) -> bool:
    """Whether a stretch of the text has none of the rare words that the message has in its place."""
    keys = set(paste.keys[there.start : there.stop])
    words = {element.forms[0][0] for number in missing if isinstance(element := template.elements[number], Word)}
    documented = {word for word in words if weigh(word) >= _TELLING} or words - FUNCTION_WORDS
    return bool(keys and documented) and not documented & keys


def _places(paste: Paste, runs: dict[tuple[str, ...], _Run], start: int, end: int) -> Iterable[tuple[int, _Run]]:
    """Yield where runs begin that lie within a stretch of the text."""
    for place in range(max(0, start), min(paste.size, end) - _RUN + 1):
        run = runs.get(tuple(paste.keys[place : place + _RUN]))
        if run is not None:
            yield place, run


def _runs(template: Template) -> dict[tuple[str, ...], _Run]:
    tokens: list[tuple[str, int]] = []
    runs: dict[tuple[str, ...], _Run] = {}
    for number, element in enumerate(template.elements):
        if not isinstance(element, Word):
            tokens.clear()
            continue
        for key in element.forms[0]:
            tokens.append((key, number))
            if len(tokens) >= _RUN:
                run = tokens[-_RUN:]
                runs.setdefault(tuple(key for key, _ in run), _Run(run[0][1], number))
    return runs
