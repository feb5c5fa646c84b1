"""A pasted message held against the documented one, stretch by stretch, for people to see."""

from __future__ import annotations

from itertools import groupby

from index.analysis.tokens import Atoms
from index.hit import Aligned
from index.messages.alignment import Alignment
from index.messages.template import Element
from index.messages.template_extraction import spanned_template_of
from index.messages.template_walk import Link
from index.messages.value_patterns import Slot


def side_by_side(alignment: Alignment, message: str, query: Atoms) -> tuple[Aligned, ...]:
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


def _kind(element: Element, link: Link) -> str:
    if isinstance(element, Slot):
        return "yours"
    return "different" if link.errors else "same"
