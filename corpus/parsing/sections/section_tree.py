"""The headings of an article make a tree of sections."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from corpus.formats.document import Element, ElementKind
from corpus.parsing.sections.headings import explicit_id, heading_name

_T = TypeVar("_T")


@dataclass(slots=True)
class Section:
    """A heading, the elements directly under it, and the sections below it.

    Attributes:
        heading: None for the root, whose body is what precedes the first heading.
        body: The elements before the first heading below.
        children: The sections of the headings below.
    """

    heading: Element | None
    body: list[Element] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The level of the heading; 0 for the root."""
        return self.heading.level if self.heading else 0

    @property
    def name(self) -> str:
        """The heading without its id and number."""
        return heading_name(self.heading.markdown if self.heading else "")

    @property
    def explicit_id(self) -> str | None:
        """The id in braces at the end of the heading."""
        return explicit_id(self.heading.markdown) if self.heading else None

    def elements(self) -> Iterator[Element]:
        """Yield all elements of the section in order, headings included."""
        if self.heading is not None:
            yield self.heading
        yield from self.body
        for child in self.children:
            yield from child.elements()

    def walk(self) -> Iterator[Section]:
        """Yield the section and all sections below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def section_tree(elements: Iterable[Element]) -> Section:
    """Return the tree of the headings; the body of the root is what precedes the first one."""
    root = Section(None)
    open_sections = [root]
    for element in elements:
        if element.kind is not ElementKind.HEADING:
            open_sections[-1].body.append(element)
            continue
        while open_sections[-1].level >= element.level:
            open_sections.pop()
        section = Section(element)
        open_sections[-1].children.append(section)
        open_sections.append(section)
    return root


def divided(things: Iterable[_T], belongs: Callable[[_T], bool]) -> tuple[list[_T], list[_T]]:
    """Return those of some things that belong to a group, and the others."""
    group: list[_T] = []
    others: list[_T] = []
    for each in things:
        (group if belongs(each) else others).append(each)
    return group, others
