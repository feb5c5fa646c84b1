"""The clauses of documented messages by which one is recognised in somebody's own sentence.

"It says not connected to the database pls fix asap" has a clause of one message: no other entry has these words, and
they say too much to be an accident. What stands before a colon or a dash is no such clause, since many errors share it:
"Sending failed:".
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index.analysis.lexicon import COMMON_SHORT_WORDS, COMMON_TROUBLE_WORDS, FUNCTION_WORDS
from index.messages.alignment import Aligner, Alignment, Weigh
from index.messages.bigram_index import Candidate
from index.messages.boundaries import other_code
from index.messages.paste import Paste
from index.messages.template import Element, Template, Word
from index.messages.truncation import Edges

_ENOUGH = 2.25  # telling words, or more of others that tell as much
_LEAST_ELEMENTS = 4  # "clean the glass" is said by many
_COMMON_WORD, _FUNCTION_WORD, _VALUE = 0.5, 0.25, 0.25
_MOST_OF_LITTLE = 0.75  # that all function words of a clause tell together, and all values
_OFTEN, _LEAST_OFTEN = 0.25, 8  # of the entries, and entries: a word that so many have is a common one
_MOST_MISSING = 2  # words of a clause that stand in a text otherwise, mistyped or two as one
_MOST_ELEMENTS = 60  # of a message that is looked at
_BREAK = re.compile(r"[.,:;!?][\"'`)\]]*\s|\s\(|\s-+\s|[\u2013\u2014]")
_AFTER_FRAME = re.compile(r":(?!\S)|\s-+\s|[\u2013\u2014]")
_QUOTES = re.compile(r":\s*[\"'`]")
_LEAST_QUOTED = 3  # words that a quoted message has at least: a name or a number is a value


@dataclass(frozen=True, slots=True)
class DocumentedMessage:
    """A message, as far as its clauses are concerned.

    Attributes:
        row: The entry's.
        template: The message without its values.
        separators: What stands before each element, and after the last.
    """

    row: int
    template: Template
    separators: tuple[str, ...]


def separators_of(message: str, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Return what stands before each element of a message, and after the last, by where they stand in it."""
    ends, starts = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(message)]
    return tuple(message[end:start] for end, start in zip(ends, starts, strict=True))


def least_often(entries: int) -> int:
    """Return how many of so many entries have a word that is a common one."""
    return math.ceil(max(_LEAST_OFTEN, _OFTEN * entries))


