"""Where a message that may have been cut begins and ends in a text, and whether the text contradicts it there.

Documented messages share beginnings and ends ("could not be saved because ..."): what was found of one is not looked
for again for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from index.analysis.lexicon import VALUE_WORDS
from index.messages.boundaries import may_begin, may_end, other_code
from index.messages.paste import Paste
from index.messages.template import Element, Template, Word
from index.messages.template_walk import ElementMatch, Stop, Trail, Walker, extended
from index.messages.value_patterns import Slot

_Key = TypeVar("_Key")
_CHANCE_WORDS = 1  # that a value may share with the message; with 0 5 pastes fail, with 2 2 altered match


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or the end of a message in a text.

    Attributes:
        trail: The elements that are there, from the place where the walk began.
        is_complete: The message is not cut there.
        at_boundary: The text ends there too, or a sentence, a line, a quotation.
        has_fragment: A piece of a value that was cut is left over.
    """

    trail: Trail | None
    is_complete: bool
    at_boundary: bool
    has_fragment: bool = False

    @property
    def matches(self) -> tuple[ElementMatch, ...]:
        """The elements that are there, from the place where the walk began."""
        return () if self.trail is None else self.trail.matches


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk to a message's beginning or end led to.

    Attributes:
        edge: The beginning or the end; None where the text contradicts the message.
        passed: (element, token) of all that the walk found.
        steps: How many steps it took.
    """

    edge: Edge | None
    passed: frozenset[tuple[int, int]]
    steps: int


class Edges:
    """The beginnings and ends of messages in one text; made once a text.

    Args:
        walker: Of the text.
    """

    def __init__(self, walker: Walker) -> None:
        self.walker = walker
        self.paste = walker.paste
        self._heads: dict[tuple[str, int], Walked] = {}
        self._tails: dict[tuple[str, int, int, bool], Walked] = {}

    def head(self, template: Template, number: int, place: int) -> Walked | None:
        """Return the beginning of a message whose element `number` is at token `place`; None if it takes too long."""

        def look() -> tuple[Sequence[Stop], Edge | None]:
            stops = self.walker.backward(template.elements, number - 1, place)
            return stops, head_of(self.paste, template, stops) if stops else None

        return self._known(self._heads, (template.beginning(number), place), look)

    def tail(self, template: Template, number: int, place: int, *, quoted: bool) -> Walked | None:
        """Return the end of a message whose element `number` is at token `place`; None if it takes too long.

        Args:
            template: The message.
            number: The element.
            place: The token.
            quoted: A quotation opens before the message.
        """

        def look() -> tuple[Sequence[Stop], Edge | None]:
            stops = self.walker.forward(template.elements, number, place)
            return stops, tail_of(self.paste, template.elements, stops, quoted=quoted) if stops else None

        return self._known(self._tails, (template.rest(number), number, place, quoted), look)

    def _known(
        self, known: dict[_Key, Walked], key: _Key, look: Callable[[], tuple[Sequence[Stop], Edge | None]]
    ) -> Walked | None:
        """Return what is known, at the price of walking again: what is found depends on no other message before it."""
        found = known.get(key)
        if found is not None and found.steps <= self.walker.steps_left:
            self.walker.spend(found.steps)
            return found
        before = self.walker.steps_left
        stops, edge = look()
        if not stops:
            return None
        found = known[key] = Walked(edge, frozenset(_passed(stops)), before - self.walker.steps_left)
        return found


def _passed(stops: Sequence[Stop]) -> Iterator[tuple[int, int]]:
    """Yield (element, token) of all that walks have found; what trails share comes once."""
    seen: set[int] = set()
    for stop in stops:
        trail = stop.trail
        while trail is not None and id(trail) not in seen:
            seen.add(id(trail))
            yield trail.last.number, trail.last.start
            trail = trail.before


def head_of(paste: Paste, template: Template, stops: Sequence[Stop]) -> Edge | None:
    """Return the beginning that explains most, of those where the text may be cut; None if it is contradicted.

    Args:
        paste: The text.
        template: The message.
        stops: Where the walk to the message's beginning stopped.
    """
    elements = template.elements
    if stops[0].number < 0:
        stop = _natural_head(paste, elements, stops)
        return Edge(stop.trail, is_complete=True, at_boundary=may_begin(paste, stop.place, beside_value=False))
    edges = [edge for stop in stops if (edge := _cut_head(paste, template, stop)) is not None]
    return _best(edges, stops)


def _cut_head(paste: Paste, template: Template, stop: Stop) -> Edge | None:
    elements = template.elements
    expected = elements[stop.number]
    if (piece := _cut_word(paste, expected, stop, forward=False)) is not None:
        return Edge(extended(stop.trail, expected, piece), is_complete=False, at_boundary=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place - 1):
        return None
    beside_value = _is_quoted_value(paste, elements, stop.trail)
    if may_begin(paste, stop.place, beside_value=beside_value):
        return Edge(stop.trail, is_complete=False, at_boundary=True)
    at_value = isinstance(expected, Slot) or _value_of(elements, stop.trail) is not None
    if at_value and _is_cut_value(paste, stop, -1, may_be_any=isinstance(expected, Slot)):
        return Edge(stop.trail, is_complete=False, at_boundary=True, has_fragment=True)
    # the sentence is quoted amid other words, without the clause that the product puts before it
    return Edge(stop.trail, is_complete=False, at_boundary=False) if template.opens[stop.number + 1] else None


def tail_of(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop], *, quoted: bool) -> Edge | None:
    """Return the end that explains most, of those where the text may have been cut; None if it is contradicted.

    Args:
        paste: The text.
        elements: The template's.
        stops: Where the walk to the message's end stopped.
        quoted: A quotation opens before the message.
    """
    if stops[0].number == len(elements):
        stop = _natural_tail(paste, elements, stops)
        at_boundary = may_end(paste, stop.place, beside_value=False) or _is_cut_value(paste, stop, 1)
        return Edge(stop.trail, is_complete=True, at_boundary=at_boundary)
    tails = (_cut_tail(paste, elements, stop, quoted=quoted) for stop in stops if stop.trail is not None)
    return _best([edge for edge in tails if edge is not None], stops)


def _cut_tail(paste: Paste, elements: Sequence[Element], stop: Stop, *, quoted: bool) -> Edge | None:
    expected = elements[stop.number]
    if (piece := _cut_word(paste, expected, stop, forward=True)) is not None:
        return Edge(extended(stop.trail, expected, piece), is_complete=False, at_boundary=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place):
        return None
    beside_value = not quoted and _is_quoted_value(paste, elements, stop.trail)
    closes_value = _is_in_brackets(paste, elements, stop.trail)
    if may_end(paste, stop.place, beside_value=beside_value) and not closes_value:
        return Edge(stop.trail, is_complete=False, at_boundary=True)
    at_value = isinstance(expected, Slot) or _value_of(elements, stop.trail) is not None
    if at_value and _is_cut_value(paste, stop, 1, may_be_any=isinstance(expected, Slot)):
        return Edge(stop.trail, is_complete=False, at_boundary=True, has_fragment=True)
    return None


def _best(edges: Sequence[Edge], stops: Sequence[Stop]) -> Edge | None:
    """Return the edge that fits best; none where words of the message are there but what follows them contradicts it.

    In "Error 807: The tunnel to gw-7 ..." three words lead to another code than the documented one; that all of them
    might be a value is no way out. One word may be in a value by chance.
    """
    best = max(edges, key=_fit, default=None)
    most = max(_words(stop.trail) for stop in stops)
    return None if best is None or most > _words(best.trail) + _CHANCE_WORDS else best


def _words(trail: Trail | None) -> int:
    return 0 if trail is None else trail.words


def _fit(edge: Edge) -> tuple[bool, int, bool, int, int]:
    """Order edges: those that explain most come first; then those without a fragment, then the shorter ones."""
    letters, size, tokens = (
        (0, 0, 0) if edge.trail is None else (edge.trail.letters, edge.trail.size, edge.trail.tokens)
    )
    return edge.at_boundary, letters, not edge.has_fragment, size, -tokens


def word_count(elements: Sequence[Element], matches: Sequence[ElementMatch]) -> int:
    """Return how many fixed words are there."""
    return sum(isinstance(elements[match.number], Word) for match in matches)


def _value_of(elements: Sequence[Element], trail: Trail | None) -> ElementMatch | None:
    """Return what a trail ends with, if that is a value."""
    return trail.last if trail is not None and isinstance(elements[trail.last.number], Slot) else None


def _is_quoted_value(paste: Paste, elements: Sequence[Element], trail: Trail | None) -> bool:
    """Whether a value has quotation marks of its own, which say nothing about where the message was cut."""
    value = _value_of(elements, trail)
    return value is not None and paste.is_quotation(value.start, value.end)


def _is_in_brackets(paste: Paste, elements: Sequence[Element], trail: Trail | None) -> bool:
    """Whether a value ends with a bracket of its own, after which the sentence goes on: "(3.1 MB) contains ..."."""
    value = _value_of(elements, trail)
    if value is None or value.end == paste.size or paste.is_after_blank_line(value.end):
        return False
    if paste.separators[value.end].rstrip(" \n") != ")":
        return False
    return any("(" in separator for separator in paste.separators[value.start : value.end])


def _cut_word(paste: Paste, expected: Element, stop: Stop, *, forward: bool) -> ElementMatch | None:
    """Return the match of a word that was cut within: "pap" of "paper" where the text ends."""
    first = stop.place if forward else stop.place - 1
    if not isinstance(expected, Word) or not 0 <= first < paste.size:
        return None
    key = paste.keys[first]
    if len(key) == 1 and not forward and paste.separators[stop.place][:1] == ".":
        return None  # T. Adeyemi
    if forward:
        is_piece = any(form[0].startswith(key) and form != (key,) for form in expected.forms)
    else:
        is_piece = any(form[-1].endswith(key) and form != (key,) for form in expected.forms)
        first -= is_piece and first > 0 and any(_ends_with(form, paste.keys[first - 1], key) for form in expected.forms)
    if not is_piece:
        return None
    at_cut = may_end(paste, first + 1, beside_value=False) if forward else may_begin(paste, first, beside_value=False)
    end = first + 1 if forward else stop.place
    return ElementMatch(stop.number, first, end, letters=len(paste.keys[first])) if at_cut else None


def _ends_with(form: tuple[str, ...], before: str, last: str) -> bool:
    """Whether two tokens are the end of a form of two: "ile" and "s" of "file(s)"."""
    return len(form) == 2 and form[1] == last and form[0].endswith(before)


def _is_cut_value(paste: Paste, stop: Stop, step: int, *, may_be_any: bool = False) -> bool:
    """Whether what is left of the text is a piece of a value: "30 Ap" before the cut, "ch 2026 is closed" after it.

    Args:
        paste: The text.
        stop: Where the walk stopped.
        step: 1 at the message's end, -1 at its beginning.
        may_be_any: Nothing else of the value is there, so that the piece may be any word.
    """
    after = stop.place + step
    if not 0 <= after <= paste.size or not set(paste.separators[stop.place]) <= set(" \t\n-,./%)"):
        return False
    if not (may_end if step > 0 else may_begin)(paste, after, beside_value=False):
        return False
    if step > 0 and after < paste.size and paste.separators[after].rstrip(" ") == ")":
        return False  # the sentence goes on after the bracket: "(3.1 MB) contains ..."
    piece = paste.keys[min(stop.place, after)]
    if len(piece) == 1 and 0 < after < paste.size and not may_be_any:
        return False  # an initial: "k.w-2"
    return may_be_any or any(word.startswith(piece) if step > 0 else word.endswith(piece) for word in VALUE_WORDS)


def _natural_head(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message begins that begins with a value."""
    shortest_first = sorted(stops, key=lambda stop: -stop.place)
    if not isinstance(elements[0], Slot):
        return shortest_first[0]
    value = _value_of(elements, shortest_first[0].trail)
    end = shortest_first[0].place if value is None else value.end
    quoted = [stop for stop in shortest_first if paste.is_enclosed(stop.place, end)]
    at_boundary = [stop for stop in shortest_first if may_begin(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in shortest_first if all(map(paste.is_number, range(stop.place, end)))]
    return (quoted or at_boundary or numbers[-1:] or shortest_first)[0]


def _natural_tail(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message ends that ends with a value: with its quote, where the text ends too, or its digits."""
    shortest_first = sorted(stops, key=lambda stop: stop.place)
    if not isinstance(elements[-1], Slot):
        return shortest_first[0]
    value = _value_of(elements, shortest_first[0].trail)
    start = shortest_first[0].place if value is None else value.start
    quoted = [stop for stop in shortest_first if paste.is_enclosed(start, stop.place)]
    at_boundary = [stop for stop in shortest_first if may_end(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in shortest_first if all(map(paste.is_number, range(start, stop.place)))]
    return (quoted or at_boundary or numbers[-1:] or shortest_first)[0]
