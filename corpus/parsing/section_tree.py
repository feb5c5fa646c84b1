"""Headings make a tree of sections; each section is an entry, a group of entries, or neither.

What decides, first rule that fits (labels are Message, Symptoms, Cause and Solution and their synonyms):

    ## Title {#id}                       braces: an entry, whatever is in it
    ## Title / **Cause:** ...            labels under the heading: an entry
    # Title / ## Symptoms / ## Cause     the headings below are labels: an entry, one error an article
    ## It fails / ### Restart it         the headings below say what to do about a trouble: an entry
    ## Title / ### Step 1 / ### Step 2   the headings below are steps or variants: an entry
    ## Title / ### A / ### B             a group; what stands before A is its introduction
    ## Title / text                      an entry whose heading is the symptom and whose text the solution
    ## See also / links                  not an entry, also below one
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from corpus.formats.document import Element, ElementKind
from corpus.labels import PARTS, Label, Labelled, Labels, Style
from corpus.parsing.entry_rows import holds_rows, is_label_table
from corpus.parsing.headings import EXPLICIT_ID, is_around, is_remedy, is_trouble, is_variant, leads_away, plain_name

_DECISIVE = frozenset({Label.CAUSE, Label.SOLUTION})  # "Error codes" may be a heading over many entries
_LINK = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)|<https?://[^>]*>|https?://\S+")


@dataclass(slots=True)
class Section:
    """A heading, what stands directly under it, and the sections below."""

    heading: Element | None
    body: list[Element] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The heading's level; 0 for what stands before the first one."""
        return self.heading.level if self.heading else 0

    @property
    def name(self) -> str:
        """The heading without braces and number."""
        return plain_name(self.heading.markdown if self.heading else "")

    @property
    def explicit_id(self) -> str | None:
        """The id that stands in braces in the heading."""
        found = EXPLICIT_ID.search(self.heading.markdown) if self.heading else None
        return found[1] if found else None

    def elements(self) -> Iterator[Element]:
        """Yield everything in the section in its order, headings included."""
        if self.heading is not None:
            yield self.heading
        yield from self.body
        for child in self.children:
            yield from child.elements()

    def walk(self) -> Iterator[Section]:
        """Yield the section and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def section_tree(elements: Iterable[Element]) -> Section:
    """Make a tree of headings; the root has no heading and holds what stands before the first one."""
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


class Reader:
    """Tells what a section is; `labels` and `styles` are those of the article."""

    def __init__(self, labels: Labels, styles: frozenset[Style]) -> None:
        self.labels = labels
        self.styles = styles

    def is_beside(self, section: Section) -> bool:
        """Whether it is navigation or links to more, by its heading."""
        return not section.explicit_id and leads_away(section.name)

    def is_left_out(self, section: Section) -> bool:
        """Whether it is so also within an entry: by its heading, or because it holds nothing but links."""
        return self.is_beside(section) and (is_around(section.name) or all(map(_is_link, section.body)))

    def label_of(self, section: Section) -> Label | None:
        """Return the label that its heading is."""
        found = None if section.explicit_id else self.labels.in_heading(section.name)
        return found.label if found else None

    def is_part(self, section: Section) -> bool:
        """Whether its heading is a label, so that it is a part of the section above it."""
        return self.label_of(section) is not None

    def is_labelled(self, section: Section) -> bool:
        """Whether labels of an entry stand directly under its heading."""
        return any(map(self._has_label, section.body))

    def is_entry(self, section: Section, title: str = "") -> bool:
        """Whether it is one entry, with all that is below it except what `holds_entries`.

        Args:
            section: What may be one.
            title: What stands for a heading where it has none.
        """
        if section.explicit_id or self.is_labelled(section):
            return True
        below = [child for child in section.children if not self.is_beside(child)]
        parts = [child for child in below if self.is_part(child)]
        rest = [child for child in below if child not in parts and not self.is_variant(child)]
        named = {self.label_of(child) for child in parts}
        if named & _DECISIVE or (named & PARTS and not rest):
            return len(parts) >= len(rest) and not any(map(self.holds_entries, below))
        told = [child for child in below if child not in parts]
        if is_trouble(section.name or title) and any(is_remedy(child.name) for child in told):
            return all(self.is_variant(child) or self._is_remedy(child) for child in told)
        return bool(section.body or below) and all(map(self.is_variant, below))

    def is_one_error(self, root: Section, title: str) -> bool:
        """Whether an article is one entry: the headings below its title are parts, variants or ways to mend it."""
        below = [child for child in root.children if not self.is_beside(child)]
        has_parts = any(map(self.is_part, below)) or all(map(self.is_variant, below))
        return self.is_entry(root, title) and (has_parts or any(is_remedy(child.name) for child in below))

    def is_variant(self, section: Section) -> bool:
        """Whether its heading says that it is a step, an option or a platform of what stands above it."""
        return is_variant(section.name, section.level) and not self.holds_entries(section)

    def holds_entries(self, section: Section) -> bool:
        """Whether an entry of its own stands in the section: braces, or labels under one of its headings."""
        return any(part.explicit_id or (not self.is_part(part) and self.is_labelled(part)) for part in section.walk())

    def stands_apart(self, child: Section, above: Section) -> bool:
        """Whether a section is an entry of its own though the one above it is an entry too.

        A titled solution may have the label of one as well: below braces "### On a Mac" over "**Solution:**" is none.
        """
        if above.explicit_id and not any(part.explicit_id for part in child.walk()):
            return any(not self.is_part(part) and self._is_told(part) for part in child.walk())
        return not self.is_part(child) and self.holds_entries(child)

    def _is_told(self, section: Section) -> bool:
        labels = {piece.label for element in section.body for piece in self._labelled(element)}
        return bool(labels & (PARTS - {Label.SOLUTION}))

    def _is_remedy(self, section: Section) -> bool:
        return is_remedy(section.name) and not self.holds_entries(section)

    def _labelled(self, element: Element) -> list[Labelled]:
        if element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            lines = element.markdown.split("\n")
        else:
            lines = [item.split("\n", 1)[0] for item in element.items]
        return [line for text in lines if (line := self.labels.in_line(text, self.styles))]

    def _has_label(self, element: Element) -> bool:
        if element.kind is ElementKind.TABLE:
            return is_label_table(element, self.labels) or holds_rows(element, self.labels, self.styles)
        if element.items and holds_rows(element, self.labels, self.styles):
            return True
        labelled = self._labelled(element)
        if element.items and len(labelled) < len(element.items):
            return False
        return any(line.label in PARTS for line in labelled)


def _is_link(element: Element) -> bool:
    """Whether an element says nothing but what it links to."""
    texts = element.items or (element.markdown,)
    return all(not re.search(r"\w", _LINK.sub("", text)) for text in texts)
