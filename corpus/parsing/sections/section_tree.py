"""The headings of an article make a tree of sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.formats.document import Element, ElementKind
from corpus.parsing.sections.headings import EXPLICIT_ID, heading_name


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
        match = EXPLICIT_ID.search(self.heading.markdown) if self.heading else None
        return match[1] if match else None

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
