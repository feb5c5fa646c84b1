"""Another message in the frame of a documented one: the words around the trouble are there, and another trouble.

"There was a problem sending this: <what it was>. Check the settings." is documented with one trouble, seen with many;
so is "Sending failed: <what it was>".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.terms import stem
from index.messages.alignment import Alignment
from index.messages.paste import Paste
from index.messages.template import Template, Word

_RUN = 4  # words one after another are a piece of the message; fewer stand in other sentences, too
_NEAR = 80  # tokens; farther away it is another copy of the message
_TAIL = 40  # tokens of what follows a beginning
_LEAST_SAID = 2  # words there that say something: "Sending failed: what now?" tells of no other trouble
_TELLING = 0.7  # weight of a word that few messages have: what the message is about
_COLON = re.compile(r":\s|:\Z")


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a message that stand one after another in it, by the numbers of their elements."""

    first: int
    last: int


def framed(paste: Paste, template: Template, found: Alignment, *, weigh: Callable[[str], float]) -> range | None:
    """Return the tokens between a piece of the message and another, if they are not what the message has there.

    Args:
        paste: The text.
        template: The message.
        found: A piece of it that is there, cut at one end or both.
        weigh: How much a word tells, 0 to 1.
    """
    runs = _runs(template)
    first, last = found.links[0].number, found.links[-1].number
    before = [
        (run.last, place + _RUN)
        for place, run in _places(paste, runs, found.start - _NEAR, found.start)
        if run.last < first
    ]
    after = [
        (run.first, place) for place, run in _places(paste, runs, found.end, found.end + _NEAR) if run.first > last
    ]
    gaps = []
    if before:
        number, place = max(before)
        gaps.append((range(number + 1, first), range(place, found.start)))
    if after:
        number, place = min(after)
        gaps.append((range(last + 1, number), range(found.end, place)))
    return next((there for missing, there in gaps if _is_other(paste, template, missing, there, weigh)), None)


class Beginnings:
    """The places of a text where something follows a colon, by the words before it; made once a text."""

    def __init__(self, paste: Paste) -> None:
        self._reading = paste
        self._places: dict[tuple[str, ...], list[int]] = {}
        for place in range(_RUN, paste.size):
            if _COLON.search(paste.separators[place]):
                self._places.setdefault(tuple(paste.keys[place - _RUN : place]), []).append(place)

    def another_trouble(self, template: Template, *, weigh: Callable[[str], float]) -> range | None:
        """Return the tokens after a beginning of a message, if they have no telling word of the message's own trouble.

        Args:
            template: The message.
            weigh: How much a word tells, 0 to 1.
        """
        if not self._places:
            return None
        for number, before in _clauses(template):
            for place in self._places.get(before, ()):
                words = {element.forms[0][0] for element in template.elements[number:] if isinstance(element, Word)}
                telling = {stem(word) for word in words if weigh(word) >= _TELLING}
                rest = range(place, min(place + _TAIL, self._reading.size))
                said = {stem(self._reading.keys[at]) for at in rest if _says_something(self._reading.keys[at])}
                if telling and len(said) >= _LEAST_SAID and not telling & said:
                    return rest
        return None


def _clauses(template: Template) -> Iterable[tuple[int, tuple[str, ...]]]:
    """Yield the elements that a clause begins with, and the words before each, where there are enough of them."""
    tokens: list[str] = []
    for number, (element, opens) in enumerate(zip(template.elements, template.opens, strict=True)):
        if opens and len(tokens) >= _RUN:
            yield number, tuple(tokens[-_RUN:])
        if isinstance(element, Word):
            tokens += element.forms[0]
        else:
            tokens.clear()


def _says_something(key: str) -> bool:
    return key.isalpha() and key not in FUNCTION_WORDS


def _is_other(
    paste: Paste, template: Template, missing: Iterable[int], there: range, weigh: Callable[[str], float]
) -> bool:
    """Whether a stretch of the text has none of the telling words that the message has in its place."""
    keys = set(paste.keys[there.start : there.stop])
    words = {element.forms[0][0] for number in missing if isinstance(element := template.elements[number], Word)}
    telling = {word for word in words if weigh(word) >= _TELLING}
    return bool(keys and telling) and not telling & keys


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
