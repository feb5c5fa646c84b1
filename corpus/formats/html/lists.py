"""The lists of a page: their Markdown, and those written as paragraphs or lines, "1. Open it." and "2. Shut it."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.formats.document import Element, ElementKind

_MARK = re.compile(r"\A(?:(?P<number>\d{1,2})\\?[.)]|[\u2022\u00b7\u25aa\u25cf\u25e6\uf0b7])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class _Item:
    """A line with a mark, and what goes on below it; the number is 0 for a bullet."""

    number: int
    text: str
    element: Element


def list_element(items: Sequence[str], *, first_number: int | None) -> Element:
    """Return a list as an element without lines or size.

    Args:
        items: The text of each item as Markdown.
        first_number: The number of the first item; None for bullets.
    """
    numbers = [None if first_number is None else first_number + position for position in range(len(items))]
    marks = ["-" if number is None else f"{number}." for number in numbers]
    lines = [f"{mark} {_indented(text, len(mark) + 1)}" for mark, text in zip(marks, items, strict=True)]
    kind = ElementKind.BULLETS if first_number is None else ElementKind.STEPS
    return Element(kind, "\n".join(lines), items=tuple(items))


def merge_typed_lists(elements: Sequence[Element]) -> Iterator[Element]:
    """Make a list of at least two marks in a row, whose numbers count on; leave everything else as it is."""
    run: list[_Item] = []
    for element in elements:
        lead, items = _divided(element)
        if run and (lead or not items or not _count_on([*run, items[0]])):
            yield from _flush(run)
            run = []
        if not items or (lead and len(items) < 2):
            yield element
        elif lead:
            yield replace(element, markdown=lead)
            yield from _flush([replace(item, element=replace(element, size=0)) for item in items])
        else:
            run += items
    yield from _flush(run)


def _divided(element: Element) -> tuple[str, list[_Item]]:
    """Divide a paragraph into what stands before its first mark, and its items; it has none if they do not count on."""
    lead: list[str] = []
    found: list[_Item] = []
    for line in element.markdown.split("\n") if element.kind is ElementKind.PARAGRAPH else ():
        if mark := _MARK.match(line):
            found.append(_Item(int(mark["number"] or 0), line[mark.end() :], element))
        elif found:
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line}")
        else:
            lead.append(line)
    return "\n".join(lead), found if _count_on(found) else []


def _count_on(items: Sequence[_Item]) -> bool:
    return all(later.number == (item.number and item.number + 1) for item, later in pairwise(items))


def _flush(run: Sequence[_Item]) -> Iterator[Element]:
    """Yield the list that a run of items is, or its one paragraph."""
    if len(run) < 2:
        yield from (item.element for item in run)
        return
    sizes = {id(item.element): item.element.size for item in run}
    made = list_element([item.text for item in run], first_number=run[0].number or None)
    first, last = run[0].element.first_line, run[-1].element.last_line
    yield replace(made, first_line=first, last_line=last, size=sum(sizes.values()))


def _indented(text: str, width: int) -> str:
    """Indent all lines of a text but the first and the blank ones."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * width, text)
