"""A stretch of a text aligned with a documented message, whole or cut: what is there of it, and is that enough?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.analysis.lexicon import FUNCTION_WORDS, UNITS
from index.analysis.tokens import Tokens, tokenize
from index.hit import Aligned
from index.messages.paste import Paste
from index.messages.template import Element, Template
from index.messages.template_extraction import spanned_template_of
from index.messages.template_walk import ElementMatch, letter_count
from index.messages.truncation import Edge, Edges, word_count
from index.messages.value_patterns import Slot

_LEAST_COVERAGE = 0.5  # share of a message's characters that must be there; with 0.25 41 pastes fail, with 1 984
_STRONG = 2.5  # weight that is enough amid other words; with 1.25 12 more altered match, with 5 12 more fail in logs
_SLOT_LENGTH = 2  # characters of a value that is not there; with 1 or 4 270 pastes have another coverage, none fails
_NAME_LENGTH = 16  # characters of a phrase that surely are a value; with 8 no paste changes, without it 3 altered match
_UNCERTAIN = 1.5  # weight of a piece cut at both ends or with a phrase; with 0.75 5 altered match, with 3 7 pastes fail
_LEAST_IN_LONG = 1.0  # weight of a piece in a long text; with 0.5 25 more match in documents, with 2 22 fail in logs
_WORDS_A_TYPO = 3  # there are, for each mistyped one, if cut; with 1 3 of 223 descriptions match, with 6 1 paste fails
_SHORT_WORD = 2  # letters of a word that may begin another one; with 1 a paste fails, with 4 none
_PHRASE = 3  # words of a value that may be anything; with 1 2 pastes fail, with 6 2 altered match
_INFORMATIVE = 2  # words at least; with 4 75 pastes fail, with 1 "goodbye" in a sentence is a message
_INFORMATIVE_IF_LIGHT = 3  # words at least of a whole message of little weight; with 6 6 of the 600 fail

Weigh = Callable[[str], float]
"""How much a word says about which message it is of: 1 if few messages have it, 0 if all have."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """A template's elements and the tokens that stand for them.

    Attributes:
        matches: In the text's order.
        cuts: At how many ends it was cut, 0 to 2.
        explained: The letters of fixed words that are there, less a few for each mistyped one; of two templates that
            fit the same text, the one that explains more of it is meant.
        coverage: Share of the message's characters that are there.
        weight: Of the words that are there.
        is_enough: It is the message, and not a sentence that shares words with it.
    """

    matches: tuple[ElementMatch, ...]
    cuts: int
    explained: int
    coverage: float
    weight: float
    is_enough: bool

    @property
    def start(self) -> int:
        """The first token."""
        return self.matches[0].start

    @property
    def end(self) -> int:
        """The token after the last."""
        return self.matches[-1].end


class Aligner:
    """Aligns one message with a text, starting from any word that both have.

    Args:
        edges: Of the text.
        template: The message.
        weigh: How much a word says.
        message: Returns the message itself; "" for a piece of one, whose values tell nothing.
    """

    def __init__(self, edges: Edges, template: Template, weigh: Weigh, message: Callable[[], str] = str) -> None:
        self._edges = edges
        self._paste = edges.paste
        self._template = template
        self._weigh = weigh
        self._message = message
        self._tried: set[tuple[int, int]] = set()

    @property
    def size(self) -> int:
        """How many elements the message has."""
        return len(self._template.elements)

    def align(self, number: int, place: int) -> Alignment | None:
        """Return the alignment that has element `number`, a fixed word, at token `place`.

        None if the text contradicts the message there, if an alignment through this word was tried before, or if it
        would take too long.
        """
        if (number, place) in self._tried:
            return None
        head = self._edges.head(self._template, number, place)
        if head is None or head.edge is None:  # most often a sentence that begins differently: the shorter way is back
            return None
        # where a quotation opens before the message, a mark at its end is not a value's own
        quoted = self._paste.starts_quoted(min([place, *(match.start for match in head.edge.matches)]))
        tail = self._edges.tail(self._template, number, place, quoted=quoted)
        if tail is None:
            return None
        self._tried |= tail.passed
        self._tried |= head.passed
        return None if tail.edge is None else self._judged(head.edge, tail.edge)

    def _judged(self, head: Edge, tail: Edge) -> Alignment | None:
        """Return the alignment between two edges, unless too little of the message is there or too much mistyped."""
        self._edges.walker.spend(self.size)
        alignment = self._measured(head, tail)
        matches = alignment.matches
        mistyped = sum(match.typos > 0 for match in matches)
        if mistyped > max(not alignment.cuts, word_count(self._template.elements, matches) // _WORDS_A_TYPO):
            return None
        if alignment.coverage >= _LEAST_COVERAGE:
            return alignment
        # where a sentence stands in its message says nothing of which message is meant: it is cut at both ends
        is_there = alignment.weight >= _STRONG and tail.at_boundary and _is_sentence(self._template, matches)
        return replace(alignment, cuts=2) if is_there else None

    def _measured(self, head: Edge, tail: Edge) -> Alignment:
        matches = (*reversed(head.matches), *tail.matches)
        elements = self._template.elements
        missing = sum(map(_length, elements))
        weight = unsure = 0.0
        for match in matches:
            element = elements[match.number]
            missing -= _length(element)
            if isinstance(element, Slot):
                is_phrase = _is_phrase(self._paste, match)
                unsure += max(0, _characters(self._paste, match.start, match.end) - _NAME_LENGTH) if is_phrase else 0
                continue
            word = element.forms[0][0]
            missing += 0 if match.letters is None else len(word) - match.letters
            share = (1.0 if match.letters is None else match.letters / len(word)) * (1 - match.typos / (len(word) + 1))
            weight += 0.0 if element.is_status else share * (1.0 if element.exact else self._weigh(word))
        there = _characters(self._paste, matches[0].start, matches[-1].end) - unsure
        alignment = Alignment(
            matches=matches,
            cuts=(not head.is_complete) + (not tail.is_complete),
            explained=_explained(elements, matches, head, tail),
            coverage=there / (there + missing),
            weight=weight,
            is_enough=False,
        )
        return replace(alignment, is_enough=self._is_enough(alignment, head, tail))

    def _is_enough(self, alignment: Alignment, head: Edge, tail: Edge) -> bool:
        """Whether it is the message, and not a text that shares words with it."""
        paste, elements = self._paste, self._template.elements
        if not (head.at_boundary and tail.at_boundary):  # amid a sentence nothing shows that a piece is one
            return alignment.weight >= _STRONG and _is_sentence(self._template, alignment.matches)
        if (alignment.start, alignment.end) != (0, paste.size) and self._may_be_chance(alignment):
            return False
        is_telling = any(_is_telling(elements[match.number]) for match in alignment.matches)
        if alignment.cuts and not (is_telling or self._has_its_units(alignment)):
            return False
        if not alignment.cuts:
            return True
        slots = (match for match in alignment.matches if isinstance(elements[match.number], Slot))
        has_phrase = any(_is_phrase(paste, match) for match in slots)
        least = _UNCERTAIN if alignment.cuts > 1 or has_phrase else _LEAST_IN_LONG if paste.is_long else 0.0
        return alignment.weight >= least

    def _has_its_units(self, alignment: Alignment) -> bool:
        """Whether the piece is a whole text or quotation, with values in the message's units: "9 hours on 1 May"."""
        paste, start, end = self._paste, alignment.start, alignment.end
        units = UNITS.intersection(paste.keys[start:end])
        is_apart = (start, end) == (0, paste.size) or paste.is_quotation(start, end)
        return bool(units) and is_apart and units <= set(tokenize(self._message()).keys)

    def _may_be_chance(self, alignment: Alignment) -> bool:
        """Whether other texts have it too: a word or two that say little ("no"), a name ("aws-iot-greengrass")."""
        numbers = self._paste.word_numbers
        elements = [self._template.elements[match.number] for match in alignment.matches]
        if all(isinstance(each, Slot) or each.is_status for each in elements):
            return True
        informative = sum(map(_is_informative, elements))
        is_name = numbers[alignment.start] == numbers[alignment.end - 1]
        return (
            informative < _INFORMATIVE
            or (is_name and alignment.cuts > 0)
            or (not alignment.cuts and alignment.weight < _UNCERTAIN and informative < _INFORMATIVE_IF_LIGHT)
        )


