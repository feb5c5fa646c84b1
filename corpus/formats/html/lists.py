"""The lists of a page as Markdown, also those typed as paragraphs or lines: "1. Open it.", "2. Shut it."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.formats.document import Element, ElementKind

_MARK = re.compile(r"\A(?:(?P<number>\d{1,2})\\?[.)]|[\u2022\u00b7\u25aa\u25cf\u25e6\uf0b7])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a typed list.

    Attributes:
        number: Its number; 0 for a bullet.
        text: Its Markdown, without the number or bullet.
        element: The paragraph it is from.
    """

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
    """Yield the elements with typed lists made lists: at least two bullets, or consecutive numbers, in a row.

    Args:
        elements: Elements of a page in order.
    """
    run: list[_Item] = []
    for element in elements:
        lead, items = _split(element)
        if run and (lead or not items or not _are_consecutive([*run, items[0]])):
            yield from _list_or_paragraph(run)
            run = []
        if not items or (lead and len(items) < 2):
            yield element
        elif lead:
            yield replace(element, markdown=lead)
            yield from _list_or_paragraph([replace(item, element=replace(element, size=0)) for item in items])
        else:
            run += items
    yield from _list_or_paragraph(run)


def _split(element: Element) -> tuple[str, list[_Item]]:
    """Return the lines of a paragraph before its first item, and its items; no items if they are not consecutive."""
    lead: list[str] = []
    items: list[_Item] = []
    for line in element.markdown.split("\n") if element.kind is ElementKind.PARAGRAPH else ():
        if mark := _MARK.match(line):
            items.append(_Item(int(mark["number"] or 0), line[mark.end() :], element))
        elif items:
            items[-1] = replace(items[-1], text=f"{items[-1].text}\n{line}")
        else:
            lead.append(line)
    return "\n".join(lead), items if _are_consecutive(items) else []


def _are_consecutive(items: Sequence[_Item]) -> bool:
    """Whether the numbers of items go up by one, or all items have bullets."""
    return all(later.number == (item.number and item.number + 1) for item, later in pairwise(items))


def _list_or_paragraph(run: Sequence[_Item]) -> Iterator[Element]:
    """Yield the list of several items, or the paragraph of a single one."""
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
