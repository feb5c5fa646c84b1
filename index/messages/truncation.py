"""Where a message that may have been cut begins and ends in a text, and whether the text contradicts it there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.analysis.lexicon import VALUE_WORDS
from index.messages.boundaries import may_begin, may_end, other_code
from index.messages.paste import Paste
from index.messages.template import Element, Template, Word
from index.messages.template_walk import ElementMatch, Stop
from index.messages.value_patterns import Slot

_LETTERS_A_TYPO = 2  # fewer count as explained for each typo; no paste fails with 1 or 4
_LEAST_LETTERS = 3  # of a cut word that count; with 1 a paste fails, with 6 2
_CHANCE_WORDS = 1  # that a value may share with the message; with 0 5 pastes fail, with 2 2 altered match


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning or the end of a message in a text.

    Attributes:
        matches: The elements that are there, from the place where the walk began.
        is_complete: The message is not cut there.
        at_boundary: The text ends there too, or a sentence, a line, a quotation.
        has_fragment: A piece of a value that was cut is left over.
    """

    matches: tuple[ElementMatch, ...]
    is_complete: bool
    at_boundary: bool
    has_fragment: bool = False


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
        return Edge(stop.matches, is_complete=True, at_boundary=may_begin(paste, stop.place, beside_value=False))
    edges = [edge for stop in stops if (edge := _cut_head(paste, template, stop)) is not None]
    return _best(elements, edges, stops)


def _cut_head(paste: Paste, template: Template, stop: Stop) -> Edge | None:
    elements = template.elements
    expected = elements[stop.number]
    if (piece := _cut_word(paste, expected, stop, forward=False)) is not None:
        return Edge((*stop.matches, piece), is_complete=False, at_boundary=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place - 1):
        return None
    beside_value = bool(stop.matches) and _is_quoted_value(paste, elements, stop.matches[-1])
    if may_begin(paste, stop.place, beside_value=beside_value):
        return Edge(stop.matches, is_complete=False, at_boundary=True)
    at_value = isinstance(expected, Slot) or (stop.matches and isinstance(elements[stop.matches[-1].number], Slot))
    if at_value and _is_cut_value(paste, stop, -1, may_be_any=isinstance(expected, Slot)):
        return Edge(stop.matches, is_complete=False, at_boundary=True, has_fragment=True)
    # the sentence is quoted amid other words, without the clause that the product puts before it
    return Edge(stop.matches, is_complete=False, at_boundary=False) if template.opens[stop.number + 1] else None


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
        return Edge(stop.matches, is_complete=True, at_boundary=at_boundary)
    tails = (_cut_tail(paste, elements, stop, quoted=quoted) for stop in stops if stop.matches)
    return _best(elements, [edge for edge in tails if edge is not None], stops)


def _cut_tail(paste: Paste, elements: Sequence[Element], stop: Stop, *, quoted: bool) -> Edge | None:
    expected = elements[stop.number]
    if (piece := _cut_word(paste, expected, stop, forward=True)) is not None:
        return Edge((*stop.matches, piece), is_complete=False, at_boundary=True)
    if isinstance(expected, Word) and expected.exact and other_code(paste, stop.place):
        return None
    beside_value = not quoted and bool(stop.matches) and _is_quoted_value(paste, elements, stop.matches[-1])
    closes_value = bool(stop.matches) and _is_in_brackets(paste, elements, stop.matches[-1])
    if may_end(paste, stop.place, beside_value=beside_value) and not closes_value:
        return Edge(stop.matches, is_complete=False, at_boundary=True)
    at_value = isinstance(expected, Slot) or isinstance(elements[stop.matches[-1].number], Slot)
    if at_value and _is_cut_value(paste, stop, 1, may_be_any=isinstance(expected, Slot)):
        return Edge(stop.matches, is_complete=False, at_boundary=True, has_fragment=True)
    return None


def _best(elements: Sequence[Element], edges: Sequence[Edge], stops: Sequence[Stop]) -> Edge | None:
    """Return the edge that fits best; none where words of the message are there but what follows them contradicts it.

    In "Error 807: The tunnel to gw-7 ..." three words lead to another code than the documented one; that all of them
    might be a value is no way out. One word may be in a value by chance.
    """
    best = max(edges, key=lambda edge: _fit(elements, edge), default=None)
    most = max(word_count(elements, stop.matches) for stop in stops)
    return None if best is None or most > word_count(elements, best.matches) + _CHANCE_WORDS else best


