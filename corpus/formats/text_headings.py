"""Which lines are headings in a text that marks none, seen from the labels around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from corpus.formats.document import Element, ElementKind
from corpus.formats.plain_text_blocks import Block
from corpus.labels import Label

_TITLE = Block(ElementKind.PARAGRAPH, 0, ("A title",))


def headings_among(blocks: Sequence[Block]) -> Mapping[int, int]:
    """Return the level of each block that is a heading, by its position.

    A short line alone is the title where it is the first. Further down it is the heading of an entry where the labels
    begin anew below it: the last one was the solution, the next is another. Texts that begin each entry with its
    message often have no headings; there a short line is one only if one stands before the first message as well.
    """
    if not blocks:
        return {}
    found = {0: 1} if blocks[0].is_short and len(blocks) > 1 else {}
    labels = [block.label for block in blocks]
    first = next((at for at, label in enumerate(labels) if label is not None), len(blocks))
    has_headings = first > 1 and blocks[first - 1].is_short
    last: Label | None = None
    for at, block in enumerate(blocks[1:-1], 1):
        last = next(reversed(blocks[at - 1].labels), last)
        begins_anew = labels[at + 1] is not None and (last is None or (last, labels[at + 1]) != (Label.SOLUTION,) * 2)
        if last not in {None, Label.SOLUTION} or not begins_anew or blocks[at - 1].is_bare_label:
            continue
        if block.is_short and (has_headings or labels[at + 1] is not Label.MESSAGE):
            found[at] = 2
    return found


def with_text_headings(elements: Sequence[Element], *, is_titled: bool) -> tuple[Element, ...]:
    """Make headings of the lines that would be ones in a plain text, where a page or a Word document has none.

    Args:
        elements: What stands in it.
        is_titled: Whether its title is known from elsewhere; then a single line may as well be an introduction.
    """
    blocks = [Block(each.kind, 0, tuple(each.markdown.split("\n"))) for each in elements]
    if any(each.kind is ElementKind.HEADING for each in elements) or not any(block.label for block in blocks):
        return tuple(elements)
    levels = headings_among([_TITLE, *blocks] if is_titled else blocks)
    levels = {at - is_titled: level for at, level in levels.items() if at >= is_titled}
    if is_titled and len(levels) < 2:
        return tuple(elements)
    return tuple(_as_heading(each, levels.get(at, 0)) for at, each in enumerate(elements))


def _as_heading(element: Element, level: int) -> Element:
    if not level:
        return element
    return replace(element, kind=ElementKind.HEADING, level=level, markdown=element.markdown.strip("* "))
