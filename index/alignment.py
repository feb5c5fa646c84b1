"""A stretch of a text that is a documented message, whole or cut: what is there of it, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.cuts import may_begin, may_end, other_code
from corpus.lexicon import VALUE_WORDS
from corpus.reading import Reading
from corpus.template import Element, Template, Word
from corpus.values import Slot
from corpus.walk import Link, Stop, Walker

LEAST_COVERAGE = 0.5
"""Share of a message's characters that must be there: messages that have lost two fifths are recognised, and how long
the values were that were lost is a guess."""
STRONG = 2.5
"""Weight of the words (a rare one weighs 1) from which a message is recognised amid other words."""
_SLOT_LENGTH = 2  # the characters that a value which is not there is taken to have had; it may have been that short
_NAME_LENGTH = 16
_LEAST_WEIGHT = 0.5
_VALUE_WEIGHT = 0.15


@dataclass(frozen=True, slots=True)
class Alignment:
    """A template's elements and the atoms that stand for them.

    Attributes:
        links: In the text's order.
        complete: Every element is there.
        explained: The letters of fixed words that are there, less a few for each mistyped one; of two templates that
            fit the same text, the one that explains more of it is meant.
        coverage: Share of the message's characters that are there.
        weight: Of the words that are there.
    """

    links: tuple[Link, ...]
    complete: bool
    explained: int
    coverage: float
    weight: float

    @property
    def start(self) -> int:
        """The first atom."""
        return self.links[0].start

    @property
    def end(self) -> int:
        """The atom after the last."""
        return self.links[-1].end


@dataclass(frozen=True, slots=True)
class _End:
    """One end of an alignment."""

    links: tuple[Link, ...]
    whole: bool
    free: bool  # the text ends there too, or a sentence, a quotation
    loose: bool = False  # a piece of a value is left over


def align(
    walker: Walker,
    template: Template,
    number: int,
    place: int,
    *,
    weigh: Callable[[str], float],
    tried: set[tuple[int, int]],
) -> Alignment | None:
    """Return the alignment that has a template's element at an atom, if what is there of the message is enough.

    Args:
        walker: Of the text.
        template: The message.
        number: A fixed word of it.
        place: The atom that is this word.
        weigh: How much a word tells, 0 to 1.
        tried: Takes up the (element, atom) pairs from which the same would be found.
    """
    elements = template.elements
    onward = walker.forward(elements, number, place)
    back = walker.backward(elements, number - 1, place)
    tried.update((link.number, link.start) for stop in (*onward, *back) for link in stop.links)
    ahead = _forward_end(walker.reading, elements, onward)
    behind = None if ahead is None else _backward_end(walker.reading, template, back)
    if ahead is None or behind is None:
        return None
    found = _measured(walker.reading, template, behind, ahead, weigh)
    return found if _is_enough(template, found, amid_words=not (behind.free and ahead.free)) else None


def _forward_end(reading: Reading, elements: Sequence[Element], stops: Sequence[Stop]) -> _End | None:
    """Return the end that explains most, of those where the text may have been cut."""
    if stops[0].number == len(elements):
        stop = _natural_end(reading, elements, stops)
        return _End(stop.links, whole=True, free=may_end(reading, stop.place, beside_value=False))
    ends = [end for stop in stops if stop.links and (end := _cut_end(reading, elements, stop)) is not None]
    return _best(elements, ends, stops)


def _cut_end(reading: Reading, elements: Sequence[Element], stop: Stop) -> _End | None:
    expected = elements[stop.number]
    if (part := _part(reading, expected, stop, forward=True)) is not None:
        return _End((*stop.links, part), whole=False, free=True)
    if isinstance(expected, Word) and expected.exact and other_code(reading, stop.place):
        return None
    beside_value = bool(stop.links) and _is_quoted_value(reading, elements, stop.links[-1])
    if may_end(reading, stop.place, beside_value=beside_value):
        return _End(stop.links, whole=False, free=True)
    return _End(stop.links, whole=False, free=True, loose=True) if _is_cut_value(reading, elements, stop, 1) else None


def _backward_end(reading: Reading, template: Template, stops: Sequence[Stop]) -> _End | None:
    elements = template.elements
    if stops[0].number < 0:
        stop = _natural_start(reading, elements, stops)
        return _End(stop.links, whole=True, free=may_begin(reading, stop.place, beside_value=False))
    ends = [end for stop in stops if (end := _cut_start(reading, template, stop)) is not None]
    return _best(elements, ends, stops)


def _cut_start(reading: Reading, template: Template, stop: Stop) -> _End | None:
    elements = template.elements
    expected = elements[stop.number]
    if (part := _part(reading, expected, stop, forward=False)) is not None:
        return _End((*stop.links, part), whole=False, free=True)
    if isinstance(expected, Word) and expected.exact and other_code(reading, stop.place - 1):
        return None
    beside_value = bool(stop.links) and _is_quoted_value(reading, elements, stop.links[-1])
    if may_begin(reading, stop.place, beside_value=beside_value):
        return _End(stop.links, whole=False, free=True)
    if _is_cut_value(reading, elements, stop, -1):
        return _End(stop.links, whole=False, free=True, loose=True)
    # the sentence is quoted amid other words, without the clause that the product puts before it
    return _End(stop.links, whole=False, free=False) if template.opens[stop.number + 1] else None


def _best(elements: Sequence[Element], ends: Sequence[_End], stops: Sequence[Stop]) -> _End | None:
    """Return the end that fits best; none where words of the message are there but what follows them contradicts it.

    In "Error 807: The tunnel to gw-7 ..." three words lead to another code than the documented one; that all of them
    might be a value is no way out. One word may be in a value by chance.
    """
    best = max(ends, key=lambda end: _fit(elements, end), default=None)
    if best is None or max(_words(elements, stop.links) for stop in stops) > _words(elements, best.links) + 1:
        return None
    return best


def _words(elements: Sequence[Element], links: Sequence[Link]) -> int:
    return sum(isinstance(elements[link.number], Word) for link in links)


def _fit(elements: Sequence[Element], end: _End) -> tuple[bool, int, bool, int, int]:
    """Order the ways to end: those that explain most; then with what is left of a value or word, but a short one."""
    extent = sum(link.end - link.start for link in end.links)
    return end.free, _letters(elements, end.links), not end.loose, len(end.links), -extent


def _letters(elements: Sequence[Element], links: Sequence[Link]) -> int:
    """Return how many letters of fixed words are there, less two for each mistyped one.

    A letter or two where a word was cut tell nothing: "r" may be the end of "timekeeper", or of a name.
    """
    total = 0
    for link in links:
        element = elements[link.number]
        if isinstance(element, Word):
            there = (len(element.forms[0][0]) if link.part is None else link.part) - 2 * link.errors
            total += there if there > 2 or (link.part is None and not link.errors) else 0
    return total


def _is_quoted_value(reading: Reading, elements: Sequence[Element], link: Link) -> bool:
    """Whether a value has quotation marks of its own, which say nothing about where the message was cut."""
    return isinstance(elements[link.number], Slot) and reading.is_quotation(link.start, link.end)


def _part(reading: Reading, expected: Element, stop: Stop, *, forward: bool) -> Link | None:
    """Return the link of a word that was cut within: "pap" of "paper" where the text ends."""
    first = stop.place if forward else stop.place - 1
    if not isinstance(expected, Word) or not 0 <= first < reading.size:
        return None
    key = reading.keys[first]
    if forward:
        is_part = any(form[0].startswith(key) and form != (key,) for form in expected.forms)
    else:
        is_part = any(form[-1].endswith(key) and form != (key,) for form in expected.forms)
        first -= (
            is_part and first > 0 and any(_ends_with(form, reading.keys[first - 1], key) for form in expected.forms)
        )
    if not is_part:
        return None
    at_cut = (
        may_end(reading, first + 1, beside_value=False) if forward else may_begin(reading, first, beside_value=False)
    )
    end = first + 1 if forward else stop.place
    return Link(stop.number, first, end, part=len(reading.keys[first])) if at_cut else None


def _ends_with(form: tuple[str, ...], before: str, last: str) -> bool:
    """Whether two atoms are the end of a form of two: "ile" and "s" of "file(s)"."""
    return len(form) == 2 and form[1] == last and form[0].endswith(before)


def _is_cut_value(reading: Reading, elements: Sequence[Element], stop: Stop, step: int) -> bool:
    """Whether what is left of the text is a piece of a value: "Mar" before the cut, "ch 2026 is closed" after it."""
    after = stop.place + step
    if not 0 <= after <= reading.size or not set(reading.seams[stop.place]) <= set(" \t\n-,./"):
        return False
    if not (may_end if step > 0 else may_begin)(reading, after, beside_value=False):
        return False
    if isinstance(elements[stop.number], Slot):
        return True
    piece = reading.keys[min(stop.place, after)]
    beside_value = bool(stop.links) and isinstance(elements[stop.links[-1].number], Slot)
    return beside_value and any(word.startswith(piece) if step > 0 else word.endswith(piece) for word in VALUE_WORDS)


def _natural_end(reading: Reading, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message ends that ends with a value: with its quote, where the text ends too, or its digits."""
    ways = sorted(stops, key=lambda stop: stop.place)
    if not isinstance(elements[-1], Slot):
        return ways[0]
    start = ways[0].links[-1].start
    quoted = [stop for stop in ways if reading.is_enclosed(start, stop.place)]
    free = [stop for stop in ways if may_end(reading, stop.place, beside_value=False)]
    numbers = [stop for stop in ways if all(map(reading.is_number, range(start, stop.place)))]
    return [*quoted[:1], *free[:1], *numbers[-1:], ways[0]][0]