def _fit(elements: Sequence[Element], edge: Edge) -> tuple[bool, int, bool, int, int]:
    """Order edges: those that explain most come first; then those without a fragment, then the shorter ones."""
    extent = sum(match.end - match.start for match in edge.matches)
    letters = letter_count(elements, edge.matches)
    return edge.at_boundary, letters, not edge.has_fragment, len(edge.matches), -extent


def word_count(elements: Sequence[Element], matches: Sequence[ElementMatch]) -> int:
    """Return how many fixed words are there."""
    return sum(isinstance(elements[match.number], Word) for match in matches)


def letter_count(elements: Sequence[Element], matches: Sequence[ElementMatch]) -> int:
    """Return how many letters of fixed words are there, less two for each mistyped one.

    A letter or two where a word was cut count for nothing: "r" may be the end of "timekeeper", or of a name.
    """
    total = 0
    for match in matches:
        element = elements[match.number]
        if isinstance(element, Word):
            letters = (
                len(element.forms[0][0]) if match.letters is None else match.letters
            ) - _LETTERS_A_TYPO * match.typos
            total += letters if letters >= _LEAST_LETTERS or (match.letters is None and not match.typos) else 0
    return total


def _is_quoted_value(paste: Paste, elements: Sequence[Element], match: ElementMatch) -> bool:
    """Whether a value has quotation marks of its own, which say nothing about where the message was cut."""
    return isinstance(elements[match.number], Slot) and paste.is_quotation(match.start, match.end)


def _is_in_brackets(paste: Paste, elements: Sequence[Element], match: ElementMatch) -> bool:
    """Whether a value ends with a bracket of its own, after which the sentence goes on: "(3.1 MB) contains ..."."""
    is_value = isinstance(elements[match.number], Slot) and match.end < paste.size
    opens = "".join(paste.separators[match.start : match.end]).rfind("(")
    return is_value and opens >= 0 and paste.separators[match.end].rstrip(" \n") == ")"


def _cut_word(paste: Paste, expected: Element, stop: Stop, *, forward: bool) -> ElementMatch | None:
    """Return the match of a word that was cut within: "pap" of "paper" where the text ends."""
    first = stop.place if forward else stop.place - 1
    if not isinstance(expected, Word) or not 0 <= first < paste.size:
        return None
    key = paste.keys[first]
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
    piece = paste.keys[min(stop.place, after)]
    return may_be_any or any(word.startswith(piece) if step > 0 else word.endswith(piece) for word in VALUE_WORDS)


def _natural_head(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message begins that begins with a value."""
    shortest_first = sorted(stops, key=lambda stop: -stop.place)
    if not isinstance(elements[0], Slot):
        return shortest_first[0]
    end = shortest_first[0].matches[-1].end
    quoted = [stop for stop in shortest_first if paste.is_enclosed(stop.place, end)]
    at_boundary = [stop for stop in shortest_first if may_begin(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in shortest_first if all(map(paste.is_number, range(stop.place, end)))]
    return [*quoted[:1], *at_boundary[:1], *numbers[-1:], shortest_first[0]][0]


def _natural_tail(paste: Paste, elements: Sequence[Element], stops: Sequence[Stop]) -> Stop:
    """Return where a message ends that ends with a value: with its quote, where the text ends too, or its digits."""
    shortest_first = sorted(stops, key=lambda stop: stop.place)
    if not isinstance(elements[-1], Slot):
        return shortest_first[0]
    start = shortest_first[0].matches[-1].start
    quoted = [stop for stop in shortest_first if paste.is_enclosed(start, stop.place)]
    at_boundary = [stop for stop in shortest_first if may_end(paste, stop.place, beside_value=False)]
    numbers = [stop for stop in shortest_first if all(map(paste.is_number, range(start, stop.place)))]
    return [*quoted[:1], *at_boundary[:1], *numbers[-1:], shortest_first[0]][0]
