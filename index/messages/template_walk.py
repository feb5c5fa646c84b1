"""A template compared with a text from one word that both have: how far does the message go in either direction?

The walk keeps every place of the text that it may have reached (a nondeterministic automaton), so that it never tries
the same thing twice, whatever the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from index.messages.paste import Paste
from index.messages.template import Element, Word
from index.messages.value_patterns import Slot

CountTypos = Callable[[str, str], int | None]
"""How many characters of a word (first) are mistyped if another (second) was meant; None where it was not."""


@dataclass(frozen=True, slots=True)
class ElementMatch:
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


_Trail = tuple["_Trail | None", ElementMatch]  # the matches so far, the last one first


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where a walk can go no further.

    Attributes:
        number: The first element that is not there; one past the last, or -1, where the message is complete.
        place: The token that stands where it should be, as far as the walk goes forward; the one after it, backward.
        matches: The elements that are there, from the place where the walk began.
    """

    number: int
    place: int
    matches: tuple[ElementMatch, ...]


class Walker:
    """Walks over one text; made once a text.

    Args:
        paste: The text.
        count_typos: Judges words that are not the template's.
    """

    def __init__(self, paste: Paste, count_typos: CountTypos) -> None:
        self.paste = paste
        self._count_typos = count_typos

    def forward(self, elements: Sequence[Element], number: int, place: int) -> list[Stop]:
        """Walk to the message's end, beginning with element `number` at token `place`."""
        return self._walk(elements, number, place, 1)

    def backward(self, elements: Sequence[Element], number: int, place: int) -> list[Stop]:
        """Walk to the message's beginning; element `number` ends before token `place`."""
        return self._walk(elements, number, place, -1)

    def _walk(self, elements: Sequence[Element], number: int, place: int, step: int) -> list[Stop]:
        stops: list[Stop] = []
        reached: dict[int, tuple[int, _Trail | None]] = {place: (0, None)}
        after_next: dict[int, tuple[int, _Trail | None]] = {}
        while 0 <= number < len(elements) and (reached or after_next):
            following, after_next = after_next, {}
            for here, (typos, trail) in reached.items():
                is_dead_end = True
                may_be_cut = isinstance(elements[number], Slot) or self.paste.is_after_blank_line(here)
                for match in self._matches(elements, number, here, step):
                    is_dead_end = False
                    may_be_cut |= match.typos > 0
                    there = match.end if step > 0 else match.start
                    best = following.get(there)
                    if best is None or best[0] > typos + match.typos:
                        following[there] = (typos + match.typos, (trail, match))
                if (both := self._two_in_one(elements, number, here, step)) is not None:
                    is_dead_end = False
                    after_next[both[1].end if step > 0 else both[1].start] = (typos, ((trail, both[0]), both[1]))
                if is_dead_end or may_be_cut:  # even where it goes on the message may have been cut
                    stops.append(Stop(number, here, _matches_of(trail)))
            reached = following
            number += step
        complete = [Stop(number, here, _matches_of(trail)) for here, (_, trail) in reached.items()]
        return complete or stops

    def _matches(self, elements: Sequence[Element], number: int, place: int, step: int) -> Iterator[ElementMatch]:
        element = elements[number]
        paste = self.paste
        if isinstance(element, Slot):
            if step > 0 and place < paste.size:
                yield from (ElementMatch(number, place, end) for end in paste.value_ends(place, element))
            elif step < 0 and place > 0:
                yield from (ElementMatch(number, start, place) for start in paste.value_starts(place, element))
            return
        others = element.ends(paste, place) if step > 0 else element.starts(paste, place)
        for other in others:
            yield ElementMatch(number, min(place, other), max(place, other))
        if not others and not element.exact:
            yield from self._mistyped(element, number, place, step)

    def _mistyped(self, word: Word, number: int, place: int, step: int) -> Iterator[ElementMatch]:
        """A word whose first token is mistyped: "papre", and "flie(s)" with or without the bracket."""
        best: dict[int, ElementMatch] = {}
        for form in word.forms:
            start = place if step > 0 else place - len(form)
            there = self.paste.keys[max(start, 0) : start + len(form)]
            typos = self._count_typos(there[0], form[0]) if len(there) == len(form) and there[1:] == form[1:] else None
            if typos is not None and (len(form) not in best or typos < best[len(form)].typos):
                best[len(form)] = ElementMatch(number, start, start + len(form), typos)
        yield from best.values()

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


def _matches_of(trail: _Trail | None) -> tuple[ElementMatch, ...]:
    matches: list[ElementMatch] = []
    while trail is not None:
        trail, match = trail
        matches.append(match)
    return tuple(reversed(matches))
