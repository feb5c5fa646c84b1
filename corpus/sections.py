"""Headings make a tree of sections; each section is an entry, a group of entries, or neither.

What decides, first rule that fits (labels are Message, Symptoms, Cause and Solution and their synonyms):

    ## Title {#id}                       braces: an entry, whatever is in it
    ## Title / **Cause:** ...            labels under the heading: an entry
    # Title / ## Symptoms / ## Cause     the headings below are labels: an entry, one error an article
    ## Title / ### Step 1 / ### Step 2   the headings below are steps or variants: an entry
    ## Title / ### A / ### B             a group; what stands before A is its introduction
    ## Title / text                      an entry whose heading is the symptom and whose text the solution
    ## See also / links                  not an entry
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import PARTS, Label, Labels, Style

EXPLICIT_ID = re.compile(r"\{#([\w.-]+)\}\Z")
_BESIDE = re.compile(
    r"(?:topics?|contents|table of contents|on this page|in this (?:article|page|section)|see also|next steps?|feedback"
    r"|related.{0,40}|(?:additional|more|further|other) (?:resources|information|support|help|reading|links)"
    r"|references?|was this (?:page|article) helpful.?|did you find.{0,40}|help us improve this topic|document history"
    r"|contact (?:us|support)|need more help.?|still need help.?|comments|recently viewed.{0,20})\W*\Z",
    re.IGNORECASE,
)
_PLATFORM = r"(?:windows|mac ?os|os x|linux|unix|ubuntu|android|ios|chrome|firefox|safari|edge|console|cli|powershell)"
_NUMBERED = re.compile(
    r"(?:step|option|method|approach|way|workaround|fix|variant|scenario|case|example)s?\s*(?:\d+|[A-Z])\b",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    rf"\[.*\]\Z|to \w+ .{{1,200}}\Z|(?:on |for |using |in |with )?(?:the )?{_PLATFORM}"
    rf"(?:(?: | or | and |/)+{_PLATFORM})*(?: \d[\d.]*| users?| only| instances?| clients?)*\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
STEP = re.compile(r"step\s*\d+\b", re.IGNORECASE)
_QUESTION = re.compile(r"\A\*\*(?:[^*\n]{4,200}\?)\*\*\Z")


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
        """The heading without braces."""
        markdown = self.heading.markdown if self.heading else ""
        return EXPLICIT_ID.sub("", markdown).rstrip() if markdown.endswith("}") else markdown

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


def questions_as_headings(elements: Sequence[Element]) -> Iterator[Element]:
    """Make headings of questions in bold on lines of their own, where an article has at least two of them."""
    questions = [element for element in elements if _is_question(element)]
    level = 1
    for element in elements:
        if element.kind is ElementKind.HEADING:
            level = element.level
        if len(questions) > 1 and _is_question(element):
            heading = element.markdown.strip("* ")
            yield replace(element, kind=ElementKind.HEADING, markdown=heading, level=min(level + 1, 6))
        else:
            yield element


def _is_question(element: Element) -> bool:
    return element.kind is ElementKind.PARAGRAPH and _QUESTION.match(element.markdown) is not None


class Reader:
    """Tells what a section is; `labels` and `styles` are those of the article."""

    def __init__(self, labels: Labels, styles: frozenset[Style]) -> None:
        self.labels = labels
        self.styles = styles

    def is_beside(self, section: Section) -> bool:
        """Whether it is navigation or links to more, by its heading."""
        return not section.explicit_id and _BESIDE.match(section.name.strip("*_ ")) is not None

    def is_part(self, section: Section) -> bool:
        """Whether its heading is a label, so that it is a part of the section above it."""
        return section.explicit_id is None and self.labels.in_heading(section.name) is not None

    def is_labelled(self, section: Section) -> bool:
        """Whether labels of an entry stand directly under its heading."""
        return any(self._has_label(element) for element in section.body)

    def is_entry(self, section: Section) -> bool:
        """Whether it is one entry, with all that is below it except what `holds_entries`."""
        if section.explicit_id or self.is_labelled(section):
            return True
        below = [child for child in section.children if not self.is_beside(child)]
        parts = [child for child in below if self.is_part(child)]
        if parts:
            rest = [child for child in below if child not in parts and not self.is_variant(child)]
            return len(parts) >= len(rest) and not any(map(self.holds_entries, below))
        return bool(section.body or below) and all(map(self.is_variant, below))

    def is_variant(self, section: Section) -> bool:
        """Whether its heading says that it is a step, an option or a platform of what stands above it."""
        name = section.name.strip("*_ ")
        is_one = _NUMBERED.match(name) or (section.level > 2 and _VARIANT.match(name))
        return bool(is_one) and not self.holds_entries(section)

    def holds_entries(self, section: Section) -> bool:
        """Whether an entry of its own stands in the section: braces, or labels under one of its headings."""
        return any(part.explicit_id or (not self.is_part(part) and self.is_labelled(part)) for part in section.walk())

    def _has_label(self, element: Element) -> bool:
        lines: Sequence[str] = ()
        if element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            lines = element.markdown.split("\n")
        elif element.kind is ElementKind.TABLE:
            return is_label_table(element, self.labels) or columns_of(element, self.labels) is not None
        elif element.items:
            lines = [item.split("\n", 1)[0] for item in element.items]
            labelled = [line for text in lines if (line := self.labels.in_line(text, self.styles))]
            return len(labelled) == len(lines) and any(line.label in PARTS for line in labelled)
        return any((line := self.labels.in_line(text, self.styles)) and line.label in PARTS for text in lines)


def is_label_table(table: Element, labels: Labels) -> bool:
    """Whether a table of two columns has labels in the first: | Error | ... | over | Cause | ... |."""
    if any(len(row) != 2 for row in table.rows):
        return False
    found = {labels.of(row[0]) for row in table.rows}
    return len(found & PARTS) > 1


def columns_of(table: Element, labels: Labels) -> tuple[Label | None, ...] | None:
    """Return what each column holds where a row is an entry: | Error | Cause | Solution | over the rows; or None."""
    if len(table.rows) < 2:
        return None
    found = tuple(map(labels.of, table.rows[0]))
    named = {label for label in found if label is not None}
    if Label.SOLUTION in named and named & {Label.MESSAGE, Label.SYMPTOMS}:
        return found
    return None