def telling_clauses(message: DocumentedMessage, often: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield the first element and the one after the last of the shortest clauses that say enough, and of the whole.

    Args:
        message: The message.
        often: The words that many entries have.
    """
    elements = message.template.elements[:_MOST_ELEMENTS]
    clauses = list(_clauses(message, len(elements)))
    found: list[tuple[int, int]] = []
    for at, (first, _, _) in enumerate(clauses):
        told: list[Element] = []
        for start, end, is_frame in clauses[at:]:
            if is_frame and not told:
                break
            told += () if is_frame else elements[start:end]
            if not is_frame and _is_enough(told, often):
                found.append((first, end))
                break
    yield from ((first, end) for first, end in found if not any(first < one and other <= end for one, other in found))
    whole = (0, len(message.template.elements))
    if whole not in found and not clauses[-1][2] and _is_enough(elements, often):
        yield whole


def _clauses(message: DocumentedMessage, count: int) -> Iterator[tuple[int, int, bool]]:
    """Yield where each clause begins and ends, and whether it is (part of) a frame; a number before a colon is none."""
    breaks = [0, *(at for at in range(1, count) if _BREAK.search(message.separators[at])), count]
    quoted = _quoted(message)
    for first, end in pairwise(breaks):
        is_outside = quoted is not None and not (quoted.start <= first and end <= quoted.stop)
        yield first, end, is_outside or _AFTER_FRAME.search(message.separators[end]) is not None


def _quoted(message: DocumentedMessage) -> range | None:
    """Return the message that another one quotes after a colon: "It was not sent. The reason was: 'No stamp.'."."""
    separators = message.separators
    for first in range(1, len(separators) - 1):
        if _QUOTES.search(separators[first]):
            mark = separators[first][-1]
            end = next((at for at in range(first + 1, len(separators)) if mark in separators[at]), first)
            if end - first >= _LEAST_QUOTED:
                return range(first, end)
    return None


def _is_enough(elements: Sequence[Element], often: Collection[str]) -> bool:
    """Whether a clause tells enough to be no accident in a text."""
    much = little = values = 0.0
    for element in elements:
        if not isinstance(element, Word):
            values += _VALUE
        elif element.is_status:
            continue
        elif element.forms[0][0] in FUNCTION_WORDS:
            little += _FUNCTION_WORD
        else:
            much += 1.0 if element.exact else _weight(element.forms[0][0], often)
    told = much + min(little, _MOST_OF_LITTLE) + min(values, _MOST_OF_LITTLE)
    return told >= _ENOUGH and len(elements) >= _LEAST_ELEMENTS


def _weight(word: str, often: Collection[str]) -> float:
    is_common = word in often or word in COMMON_SHORT_WORDS or word in COMMON_TROUBLE_WORDS
    return _COMMON_WORD if is_common else 1.0


class OwnClauses:
    """The clauses that tell one entry from all others, looked for in a text.

    Args:
        clauses: (clauses, 3) int32: template, first element, element after the last; in the order of the templates.
    """

    def __init__(self, clauses: npt.NDArray[np.int32]) -> None:
        self._clauses = clauses
        self._ends = np.cumsum(np.bincount(clauses[:, 0]))  # of each template's clauses

    def find(self, edges: Edges, template: Template, candidate: Candidate, weigh: Weigh) -> Alignment | None:
        """Return where a text has such a clause of a template, the longest one there, or None."""
        if candidate.template >= len(self._ends):
            return None
        own = slice(self._ends[candidate.template - 1] if candidate.template else 0, self._ends[candidate.template])
        found = (
            _alignment(Aligner(edges, _part(template, first, end), weigh), edges.paste, template, first, candidate)
            for _, first, end in self._clauses[own].tolist()
            if _may_hold(edges.paste, template.elements[first:end])
        )
        return max((each for each in found if each is not None), key=lambda each: each.explained, default=None)


def _may_hold(paste: Paste, elements: Sequence[Element]) -> bool:
    """Whether a text has most words of a clause, wherever they stand; quicker than to walk in vain."""
    fixed = [each for each in elements if isinstance(each, Word)]
    missing = sum(not any(form[0] in paste.vocabulary for form in each.forms) for each in fixed)
    return missing <= max(_MOST_MISSING, len(fixed) // 3)


def _part(template: Template, first: int, end: int) -> Template:
    return Template(template.elements[first:end], template.opens[first:end])


def _alignment(
    aligner: Aligner, paste: Paste, template: Template, first: int, candidate: Candidate
) -> Alignment | None:
    """Return where a text has all of a part of a template that begins with element `first`; None where it is another's.

    Args:
        aligner: Of the part.
        paste: The text.
        template: The whole.
        first: Where the part begins in it.
        candidate: The template's place in the text.
    """
    elements = template.elements
    end = first + aligner.size
    for number, place in candidate.anchors:
        found = aligner.align(number - first, place) if first <= number < end else None
        if found is None or found.cuts or _has_other_code(paste, elements, first, end, found):
            continue
        return replace(
            found,
            matches=tuple(match._replace(number=match.number + first) for match in found.matches),
            cuts=(first > 0) + (end < len(elements)),
            coverage=_letters(elements[first:end]) / _letters(elements),
            is_enough=True,
        )
    return None


def _has_other_code(paste: Paste, elements: Sequence[Element], first: int, end: int, found: Alignment) -> bool:
    """Whether another code stands beside a clause where the message has its own: Error 807 for Error 809."""
    before = first > 0 and _is_exact(elements[first - 1]) and other_code(paste, found.start - 1)
    return before or (end < len(elements) and _is_exact(elements[end]) and other_code(paste, found.end))


def _is_exact(element: Element) -> bool:
    return isinstance(element, Word) and element.exact


def _letters(elements: Sequence[Element]) -> int:
    return sum(len(each.forms[0][0]) for each in elements if isinstance(each, Word))
