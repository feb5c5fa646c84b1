"""What a section is: an entry, a group of entries, or neither.

The first rule that fits decides (labels are Message, Symptoms, Cause and Solution and their synonyms):

    ## Title {#id}                       an id in braces: an entry, whatever is in it
    ## Title / **Cause:** ...            labels under the heading: an entry
    # Title / ## Symptoms / ## Cause     the headings below are labels: an entry, the only one of its article
    ## It fails / ### Restart it         the headings below are fixes of a problem: an entry
    ## Title / ### Step 1 / ### Step 2   the headings below are steps or variants: an entry
    ## Title / ### A / ### B             a group; the text before A is its introduction
    ## Title / text                      an entry whose heading is the symptom and whose text the solution
    ## See also / links                  not an entry, nor part of one
"""

from __future__ import annotations

import re

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Label, LabelMatch, Labels, Style
from corpus.parsing.entry_rows import has_entry_rows, is_label_table
from corpus.parsing.sections.headings import (
    describes_fix,
    describes_problem,
    is_boilerplate_heading,
    is_supplementary_heading,
    is_variant,
)
from corpus.parsing.sections.section_tree import Section

_DECISIVE = frozenset({Label.CAUSE, Label.SOLUTION})  # "Error codes" may be a heading over many entries
_LINK = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)|<https?://[^>]*>|https?://\S+")


class SectionClassifier:
    """Tells what a section is.

    Args:
        labels: The words that are labels.
        styles: How the article marks them.
    """

    def __init__(self, labels: Labels, styles: frozenset[Style]) -> None:
        self.labels = labels
        self.styles = styles

    def is_supplementary(self, section: Section) -> bool:
        """Whether its heading announces navigation or further reading."""
        return not section.explicit_id and is_supplementary_heading(section.name)

    def is_boilerplate(self, section: Section) -> bool:
        """Whether it is not part of the entry around it: navigation, or nothing but links."""
        return self.is_supplementary(section) and (
            is_boilerplate_heading(section.name) or all(map(_is_link, section.body))
        )

    def label_of(self, section: Section) -> Label | None:
        """Return the label that its heading is, or None."""
        match = None if section.explicit_id else self.labels.match_heading(section.name)
        return match.label if match else None

    def is_part(self, section: Section) -> bool:
        """Whether its heading is a label, so that it is part of the section above."""
        return self.label_of(section) is not None

    def has_labels(self, section: Section) -> bool:
        """Whether there are core labels directly under its heading."""
        return any(map(self._has_label, section.body))

    def is_entry(self, section: Section, title: str = "") -> bool:
        """Whether it is one entry, with all that is below it except sections that contain entries.

        Args:
            section: The section.
            title: Its title if it has no heading.
        """
        if section.explicit_id and not self.is_group_with_id(section):
            return True
        if self.has_labels(section):
            return True
        below = [child for child in section.children if not self.is_supplementary(child)]
        parts = [child for child in below if self.is_part(child)]
        rest = [child for child in below if child not in parts and not self.is_variant(child)]
        named = {self.label_of(child) for child in parts}
        if named & _DECISIVE or (named & CORE_LABELS and not rest):
            return len(parts) >= len(rest) and not any(map(self.contains_entries, below))
        unlabelled = [child for child in below if child not in parts]
        if describes_problem(section.name or title) and any(describes_fix(child.name) for child in unlabelled):
            return all(self.is_variant(child) or self._is_fix(child) for child in unlabelled)
        return bool(section.body or below) and all(map(self.is_variant, below))

    def is_group_with_id(self, section: Section) -> bool:
        """Whether it is a group of entries although it has an id: sections below have ids, and no solution precedes.

        Some tools give every heading an id.
        """
        has_solution = any(self.label_of(child) is Label.SOLUTION for child in section.children) or any(
            match.label is Label.SOLUTION for element in section.body for match in self._label_matches(element)
        )
        return not has_solution and any(child.explicit_id for child in section.children)

    def is_single_entry(self, root: Section, title: str) -> bool:
        """Whether an article is one entry: the headings below its title are labels, variants or fixes."""
        below = [child for child in root.children if not self.is_supplementary(child)]
        has_parts = any(map(self.is_part, below)) or all(map(self.is_variant, below))
        return self.is_entry(root, title) and (has_parts or any(describes_fix(child.name) for child in below))

    def is_variant(self, section: Section) -> bool:
        """Whether its heading is a step, an option or a platform of the section above."""
        return is_variant(section.name, section.level) and not self.contains_entries(section)

    def contains_entries(self, section: Section) -> bool:
        """Whether it contains an entry of its own: an id in braces, or labels under one of its headings."""
        return any(part.explicit_id or (not self.is_part(part) and self.has_labels(part)) for part in section.walk())

    def is_separate_entry(self, child: Section, above: Section) -> bool:
        """Whether a section below an entry is an entry of its own rather than part of it.

        Below an id in braces a solution may have a title and a label: "### On a Mac" over "**Solution:**" is a part.
        """
        if above.explicit_id and not any(part.explicit_id for part in child.walk()):
            return any(not self.is_part(part) and self._has_error_labels(part) for part in child.walk())
        return not self.is_part(child) and self.contains_entries(child)

    def _has_error_labels(self, section: Section) -> bool:
        """Whether it has core labels other than that of a solution."""
        labels = {match.label for element in section.body for match in self._label_matches(element)}
        return bool(labels & (CORE_LABELS - {Label.SOLUTION}))

    def _is_fix(self, section: Section) -> bool:
        return describes_fix(section.name) and not self.contains_entries(section)

    def _label_matches(self, element: Element) -> list[LabelMatch]:
        if element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            lines = element.markdown.split("\n")
        else:
            lines = [item.split("\n", 1)[0] for item in element.items]
        return [match for line in lines if (match := self.labels.match_line(line, self.styles))]

    def _has_label(self, element: Element) -> bool:
        if element.kind is ElementKind.TABLE:
            return is_label_table(element, self.labels) or has_entry_rows(element, self.labels, self.styles)
        if element.items and has_entry_rows(element, self.labels, self.styles):
            return True
        matches = self._label_matches(element)
        if element.items and len(matches) < len(element.items):
            return False
        return any(match.label in CORE_LABELS for match in matches)


def _is_link(element: Element) -> bool:
    """Whether an element is nothing but links."""
    texts = element.items or (element.markdown,)
    return all(not re.search(r"\w", _LINK.sub("", text)) for text in texts)
