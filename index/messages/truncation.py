"""Where in a text a message ends that may have been cut, and whether what stands there contradicts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.lexicon import VALUE_WORDS
from index.messages.boundaries import may_begin, may_end, other_code
from index.messages.paste import Paste
from index.messages.template import Element, Template, Word
from index.messages.template_walk import ElementMatch, Stop
from index.messages.value_patterns import Slot


@dataclass(frozen=True, slots=True)
class End:
    """One end of a message in a text.

    Attributes:
        links: The elements there are, from the place where the walk began.
        whole: The message is not cut there.
        free: The text ends there too, or a sentence, a line, a quotation.
        loose: A piece of a value that was cut is left over.
    """

    links: tuple[ElementMatch, ...]
    whole: bool
    free: bool
    loose: bool = False


def forward_end(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop], *, quoted: bool) -> End | None:
    """Return the end that explains most, of those where the text may have been cut; None if it is contradicted.

    Args:
        paste: The text.
        elements: The template's.
        stops: Where the walk to the message's end stopped.
        quoted: A quotation opens before the message.
    """
    if stops[0].number == len(elements):
        stop = _natural_end(paste, elements, stops)
        at_cut = may_end(paste, stop.place, beside_value=False) or _is_cut_value(paste, stop, 1)
        return End(stop.links, whole=True, free=at_cut)
    ends = [end for stop in stops if stop.links and (end := _cut_end(paste, elements, stop, quoted=quoted)) is not None]
    return _best(elements, ends, stops)


def _cut_end(paste: Paste, elements: Sequence[Element], stop: Stop, *, quoted: bool) -> End | None:
    expected = elements[stop.number]
    if (part := _part(paste, expected, stop, forward=True)) is not None:
        return End((*stop.links, part), whole=False, free=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place):
        return None
    beside_value = not quoted and bool(stop.links) and _is_quoted_value(paste, elements, stop.links[-1])
    if may_end(paste, stop.place, beside_value=beside_value):
        return End(stop.links, whole=False, free=True)
    is_rest = isinstance(expected, Slot) or isinstance(elements[stop.links[-1].number], Slot)
    is_rest = is_rest and _is_cut_value(paste, stop, 1, whole_value=isinstance(expected, Slot))
    return End(stop.links, whole=False, free=True, loose=True) if is_rest else None


def backward_end(paste: Paste, template: Template, stops: Sequence[Stop]) -> End | None:
    """Return the beginning that explains most, of those where the text may be cut; None if it is contradicted."""
    elements = template.elements
    if stops[0].number < 0:
        stop = _natural_start(paste, elements, stops)
        return End(stop.links, whole=True, free=may_begin(paste, stop.place, beside_value=False))
    ends = [end for stop in stops if (end := _cut_start(paste, template, stop)) is not None]
    return _best(elements, ends, stops)


def _cut_start(paste: Paste, template: Template, stop: Stop) -> End | None:
    elements = template.elements
    expected = elements[stop.number]
    if (part := _part(paste, expected, stop, forward=False)) is not None:
        return End((*stop.links, part), whole=False, free=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place - 1):
        return None
    beside_value = bool(stop.links) and _is_quoted_value(paste, elements, stop.links[-1])
    if may_begin(paste, stop.place, beside_value=beside_value):
        return End(stop.links, whole=False, free=True)
    is_rest = isinstance(expected, Slot) or (stop.links and isinstance(elements[stop.links[-1].number], Slot))
    if is_rest and _is_cut_value(paste, stop, -1, whole_value=isinstance(expected, Slot)):
        return End(stop.links, whole=False, free=True, loose=True)
    # the sentence is quoted amid other words, without the clause that the product puts before it
    return End(stop.links, whole=False, free=False) if template.opens[stop.number + 1] else None


def _best(elements: Sequence[Element], ends: Sequence[End], stops: Sequence[Stop]) -> End | None:
    """Return the end that fits best; none where words of the message are there but what follows them contradicts it.

    In "Error 807: The tunnel to gw-7 ..." three words lead to another code than the documented one; that all of them
    might be a value is no way out. One word may be in a value by chance.
    """
    best = max(ends, key=lambda end: _fit(elements, end), default=None)
    if best is None or max(word_count(elements, stop.links) for stop in stops) > word_count(elements, best.links) + 1:
        return None
    return best


def word_count(elements: Sequence[Element], links: Sequence[ElementMatch]) -> int:
    """Return how many fixed words are there."""
    return sum(isinstance(elements[link.number], Word) for link in links)


def _fit(elements: Sequence[Element], end: End) -> tuple[bool, int, bool, int, int]:
    """Order the ways to end: those that explain most; then with what is left of a value or word, but a short one."""
    extent = sum(link.end - link.start for link in end.links)
    return end.free, letters_of(elements, end.links), not end.loose, len(end.links), -extent


def letters_of(elements: Sequence[Element], links: Sequence[ElementMatch]) -> int:
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


def _is_quoted_value(paste: Paste, elements: Sequence[Element], link: ElementMatch) -> bool:
    """Whether a value has quotation marks of its own, which say nothing about where the message was cut."""
    return isinstance(elements[link.number], Slot) and paste.is_quotation(link.start, link.end)


def _part(paste: Paste, expected: Element, stop: Stop, *, forward: bool) -> ElementMatch | None:
    """Return the link of a word that was cut within: "pap" of "paper" where the text ends."""
    first = stop.place if forward else stop.place - 1
    if not isinstance(expected, Word) or not 0 <= first < paste.size:
        return None
    key = paste.keys[first]
    if forward:
        is_part = any(form[0].startswith(key) and form != (key,) for form in expected.forms)
    else:
        is_part = any(form[-1].endswith(key) and form != (key,) for form in expected.forms)
        first -= is_part and first > 0 and any(_ends_with(form, paste.keys[first - 1], key) for form in expected.forms)
    if not is_part:
        return None
    at_cut = may_end(paste, first + 1, beside_value=False) if forward else may_begin(paste, first, beside_value=False)
    end = first + 1 if forward else stop.place
    return ElementMatch(stop.number, first, end, part=len(paste.keys[first])) if at_cut else None


def _ends_with(form: tuple[str, ...], before: str, last: str) -> bool:
    """Whether two tokens are the end of a form of two: "ile" and "s" of "file(s)"."""
    return len(form) == 2 and form[1] == last and form[0].endswith(before)


def _is_cut_value(paste: Paste, stop: Stop, step: int, *, whole_value: bool = False) -> bool:
    """Whether what is left of the text is a piece of a value: "30 Ap" before the cut, "ch 2026 is closed" after it.

    Args:
        paste: The text.
        stop: Where the walk stopped.
        step: 1 at the message's end, -1 at its beginning.
        whole_value: Nothing of the value has been found yet, so that the piece may be any word.
    """
    after = stop.place + step
    if not 0 <= after <= paste.size or not set(paste.separators[stop.place]) <= set(" \t\n-,./%)"):
        return False
    if not (may_end if step > 0 else may_begin)(paste, after, beside_value=False):
        return False
    piece = paste.keys[min(stop.place, after)]
    return whole_value or any(word.startswith(piece) if step > 0 else word.endswith(piece) for word in VALUE_WORDS)


def _natural_end(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message ends that ends with a value: with its quote, where the text ends too, or its digits."""
    ways = sorted(stops, key=lambda stop: stop.place)
    if not isinstance(elements[-1], Slot):
        return ways[0]
    start = ways[0].links[-1].start
    quoted = [stop for stop in ways if paste.is_enclosed(start, stop.place)]
    free = [stop for stop in ways if may_end(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in ways if all(map(paste.is_number, range(start, stop.place)))]
    return [*quoted[:1], *free[:1], *numbers[-1:], ways[0]][0]


def _natural_start(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message begins that begins with a value."""
    ways = sorted(stops, key=lambda stop: -stop.place)
    if not isinstance(elements[0], Slot):
        return ways[0]
    end = ways[0].links[-1].end
    quoted = [stop for stop in ways if paste.is_enclosed(stop.place, end)]
    free = [stop for stop in ways if may_begin(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in ways if all(map(paste.is_number, range(stop.place, end)))]
    return [*quoted[:1], *free[:1], *numbers[-1:], ways[0]][0]
