"""Labelled parts become the content of one entry: where a text goes depends on the labels before it.

1. A label opens a part of the entry; what follows belongs to that part until the next label.
2. A heading without a label begins a further solution; the heading of a step, or a deeper one, becomes bold text.
3. Notes and cautions stay where they are, as blocks of a solution; one that ends in a colon takes in the next element.
4. Text before the first label is context; in an entry without a solution it is the solution.
5. Unless the entry is in our own format, a message quoted among the symptoms is a message too, and an unknown label in
   bold ends messages and symptoms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from corpus.article import Block, BlockKind
from corpus.formats.document import Element, ElementKind
from corpus.labels import Label, LabelMatch
from corpus.parsing.builder_state import BuilderState
from corpus.parsing.entry_content import EntryContent, find_quoted_messages
from corpus.parsing.labelled_parts import Part
from corpus.parsing.sections.headings import STEP, is_supplementary_heading
from corpus.parsing.shown_texts import Kind, kind_of, without_tags
from corpus.parsing.solution_builder import SolutionBuilder

_BLOCK_KINDS = {
    ElementKind.STEPS: BlockKind.STEPS,
    ElementKind.CODE: BlockKind.CODE,
    ElementKind.TABLE: BlockKind.TABLE,
    ElementKind.IMAGE: BlockKind.IMAGE,
}
_CALLOUT_KINDS = {Label.NOTE: BlockKind.NOTE, Label.CAUTION: BlockKind.CAUTION}
_LISTED = frozenset({Label.MESSAGE, Label.SYMPTOMS})  # parts in which each item of a list is one text
_NOT_SHOWN = frozenset({ElementKind.STEPS, ElementKind.IMAGE})  # in the description of an issue
_UNKNOWN_LABEL = re.compile(r"\*\*[^*\n]{2,60}(?:\*\*\Z|:\*\*|\*\*:)")
_FENCE = re.compile(r"\A(?:```|~~~)[^\n]*\n|\n(```+|~~~+)[ \t]*\Z")


class EntryBuilder:
    """Builds the content of one entry, part by part.

    Args:
        is_own_format: The entry has its id in braces, so that every text is where its editor put it.
        text_is_solution: No label names the cause or the solution: what follows the message is the solution.
    """

    def __init__(self, *, is_own_format: bool = False, text_is_solution: bool = False) -> None:
        self._is_own_format = is_own_format
        self._text_is_solution = text_is_solution
        self._state = BuilderState()
        self._texts: dict[Label, list[str]] = {
            Label.MESSAGE: [],
            Label.SYMPTOMS: [],
            Label.CAUSE: [],
            Label.CONTEXT: [],
        }
        self._quoted: list[str] = []
        self._solutions = SolutionBuilder()
        self._elements: list[Element] = []

    @property
    def is_complete(self) -> bool:
        """Whether a further message would begin another entry."""
        has_error = self._texts[Label.MESSAGE] or self._texts[Label.SYMPTOMS]
        return bool(has_error) and self._solutions.has_blocks

    def add(self, part: Part) -> None:
        """Add the next part of the section."""
        element, match = part.element, part.label
        self._elements.append(element)
        if match is None:
            self._state = self._state_before(element)
        else:
            self._open(match, element)
        if element.kind is ElementKind.HEADING:
            self._add_heading(element, match)
        elif element.kind is ElementKind.QUOTE and match is None:
            self._add_quote(element.markdown)
        elif element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            self._add_text(element.markdown)
        else:
            self._add_element(element)

    def finish(self) -> EntryContent:
        """Return what was added."""
        solutions, introduction = self._solutions.finish()
        return EntryContent(
            messages=tuple(self._texts[Label.MESSAGE]),
            quoted_messages=tuple(self._quoted),
            symptoms=tuple(self._texts[Label.SYMPTOMS]),
            cause=tuple(self._texts[Label.CAUSE]),
            context=(*introduction, *self._texts[Label.CONTEXT]),
            solutions=solutions,
            elements=tuple(self._elements),
        )

    def _state_before(self, element: Element) -> BuilderState:
        """Return the state in which an element without a label is added."""
        state = self._state
        if state.callout is not None and self._ends_callout(element):
            state = state.after_callout()
        if state.callout is not None or state.part not in _LISTED or not state.has_text:
            return state
        if self._text_is_solution:
            return replace(state, part=None)
        if state.part is Label.MESSAGE and kind_of(element.markdown) is Kind.LEAD_IN:
            return state
        is_unknown_label = element.kind is ElementKind.PARAGRAPH and _UNKNOWN_LABEL.match(element.markdown)
        return replace(state, part=Label.CONTEXT) if is_unknown_label and not self._is_own_format else state

    def _ends_callout(self, element: Element) -> bool:
        """Whether a callout ends before an element: it has its text, and does not announce more with a colon."""
        if element.kind is ElementKind.HEADING:
            return True
        callout = self._solutions.last_callout
        return not self._state.awaits_text and (callout is None or not callout.markdown.endswith(":"))

    def _open(self, match: LabelMatch, element: Element) -> None:
        is_heading = element.kind is ElementKind.HEADING
        if match.label is Label.SOLUTION:
            heading = element.markdown if is_heading and (match.rest or match.is_numbered) else None
            self._solutions.begin(heading or (match.words if match.is_numbered else None))
        self._state = self._state.after_label(match)
        if match.label is Label.CAUSE and match.is_numbered and not is_heading:
            self._texts[Label.CAUSE].append(f"**{match.words}**")

    def _add_heading(self, heading: Element, match: LabelMatch | None) -> None:
        bold = f"**{heading.markdown}**"
        if match is None:
            if self._divides_solution(heading):
                self._add_text(bold)
            else:
                self._solutions.title_level = heading.level
                self._solutions.begin(heading.markdown)
                self._state = replace(self._state, part=Label.SOLUTION)
        elif match.rest and match.label is not Label.SOLUTION:
            self._add_text(bold if match.is_numbered else match.rest)
        elif match.keeps_words:
            self._add_text(heading.markdown if match.label is Label.SYMPTOMS else bold)
        elif match.label is Label.CAUSE and match.is_numbered:
            self._add_text(bold)

    def _divides_solution(self, heading: Element) -> bool:
        """Whether a heading is inside a solution rather than the title of one."""
        is_deeper = self._solutions.title_level and heading.level > self._solutions.title_level
        is_supplementary = not self._is_own_format and is_supplementary_heading(heading.markdown)
        return bool(STEP.match(heading.markdown) or is_deeper or is_supplementary)

    def _add_quote(self, text: str) -> None:
        """Add a quote: in a solution with its marks, elsewhere as text."""
        if self._state.callout is None:
            if self._state.part in {None, Label.SOLUTION}:
                text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
            elif self._state.part is Label.SYMPTOMS and not self._is_own_format:
                self._quoted.append(text.strip())
        self._add_text(text)

    def _add_text(self, text: str) -> None:
        if not (text := text.strip()):
            return
        state = self._state = self._state.with_text()
        if state.callout is not None:
            self._add_block(Block(_CALLOUT_KINDS[state.callout], text))
        elif state.part is Label.MESSAGE and not self._is_own_format and (kind := kind_of(text)) is not Kind.MESSAGE:
            self._add_unshown(text, kind)
        elif state.part in self._texts:
            text = without_tags(text) if state.part in _LISTED and not self._is_own_format else text
            self._texts[state.part].append(text)
            if (state.part is Label.SYMPTOMS or state.is_description) and not self._is_own_format:
                self._quoted += find_quoted_messages(text)
        else:
            self._add_block(Block(BlockKind.TEXT, text))

    def _add_unshown(self, text: str, kind: Kind) -> None:
        """Add what stands where messages stand and is none; after an announcement the message may follow."""
        self._texts[Label.SYMPTOMS if kind is Kind.SYMPTOM else Label.CONTEXT].append(text)
        if kind is Kind.REPORT:
            self._state = replace(self._state, part=Label.CONTEXT)
        elif kind is not Kind.SYMPTOM:
            self._state = replace(self._state, has_text=False)

    def _add_element(self, element: Element) -> None:
        """Add a list, a table, code or an image."""
        state = self._state
        if state.callout is not None:
            self._add_to_callout(state.callout, element)
        elif state.is_description and element.kind in _NOT_SHOWN and not self._is_own_format:
            self._texts[Label.CONTEXT].append(element.markdown)
        elif state.part in _LISTED:
            self._add_listed(element)
        elif state.part is Label.CAUSE:
            self._texts[Label.CAUSE].append(element.markdown)
        elif state.part is Label.CONTEXT:
            self._add_text(element.markdown)
        else:
            self._add_block(Block(_BLOCK_KINDS.get(element.kind, BlockKind.TEXT), element.markdown))

    def _add_listed(self, element: Element) -> None:
        """Add messages or symptoms: each item of a list, or the text of a code block."""
        text = _unfenced(element)
        if element.kind is ElementKind.CODE and not self._is_own_format:
            if self._state.part is Label.SYMPTOMS:
                self._quoted.append(text.strip())
            elif self._state.is_description and self._texts[Label.CONTEXT]:
                self._quoted.append(text.strip())  # what was announced is quoted: the title names the entry
                return
        for each in element.items or (text,):
            self._add_text(each)

    def _add_to_callout(self, label: Label, element: Element) -> None:
        """Add the element that a callout announces, or consists of; the callout ends with it."""
        kind = _CALLOUT_KINDS[label]
        callout = None if self._state.awaits_text else self._solutions.last_callout
        if callout is None:
            self._add_block(Block(kind, element.markdown))
        else:
            self._solutions.extend_last(Block(kind, f"{callout.markdown}\n\n{element.markdown}"))
        self._state = self._state.after_callout()

    def _add_block(self, block: Block) -> None:
        self._state = self._state.awaiting_nothing()
        if self._state.part is None:
            self._solutions.introduction.append(block)
        else:
            self._solutions.add(block)


def build_content(parts: Iterable[Part], *, is_own_format: bool) -> EntryContent:
    """Return the content of the entry that labelled parts make.

    Args:
        parts: All of the entry, in order.
        is_own_format: Whether the entry has its id in braces.
    """
    parts = tuple(parts)
    labels = {part.label.label for part in parts if part.label}
    has_answer = not labels.isdisjoint({Label.CAUSE, Label.SOLUTION})
    builder = EntryBuilder(is_own_format=is_own_format, text_is_solution=not is_own_format and not has_answer)
    for part in parts:
        builder.add(part)
    return builder.finish()


def _unfenced(element: Element) -> str:
    """Return the text in a code block, which is how some write a message; anything else as it is."""
    return _FENCE.sub("", element.markdown) if element.kind is ElementKind.CODE else element.markdown