def _natural_start(reading: Reading, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message begins that begins with a value."""
    ways = sorted(stops, key=lambda stop: -stop.place)
    if not isinstance(elements[0], Slot):
        return ways[0]
    end = ways[0].links[-1].end
    quoted = [stop for stop in ways if reading.is_enclosed(stop.place, end)]
    free = [stop for stop in ways if may_begin(reading, stop.place, beside_value=False)]
    numbers = [stop for stop in ways if all(map(reading.is_number, range(stop.place, end)))]
    return [*quoted[:1], *free[:1], *numbers[-1:], ways[0]][0]


def _measured(
    reading: Reading, template: Template, behind: _End, ahead: _End, weigh: Callable[[str], float]
) -> Alignment:
    links = (*reversed(behind.links), *ahead.links)
    elements = template.elements
    weight = 0.0
    missing = sum(_length(element) for element in elements)
    for link in links:
        element = elements[link.number]
        missing -= _length(element)
        if isinstance(element, Slot):
            weight += 0 if _idle_length(reading, link) else _VALUE_WEIGHT
            continue
        word = element.forms[0][0]
        share = 1.0 if link.part is None else link.part / len(word)
        missing += 0 if link.part is None else len(word) - link.part
        weight += (1.0 if element.exact else weigh(word)) * share * (1 - link.errors / (len(word) + 1))
    start, end = reading.atoms.spans[links[0].start][0], reading.atoms.spans[links[-1].end - 1][1]
    there = end - start - sum(_idle_length(reading, link) for link in links if isinstance(elements[link.number], Slot))
    return Alignment(links, behind.whole and ahead.whole, _letters(elements, links), there / (there + missing), weight)


def _idle_length(reading: Reading, link: Link) -> int:
    """A few words that may be a name are no sign of the message, however long they are; a number or a quotation is."""
    if reading.is_quotation(link.start, link.end):
        return 0
    one_chunk = reading.chunks[link.start] == reading.chunks[link.end - 1]
    if one_chunk or any(map(reading.is_number, range(link.start, link.end))):
        return 0
    return max(0, reading.atoms.spans[link.end - 1][1] - reading.atoms.spans[link.start][0] - _NAME_LENGTH)


def _length(element: Element) -> int:
    return _SLOT_LENGTH + 1 if isinstance(element, Slot) else len(element.forms[0][0]) + 1


def _is_enough(template: Template, found: Alignment, *, amid_words: bool) -> bool:
    words = _words(template.elements, found.links)
    mistyped = sum(link.errors > 0 for link in found.links)
    if mistyped > max(1, words // 3) or found.coverage < LEAST_COVERAGE:
        return False
    if amid_words:
        return found.weight >= STRONG
    return found.complete or found.weight >= _LEAST_WEIGHT
