"""A template compared with a text from one word that both have: how far does the message go in either direction?

The walk keeps every place of the text that it may have reached (a nondeterministic automaton), so that it never tries
the same thing twice. Lines that repeat, in a message and in a text, still make the places many: a walk ends without a
result after a number of steps, and so do all walks over one text together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import NamedTuple

from index.messages.paste import Paste
from index.messages.template import Element, Word
from index.messages.value_patterns import Slot

_LETTERS_A_TYPO = 2  # fewer count as explained for each typo; no paste fails with 1 or 4
_LEAST_LETTERS = 3  # of a cut word that count; with 1 a paste fails, with 6 2
_MOST_PLACES = 16  # that an element may have reached; what is left out has longer values, which a message seldom has
_STEPS_A_STOP = 4  # for the comparison of what stands there
_MOST_STEPS = 12_000  # of a walk
_MOST_STEPS_IN_ALL = 40_000  # of all walks over a text; 3,000 words that are all like those of messages take 25,000
_NO_TYPOS = repeat(0)

CountTypos = Callable[[str, str], int | None]
"""How many characters of a word (first) are mistyped if another (second) was meant; None where it was not."""


class ElementMatch(NamedTuple):
    """An element of the template and the tokens that stand for it.

    Attributes:
        number: Which element.
        start: The first token.
        end: The token after the last.
        typos: How many characters are mistyped.
        letters: Only so many characters of the word are there, because the text was cut within it; None for all.
    """

    number: int
    start: int
    end: int
    typos: int = 0
    letters: int | None = None


class Trail(NamedTuple):
    """The elements that a walk has found so far, with what they come to: many trails share their beginning.

    Attributes:
        before: The trail without the last element.
        last: The last element.
        size: How many elements there are.
        words: How many of them are fixed words.
        letters: How many letters of fixed words there are, as `letter_count` counts them.
        tokens: How many tokens of the text they take.
    """

    before: Trail | None
    last: ElementMatch
    size: int
    words: int
    letters: int
    tokens: int

    @property
    def matches(self) -> tuple[ElementMatch, ...]:
        """The elements, from the place where the walk began."""
        matches: list[ElementMatch] = []
        trail: Trail | None = self
        while trail is not None:
            matches.append(trail.last)
            trail = trail.before
        return tuple(reversed(matches))


_Reached = tuple[int, Trail | None]  # the typos so far, and the elements


def extended(trail: Trail | None, element: Element, match: ElementMatch) -> Trail:
    """Return a trail with one more element."""
    _, _, size, words, letters, tokens = trail or (None, None, 0, 0, 0, 0)
    if isinstance(element, Word):
        words, letters = words + 1, letters + _letters(element, match)
    return Trail(trail, match, size + 1, words, letters, tokens + match.end - match.start)


def letter_count(elements: Sequence[Element], matches: Sequence[ElementMatch]) -> int:
    """Return how many letters of fixed words are there, less two for each mistyped one.

    A letter or two where a word was cut count for nothing: "r" may be the end of "timekeeper", or of a name.
    """
    fixed = ((element, match) for match in matches if isinstance(element := elements[match.number], Word))
    return sum(_letters(element, match) for element, match in fixed)


def _letters(word: Word, match: ElementMatch) -> int:
    letters = len(word.forms[0][0]) if match.letters is None else match.letters
    letters -= _LETTERS_A_TYPO * match.typos
    return letters if letters >= _LEAST_LETTERS or (match.letters is None and not match.typos) else 0


def _nearest(reached: dict[int, _Reached], start: int) -> dict[int, _Reached]:
    """Return the places with the fewest typos, of those the nearest."""
    ranked = sorted(reached.items(), key=lambda each: (each[1][0], abs(each[0] - start)))
    return dict(ranked[:_MOST_PLACES])


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where a walk can go no further.

    Attributes:
        number: The first element that is not there; one past the last, or -1, where the message is complete.
        place: The token that stands where it should be, as far as the walk goes forward; the one after it, backward.
        trail: The elements that are there; None where there are none.
    """

    number: int
    place: int
    trail: Trail | None