def _explained(elements: Sequence[Element], matches: Sequence[ElementMatch], head: Edge, tail: Edge) -> int:
    """Return the letters that are there; a word of a letter or two at a cut may be the beginning of another."""
    first = not head.is_complete and _is_short(elements, matches[0])
    last = not tail.is_complete and _is_short(elements, matches[-1])
    return letter_count(elements, matches[first : len(matches) - last])


def _is_short(elements: Sequence[Element], match: ElementMatch) -> bool:
    element = elements[match.number]
    return not isinstance(element, Slot) and len(element.forms[0][0]) <= _SHORT_WORD


def _characters(paste: Paste, start: int, end: int) -> int:
    return paste.tokens.spans[end - 1][1] - paste.tokens.spans[start][0]


def _is_phrase(paste: Paste, match: ElementMatch) -> bool:
    """Whether a value is three words or more that may be a name, and may be anything."""
    few = paste.word_numbers[match.end - 1] - paste.word_numbers[match.start] + 1 < _PHRASE
    is_number = all(map(paste.is_number, range(match.start, match.end)))
    return not (few or is_number or paste.is_quotation(match.start, match.end))


def _length(element: Element) -> int:
    return _SLOT_LENGTH + 1 if isinstance(element, Slot) else len(element.forms[0][0]) + 1


