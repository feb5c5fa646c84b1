"""A stretch of a text that is a documented message, whole or cut: what is there of it, and whether that is enough."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.tokens import Tokens
from index.hit import Aligned
from index.messages.paste import Paste
from index.messages.template import Element, Template
from index.messages.template_extraction import spanned_template_of
from index.messages.template_walk import ElementMatch, Walker
from index.messages.truncation import End, backward_end, forward_end, letters_of, word_count
from index.messages.value_patterns import Slot

LEAST_COVERAGE = 0.5
"""Share of a message's characters that must be there: messages that have lost two fifths are recognised, and how long
the values were that were lost is a guess."""
STRONG = 2.5
"""Weight of the words (a rare one weighs 1) from which a message is recognised amid other words."""
_SLOT_LENGTH = 2  # the characters that a value which is not there is taken to have had; it may have been that short
_NAME_LENGTH = 16
_LEAST_WEIGHT = 0.5  # where the text is nothing but the message, cut at one end
_UNCERTAIN = 1.5  # where there is other text, or it may be a sentence: a value is several words, both ends are missing
_VALUE_WEIGHT = 0.15
_LONG = 200  # tokens; the longer a text, the more of it resembles a piece of a message by chance
_LEAST_IN_LONG = 1.0


@dataclass(frozen=True, slots=True)
class Alignment:
    """A template's elements and the tokens that stand for them.

    Attributes:
        links: In the text's order.
        cuts: At how many ends it was cut, 0 to 2.
        explained: The letters of fixed words that are there, less a few for each mistyped one; of two templates that
            fit the same text, the one that explains more of it is meant.
        coverage: Share of the message's characters that are there.
        weight: Of the words that are there.
        is_enough: It is the message, and not a sentence that shares words with it.
    """

    links: tuple[ElementMatch, ...]
    cuts: int
    explained: int
    coverage: float
    weight: float
    is_enough: bool

    @property
    def start(self) -> int:
        """The first token."""
        return self.links[0].start

    @property
    def end(self) -> int:
        """The token after the last."""
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
    """Return the alignment that has a template's element at a token; None if the text contradicts it there.

    Args:
        walker: Of the text.
        template: The message.
        number: A fixed word of it.
        place: The token that is this word.
        weigh: How much a word tells, 0 to 1.
        tried: Takes up the (element, token) pairs from which the same would be found.
    """
    paste, elements = walker.paste, template.elements
    back = walker.backward(elements, number - 1, place)
    behind = backward_end(paste, template, back)
    if behind is None:
        return (
            None  # most often a sentence that goes on differently before these words: the way back is the shorter one
        )
    onward = walker.forward(elements, number, place)
    tried.update((link.number, link.start) for stop in (*onward, *back) for link in stop.links)
    ahead = forward_end(paste, elements, onward, quoted=_is_quoted(paste, behind, place))
    if ahead is None:
        return None
    found = _measured(paste, template, behind, ahead, weigh)
    mistyped = sum(link.errors > 0 for link in found.links)
    most_mistyped = max(not found.cuts, word_count(elements, found.links) // 3)
    if mistyped > most_mistyped:
        return None
    if found.coverage >= LEAST_COVERAGE:
        return found
    # where a sentence stands in its message says nothing of which message is meant: it is cut at both ends
    is_there = found.weight >= STRONG and ahead.free and _is_sentence(template, found.links)
    return replace(found, cuts=2) if is_there else None


def _is_quoted(paste: Paste, behind: End, place: int) -> bool:
    """Whether a quotation opens before the message, so that a mark at its end is not a value's own."""
    return paste.starts_quoted(min([place, *(link.start for link in behind.links)]))


def _measured(paste: Paste, template: Template, behind: End, ahead: End, weigh: Callable[[str], float]) -> Alignment:
    links = (*reversed(behind.links), *ahead.links)
    elements = template.elements
    missing = sum(map(_length, elements))
    weight = idle = 0.0
    for link in links:
        element = elements[link.number]
        missing -= _length(element)
        if isinstance(element, Slot):
            is_phrase = _is_phrase(paste, link)
            idle += max(0, _characters(paste, link.start, link.end) - _NAME_LENGTH) if is_phrase else 0
            weight += 0 if is_phrase else _VALUE_WEIGHT
            continue
        word = element.forms[0][0]
        missing += 0 if link.part is None else len(word) - link.part
        share = (1.0 if link.part is None else link.part / len(word)) * (1 - link.errors / (len(word) + 1))
        weight += share * (1.0 if element.exact else weigh(word))
    there = _characters(paste, links[0].start, links[-1].end) - idle
    found = Alignment(
        links=links,
        cuts=(not behind.whole) + (not ahead.whole),
        explained=_explained(elements, links, behind, ahead),
        coverage=there / (there + missing),
        weight=weight,
        is_enough=False,
    )
    return replace(found, is_enough=_is_enough(paste, template, found, behind, ahead))


