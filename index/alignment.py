"""A stretch of a text that is a documented message, whole or cut: what is there of it, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.reading import Reading
from corpus.template import Element, Template
from corpus.values import Slot
from corpus.walk import Link, Walker
from index.ends import End, backward_end, forward_end, letters_of, word_count

LEAST_COVERAGE = 0.5
"""Share of a message's characters that must be there: messages that have lost two fifths are recognised, and how long
the values were that were lost is a guess."""
STRONG = 2.5
"""Weight of the words (a rare one weighs 1) from which a message is recognised amid other words."""
_SLOT_LENGTH = 2  # the characters that a value which is not there is taken to have had; it may have been that short
_NAME_LENGTH = 16
_LEAST_WEIGHT = 0.5  # where the text has nothing but the message, cut at one end
_UNCERTAIN = 1.5  # where it may be a sentence: a value is several words, or both ends are missing
_VALUE_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class Alignment:
    """A template's elements and the atoms that stand for them.

    Attributes:
        links: In the text's order.
        cuts: At how many ends it was cut, 0 to 2.
        explained: The letters of fixed words that are there, less a few for each mistyped one; of two templates that
            fit the same text, the one that explains more of it is meant.
        coverage: Share of the message's characters that are there.
        weight: Of the words that are there.
        is_enough: It is the message, and not a sentence that shares words with it.
    """

    links: tuple[Link, ...]
    cuts: int
    explained: int
    coverage: float
    weight: float
    is_enough: bool

    @property
    def start(self) -> int:
        """The first atom."""
        return self.links[0].start

    @property
    def end(self) -> int:
        """The atom after the last."""
        return self.links[-1].end


def align(
    walker: Walker,
    template: Template,
    number: int,
    place: int,
    *,
    weigh: Callable[[str], float],
    tried: set[tuple[int, int]],
) -> Alignment | None:
    """Return the alignment that has a template's element at an atom; None if the text contradicts it there.

    Args:
        walker: Of the text.
        template: The message.
        number: A fixed word of it.
        place: The atom that is this word.
        weigh: How much a word tells, 0 to 1.
        tried: Takes up the (element, atom) pairs from which the same would be found.
    """
    reading, elements = walker.reading, template.elements
    onward = walker.forward(elements, number, place)
    back = walker.backward(elements, number - 1, place)
    tried.update((link.number, link.start) for stop in (*onward, *back) for link in stop.links)
    behind = backward_end(reading, template, back)
    if behind is None:
        return None
    ahead = forward_end(reading, elements, onward, quoted=_is_quoted(reading, behind, place))
    if ahead is None:
        return None
    found = _measured(reading, template, behind, ahead, weigh)
    mistyped = sum(link.errors > 0 for link in found.links)
    most_mistyped = max(not found.cuts, word_count(elements, found.links) // 3)
    is_there = found.coverage >= LEAST_COVERAGE and mistyped <= most_mistyped
    return found if is_there else None


def _is_quoted(reading: Reading, behind: End, place: int) -> bool:
    """Whether a quotation opens before the message, so that a mark at its end is not a value's own."""
    return reading.starts_quoted(min([place, *(link.start for link in behind.links)]))


def _measured(
    reading: Reading, template: Template, behind: End, ahead: End, weigh: Callable[[str], float]
) -> Alignment:
    links = (*reversed(behind.links), *ahead.links)
    elements = template.elements
    missing = sum(map(_length, elements))
    weight = idle = 0.0
    certain = True
    for link in links:
        element = elements[link.number]
        missing -= _length(element)
        if isinstance(element, Slot):
            is_phrase = _is_phrase(reading, link)
            certain &= not is_phrase
            idle += max(0, _characters(reading, link.start, link.end) - _NAME_LENGTH) if is_phrase else 0
            weight += 0 if is_phrase else _VALUE_WEIGHT
            continue
        word = element.forms[0][0]
        missing += 0 if link.part is None else len(word) - link.part
        share = (1.0 if link.part is None else link.part / len(word)) * (1 - link.errors / (len(word) + 1))
        weight += share * (1.0 if element.exact else weigh(word))
    there = _characters(reading, links[0].start, links[-1].end) - idle
    return Alignment(
        links=links,
        cuts=(not behind.whole) + (not ahead.whole),
        explained=_explained(elements, links, behind, ahead),
        coverage=there / (there + missing),
        weight=weight,
        is_enough=_is_enough(weight, behind, ahead, certain=certain),
    )


def _explained(elements: Sequence[Element], links: Sequence[Link], behind: End, ahead: End) -> int:
    """Return the letters there are; a word of a letter or two at the cut may be the beginning of another."""
    first = not behind.whole and _is_short(elements, links[0])
    last = not ahead.whole and _is_short(elements, links[-1])
    return letters_of(elements, links[first : len(links) - last])


def _is_short(elements: Sequence[Element], link: Link) -> bool:
    element = elements[link.number]
    return not isinstance(element, Slot) and len(element.forms[0][0]) <= 2


def _characters(reading: Reading, start: int, end: int) -> int:
    return reading.atoms.spans[end - 1][1] - reading.atoms.spans[start][0]


def _is_phrase(reading: Reading, link: Link) -> bool:
    """Whether a value is three words or more that may be a name, and may be anything."""
    few = reading.chunks[link.end - 1] - reading.chunks[link.start] < 2
    return not (
        few or all(map(reading.is_number, range(link.start, link.end))) or reading.is_quotation(link.start, link.end)
    )


def _length(element: Element) -> int:
    return _SLOT_LENGTH + 1 if isinstance(element, Slot) else len(element.forms[0][0]) + 1


def _is_enough(weight: float, behind: End, ahead: End, *, certain: bool) -> bool:
    if not (behind.free and ahead.free):
        return weight >= STRONG
    if behind.whole and ahead.whole:
        return True
    return weight >= (_LEAST_WEIGHT if certain and (behind.whole or ahead.whole) else _UNCERTAIN)