def _is_sentence(template: Template, matches: Sequence[ElementMatch]) -> bool:
    """Whether what is there is no piece but a sentence or a clause of the message, from its first word to its last.

    "#2: Payment amount exceeds the amount outstanding" is what people copy of a message three times as long.
    """
    first, last = matches[0], matches[-1]
    opens = (*template.opens, True)
    return first.letters is None and last.letters is None and opens[first.number] and opens[last.number + 1]


def _is_informative(element: Element) -> bool:
    """Whether it is a value, a code or a word that is not in every sentence."""
    return isinstance(element, Slot) or _is_telling(element)


def _is_telling(element: Element) -> bool:
    """Whether it is a code or a word that says which message it is of: no value, no status, in not every sentence."""
    if isinstance(element, Slot) or element.is_status:
        return False
    return element.exact or element.forms[0][0] not in FUNCTION_WORDS


def side_by_side(alignment: Alignment, message: str, query: Tokens, names: Collection[str] = ()) -> tuple[Aligned, ...]:
    """Return the stretches of a message that are in a query: the same words, mistyped ones, and values of the query's.

    Args:
        alignment: Of the message's template and the query.
        message: The documented message as it is shown.
        query: The query's words.
        names: What it quotes that is no value.
    """
    template, spans = spanned_template_of(message, names)
    stretches: list[Aligned] = []
    for kind, group in groupby(alignment.matches, key=lambda match: _kind(template.elements[match.number], match)):
        run = list(group)
        documented = message[spans[run[0].number][0] : spans[run[-1].number][1]]
        start, end = query.original(run[0].start, run[-1].end) if run[-1].end > run[0].start else (0, 0)
        stretches.append(Aligned(kind, documented, query.folded.original[start:end]))
    return tuple(stretches)


def _kind(element: Element, match: ElementMatch) -> str:
    if isinstance(element, Slot):
        return "yours"
    return "different" if match.typos else "same"