def _explained(elements: Sequence[Element], links: Sequence[ElementMatch], behind: End, ahead: End) -> int:
    """Return the letters there are; a word of a letter or two at the cut may be the beginning of another."""
    first = not behind.whole and _is_short(elements, links[0])
    last = not ahead.whole and _is_short(elements, links[-1])
    return letters_of(elements, links[first : len(links) - last])


def _is_short(elements: Sequence[Element], link: ElementMatch) -> bool:
    element = elements[link.number]
    return not isinstance(element, Slot) and len(element.forms[0][0]) <= 2


def _characters(paste: Paste, start: int, end: int) -> int:
    return paste.tokens.spans[end - 1][1] - paste.tokens.spans[start][0]


def _is_phrase(paste: Paste, link: ElementMatch) -> bool:
    """Whether a value is three words or more that may be a name, and may be anything."""
    few = paste.word_numbers[link.end - 1] - paste.word_numbers[link.start] < 2
    return not (
        few or all(map(paste.is_number, range(link.start, link.end))) or paste.is_quotation(link.start, link.end)
    )


def _length(element: Element) -> int:
    return _SLOT_LENGTH + 1 if isinstance(element, Slot) else len(element.forms[0][0]) + 1


def _is_enough(paste: Paste, template: Template, found: Alignment, behind: End, ahead: End) -> bool:
    """Whether it is the message, and not a text that shares words with it."""
    if not (behind.free and ahead.free):  # amid a sentence nothing shows that a piece is one
        return found.weight >= STRONG and _is_sentence(template, found.links)
    if (found.start, found.end) == (0, paste.size) and not found.cuts:
        return True
    if (found.start, found.end) != (0, paste.size) and _may_be_chance(paste, template, found):
        return False
    phrases = (isinstance(template.elements[link.number], Slot) and _is_phrase(paste, link) for link in found.links)
    least = _LEAST_IN_LONG if paste.size > _LONG else _LEAST_WEIGHT
    return not found.cuts or found.weight >= (_UNCERTAIN if found.cuts > 1 or any(phrases) else least)


def _may_be_chance(paste: Paste, template: Template, found: Alignment) -> bool:
    """Whether other texts have it too: a word or two that say little ("no"), a name ("aws-iot-greengrass")."""
    told = sum(_tells(template.elements[link.number]) for link in found.links)
    is_name = paste.word_numbers[found.start] == paste.word_numbers[found.end - 1]
    return told < 2 or (is_name and found.cuts > 0) or (not found.cuts and found.weight < _UNCERTAIN and told < 3)


def _is_sentence(template: Template, links: Sequence[ElementMatch]) -> bool:
    """Whether what is there is no piece but a sentence or a clause of the message, from its first word to its last.

    "#2: Payment amount exceeds the amount outstanding" is what people copy of a message three times as long.
    """
    first, last = links[0], links[-1]
    opens = (*template.opens, True)
    return first.part is None and last.part is None and opens[first.number] and opens[last.number + 1]


def _tells(element: Element) -> bool:
    """Whether it is a value, a code or a word that is not in every sentence."""
    return isinstance(element, Slot) or element.exact or element.forms[0][0] not in FUNCTION_WORDS


def side_by_side(alignment: Alignment, message: str, query: Tokens) -> tuple[Aligned, ...]:
    """Return the stretches of a message that are in a query: the same words, mistyped ones, and values of the query's.

    Args:
        alignment: Of the message's template and the query.
        message: The documented message as it is shown.
        query: The query's words.
    """
    template, spans = spanned_template_of(message)
    found: list[Aligned] = []
    for kind, links in groupby(alignment.links, key=lambda link: _kind(template.elements[link.number], link)):
        run = list(links)
        documented = message[spans[run[0].number][0] : spans[run[-1].number][1]]
        start, end = query.original(run[0].start, run[-1].end) if run[-1].end > run[0].start else (0, 0)
        found.append(Aligned(kind, documented, query.folded.original[start:end]))
    return tuple(found)


def _kind(element: Element, link: ElementMatch) -> str:
    if isinstance(element, Slot):
        return "yours"
    return "different" if link.errors else "same"