class Walker:
    """Walks over one text; made once a text.

    Args:
        paste: The text.
        count_typos: Judges words that are not the template's.

    Attributes:
        paste: The text.
        steps_left: Of all walks over the text together.
    """

    def __init__(self, paste: Paste, count_typos: CountTypos) -> None:
        self.paste = paste
        self._count_typos = count_typos
        self.steps_left = _MOST_STEPS_IN_ALL

    def spend(self, steps: int) -> None:
        """Count steps that are taken elsewhere for what was found on a walk."""
        self.steps_left -= steps

    def forward(self, elements: Sequence[Element], number: int, place: int) -> list[Stop]:
        """Walk to the message's end, beginning with element `number` at token `place`; empty if it takes too long."""
        return self._walk(elements, number, place, 1)

    def backward(self, elements: Sequence[Element], number: int, place: int) -> list[Stop]:
        """Walk to the message's beginning; element `number` ends before token `place`; empty if it takes too long."""
        return self._walk(elements, number, place, -1)

    def _walk(self, elements: Sequence[Element], number: int, place: int, step: int) -> list[Stop]:
        stops: list[Stop] = []
        reached: dict[int, _Reached] = {place: (0, None)}
        after_next: dict[int, _Reached] = {}
        steps, most = 0, min(_MOST_STEPS, self.steps_left)
        while 0 <= number < len(elements) and (reached or after_next) and steps <= most:
            following, after_next, element = after_next, {}, elements[number]
            for here, (typos, trail) in reached.items():
                is_dead_end = True
                may_be_cut = isinstance(element, Slot) or self.paste.is_after_blank_line(here)
                for there, more in self._places(element, here, step):
                    is_dead_end = False
                    may_be_cut |= more > 0
                    best = following.get(there)
                    if best is None or best[0] > typos + more:
                        match = ElementMatch(number, min(here, there), max(here, there), more)
                        following[there] = (typos + more, extended(trail, element, match))
                    steps += 1
                if (both := self._two_in_one(elements, number, here, step)) is not None:
                    is_dead_end = False
                    there = both[1].end if step > 0 else both[1].start
                    first = extended(trail, element, both[0])
                    after_next[there] = (typos, extended(first, elements[number + step], both[1]))
                if is_dead_end or may_be_cut:  # even where it goes on the message may have been cut
                    stops.append(Stop(number, here, trail))
                steps += 1
            reached = following if len(following) <= _MOST_PLACES else _nearest(following, place)
            number += step
        ends = [Stop(number, here, trail) for here, (_, trail) in reached.items()] or stops
        steps += _STEPS_A_STOP * len(ends)
        self.spend(steps)
        return ends if steps <= most else []

    def _places(self, element: Element, here: int, step: int) -> Iterable[tuple[int, int]]:
        """Return where one may be after an element, each with how many characters are mistyped then."""
        if isinstance(element, Slot):
            values = self.paste.value_ends(here, element) if step > 0 else self.paste.value_starts(here, element)
            return zip(values, _NO_TYPOS, strict=False)
        places = element.ends(self.paste, here) if step > 0 else element.starts(self.paste, here)
        if places or element.exact:
            return zip(places, _NO_TYPOS, strict=False)
        return self._mistyped(element, here, step)

    def _mistyped(self, word: Word, here: int, step: int) -> Iterable[tuple[int, int]]:
        """A word whose first token is mistyped: "papre", and "flie(s)" with or without the bracket."""
        best: dict[int, int] = {}
        for form in word.forms:
            start = here if step > 0 else here - len(form)
            there = self.paste.keys[max(start, 0) : start + len(form)]
            typos = self._count_typos(there[0], form[0]) if len(there) == len(form) and there[1:] == form[1:] else None
            if typos is not None and (len(form) not in best or typos < best[len(form)]):
                best[len(form)] = typos
        return ((here + step * length, typos) for length, typos in best.items())

    def _two_in_one(
        self, elements: Sequence[Element], number: int, place: int, step: int
    ) -> tuple[ElementMatch, ElementMatch] | None:
        """Two words written as one: "couldnot", "email" for "e-mail"."""
        other = number + step
        first = place if step > 0 else place - 1
        if not (0 <= other < len(elements) and 0 <= first < self.paste.size):
            return None
        one, two = elements[min(number, other)], elements[max(number, other)]
        if not isinstance(one, Word) or not isinstance(two, Word):
            return None
        if self.paste.keys[first] != one.forms[0][-1] + two.forms[0][0]:
            return None
        return ElementMatch(number, first, first + 1), ElementMatch(other, first, first + 1)
