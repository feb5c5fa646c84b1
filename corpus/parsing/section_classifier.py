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
from collections.abc import Sequence

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Label, LabelMatch, Labels, Style
from corpus.parsing.entry_rows import has_entry_rows, is_label_table
from corpus.parsing.sections.headings import (
    describes_fix,
    describes_problem,
    is_boilerplate_heading,
    is_message_like,
    is_supplementary_heading,
    is_variant,
    names_context,
    names_topic,
    states_condition,
)
from corpus.parsing.sections.section_tree import Section, divided

_DECISIVE = frozenset({Label.CAUSE, Label.SOLUTION})  # "Error codes" may be a heading over many entries
_TITLE_OR_LABEL = re.compile(  # words that are labels, but titles of other things as well
    r"(?:required )?actions?|alarms?|exceptions?|faults?|codes?|questions?|messages?|steps|procedures?|measures?"
    r"|answers?|signs?|meaning|errors?|issues?|problems?|.*\b(?:codes|messages)"
)
_MIN_SENTENCE = 4  # words of a heading that says something by itself
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
        parts, unlabelled = divided(below, self.is_part)
        rest = [child for child in unlabelled if not self.is_variant(child)]
        named = {self.label_of(child) for child in parts}
        if named & _DECISIVE or (named & CORE_LABELS and not rest):
            return not any(map(self.contains_entries, below)) and self._is_about_one_error(below, rest)
        name = section.name or title
        has_fix = any(describes_fix(child.name) for child in unlabelled)
        if has_fix and (describes_problem(name) or (states_condition(name) and not names_topic(name))):
            fixes = [child for child in unlabelled if self.is_variant(child) or self._is_fix(child)]
            if names_topic(name):
                return len(fixes) == len(unlabelled)
            return len(fixes) * 2 >= len(unlabelled) and not any(map(self._is_problem, unlabelled))
        return bool(section.body or below) and all(map(self.is_variant, below))

    def _is_about_one_error(self, below: Sequence[Section], rest: Sequence[Section]) -> bool:
        """Whether sections beside labelled ones are parts of the same error: the labels do not start again."""
        before: set[str] = set()  # the labels before the last section that may be another error
        now: set[str] = set()
        for child in below:
            if child in rest:
                before |= now if not describes_fix(child.name) else set()
            elif (name := child.name.casefold()) in before:
                return False
            else:
                now.add(name)
        problems = sum(map(self._is_problem, rest))
        return problems < 2 and (not problems or len(now) >= len(rest))

    def _is_problem(self, section: Section) -> bool:
        """Whether a section is about another error."""
        name = section.name
        is_message = is_message_like(name) or describes_problem(name)
        return self.contains_entries(section) or (is_message and not describes_fix(name) and not is_variant(name, 3))

    def are_several_articles(self, root: Section) -> bool:
        """Whether a file has several headings of level 1 that are articles, not one title and its sections."""
        articles = root.children
        if len(articles) < 2 or any(each.level != 1 for each in articles):
            return False
        return bool(articles[0].children) and sum(bool(each.children) for each in articles) * 2 > len(articles)

    def adopted(self, group: Section) -> tuple[list[Section], list[Section]]:
        """Return the sections below a group that are parts of itself, and the others with the parts that follow them.

        Headings of one level may be entries and their parts: ## It jams / ## Cause / ## Solution / ## It leaks / ...
        """
        own: list[Section] = []
        others: list[Section] = []
        parts = [child for child in group.children if self._is_part_alone(child)]
        if all(_TITLE_OR_LABEL.fullmatch(child.name.strip("*_: ").casefold()) for child in parts):
            return [], list(group.children)
        for child in group.children:
            if not self._is_part_alone(child):
                others.append(child)
            elif others and not self.is_supplementary(others[-1]) and not self.contains_entries(others[-1]):
                others[-1].children.append(child)
            else:
                (others or own).append(child)
        return own, others

    def _is_part_alone(self, section: Section) -> bool:
        """Whether a section is a part of an entry rather than a group of entries whose title is the same word."""
        label = self.label_of(section)
        if label not in CORE_LABELS or self.contains_entries(section) or any(map(self._has_label, section.body)):
            return False
        return label is not Label.MESSAGE or not section.children

    def placed_labels(self, section: Section) -> dict[int, LabelMatch]:
        """Return what unknown headings directly below an entry mean by their place, by the identity of each.

        Where a heading below says that it is the solution, one without a label is another part: what precedes the first
        solution or cause is the symptom, if nothing else is, and all else is context. What to do stays a solution.
        """
        labels = [self.label_of(child) for child in section.children]
        if Label.SOLUTION not in labels:
            return {}
        first = min(at for at, label in enumerate(labels) if label in _DECISIVE)
        has_error = bool({Label.MESSAGE, Label.SYMPTOMS} & set(labels))
        placed: dict[int, LabelMatch] = {}
        for at, child in enumerate(section.children):
            name = child.name
            if labels[at] or child.heading is None or self.contains_entries(child):
                continue
            is_in_solution = at > 0 and labels[at - 1] is Label.SOLUTION
            if self.is_supplementary(child) and (is_in_solution or self.is_boilerplate(child)):
                continue
            if self.is_variant(child) or describes_fix(name):
                continue
            is_symptom = at < first and not has_error and not names_context(name)
            label = Label.SYMPTOMS if is_symptom else Label.CONTEXT
            placed[id(child.heading)] = LabelMatch(
                label, name, "", keeps_words=not is_symptom or len(name.split()) >= _MIN_SENTENCE
            )
            has_error = has_error or is_symptom
        return placed

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
