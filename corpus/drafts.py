"""Pieces become the parts of one entry: where a piece goes depends on the labels before it.

1. A label opens a part; what follows belongs to it until the next label.
2. A heading below the entry's opens a further solution; a step's heading, or a deeper one, is a text in bold.
3. Notes and cautions stay where they stand: they are blocks of the solution, and so is what follows them.
4. What stands before the first label is context; in an entry with no solution it is the solution.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.article import Block, BlockKind, Solution
from corpus.formats.document import Element, ElementKind
from corpus.labels import ASIDES, Label, Labelled
from corpus.pieces import Piece
from corpus.sections import STEP

_BLOCK_KINDS = {
    ElementKind.STEPS: BlockKind.STEPS,
    ElementKind.CODE: BlockKind.CODE,
    ElementKind.TABLE: BlockKind.TABLE,
    ElementKind.IMAGE: BlockKind.IMAGE,
}
_ASIDE_KINDS = {Label.NOTE: BlockKind.NOTE, Label.CAUTION: BlockKind.CAUTION}
_FENCE = re.compile(r"\A(```+|~~~+)[^\n]*\n|\n(```+|~~~+)[ \t]*\Z")


@dataclass(slots=True)
class Draft:
    """An entry being written."""

    messages: list[str] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    cause: list[str] = field(default_factory=list)
    context: list[str] = field(default_factory=list)
    lead: list[Block] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    solutions: list[tuple[str | None, list[Block]]] = field(default_factory=list)
    solves_by_text: bool = False  # no label says which text is the solution: it is what follows the message
    part_has_text: bool = False
    part: Label | None = None
    resumes: Label | None = None  # the part that goes on after a note
    awaits_aside: bool = False  # a note's label has been read, its text not yet
    titles_level: int = 0  # of the headings that are the solutions' titles

    @property
    def is_told(self) -> bool:
        """Whether a further message would be another entry's."""
        return bool(self.messages or self.symptoms) and any(blocks for _, blocks in self.solutions)

    def add(self, piece: Piece) -> None:
        """Put a piece where it belongs."""
        element, label = piece.element, piece.label
        self.elements.append(element)
        if label is None:
            self._close_aside(element)
            if self.solves_by_text and self.part in {Label.MESSAGE, Label.SYMPTOMS} and self.part_has_text:
                self.part = self.resumes = None
        else:
            self._open(label, element)
        if element.kind is ElementKind.HEADING:
            self._add_heading(element, label)
        elif element.kind is ElementKind.QUOTE and label is None:
            self._add_quote(element.markdown)
        elif element.kind in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            self._add_text(element.markdown)
        else:
            self._add_element(element)

    def resolve_by_text(self) -> None:
        """Show the cause, or else the context, as the solution where the article says nothing else about what to do."""
        texts, self.cause, self.context = (self.cause, [], self.context) if self.cause else (self.context, [], [])
        self.lead = [*self.lead, *(Block(BlockKind.TEXT, text) for text in texts)]

    def finish(self) -> tuple[tuple[Solution, ...], str | None]:
        """Return the solutions and the context."""
        solutions = self._solutions()
        if not solutions:
            return ((Solution(None, tuple(self.lead)),) if self.lead else ()), "\n\n".join(self.context) or None
        asides = tuple(block for block in self.lead if block.kind in _ASIDE_KINDS.values())
        texts = [block.markdown for block in self.lead if block not in asides]
        first = Solution(solutions[0].title, (*asides, *solutions[0].blocks))
        return (first, *solutions[1:]), "\n\n".join([*texts, *self.context]) or None

    def _solutions(self) -> tuple[Solution, ...]:
        """A title with nothing under it is a text of the solution before."""
        found: list[Solution] = []
        for title, blocks in self.solutions:
            if blocks:
                found.append(Solution(title, tuple(blocks)))
            elif title is not None:
                text = Block(BlockKind.TEXT, f"**{title}**")
                before = found.pop() if found else Solution(None, ())
                found.append(Solution(before.title, (*before.blocks, text)))
        return tuple(found)

    def _open(self, label: Labelled, element: Element) -> None:
        if label.label is Label.SOLUTION:
            is_named = element.kind is ElementKind.HEADING and (label.rest or label.numbered)
            self._open_solution(element.markdown if is_named else label.words if label.numbered else None)
        if label.label not in ASIDES:
            self.resumes = label.label
        self.part = label.label
        self.part_has_text = False
        self.awaits_aside = label.label in ASIDES
        if label.label is Label.CAUSE and label.numbered and element.kind is not ElementKind.HEADING:
            self.cause.append(f"**{label.words}**")

    def _open_solution(self, title: str | None) -> None:
        self.part = self.resumes = Label.SOLUTION
        only_asides = self.solutions and all(block.kind in _ASIDE_KINDS.values() for block in self.solutions[-1][1])
        if only_asides and self.solutions[-1][0] is None:
            self.solutions[-1] = (title, self.solutions[-1][1])
        else:
            self.solutions.append((title, []))

    def _add_heading(self, heading: Element, label: Labelled | None) -> None:
        if label is not None:
            if label.label is not Label.SOLUTION and label.rest:
                self._add_text(f"**{heading.markdown}**" if label.numbered else label.rest)
            elif label.label is Label.CAUSE and label.numbered:
                self._add_text(f"**{heading.markdown}**")
        elif STEP.match(heading.markdown) or (self.titles_level and heading.level > self.titles_level):
            self._add_text(f"**{heading.markdown}**")
        else:
            self.titles_level = heading.level
            self._open_solution(heading.markdown)

    def _close_aside(self, element: Element) -> None:
        """A note ends with its paragraph, unless that ends in a colon and what it announces follows."""
        if self.part not in ASIDES or (self.awaits_aside and element.kind is not ElementKind.HEADING):
            return
        note = self._open_aside()
        if note is None or not note.markdown.endswith(":") or element.kind is ElementKind.HEADING:
            self.part = self.resumes

    def _open_aside(self) -> Block | None:
        """Return the note that was written last, if nothing stands after it."""
        blocks = self.solutions[-1][1] if self.solutions else self.lead
        return blocks[-1] if blocks and blocks[-1].kind in _ASIDE_KINDS.values() else None

    def _add_text(self, text: str) -> None:
        if not (text := text.strip()):
            return
        self.part_has_text = True
        texts = {
            Label.MESSAGE: self.messages,
            Label.SYMPTOMS: self.symptoms,
            Label.CAUSE: self.cause,
            Label.CONTEXT: self.context,
        }
        if self.part in texts:
            texts[self.part].append(text)
        else:
            self._add_block(Block(_ASIDE_KINDS.get(self.part or Label.SOLUTION, BlockKind.TEXT), text))

    def _add_quote(self, text: str) -> None:
        """A quote in a solution keeps its marks; anywhere else it is what it says."""
        if self.part in {None, Label.SOLUTION}:
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        self._add_text(text)

    def _add_element(self, element: Element) -> None:
        lists = {Label.MESSAGE: self.messages, Label.SYMPTOMS: self.symptoms}
        if element.items and self.part in lists:
            lists[self.part].extend(element.items)
        elif self.part in ASIDES:
            self._add_to_aside(element)
        elif self.part is Label.CAUSE:
            self.cause.append(element.markdown)
        elif self.part is Label.CONTEXT:
            self._add_text(element.markdown)
        elif self.part in lists:
            self._add_text(unfenced(element))
        else:
            self._add_block(Block(_BLOCK_KINDS.get(element.kind, BlockKind.TEXT), element.markdown))

    def _add_to_aside(self, element: Element) -> None:
        kind = _ASIDE_KINDS[self.part or Label.NOTE]
        note = None if self.awaits_aside else self._open_aside()
        if note is None:
            self._add_block(Block(kind, element.markdown))
        else:
            blocks = self.solutions[-1][1] if self.solutions else self.lead
            blocks[-1] = Block(kind, f"{note.markdown}\n\n{element.markdown}")
        self.part = self.resumes

    def _add_block(self, block: Block) -> None:
        self.awaits_aside = False
        if self.part is None or (self.part in ASIDES and self.resumes is None):
            self.lead.append(block)
            return
        if not self.solutions:
            self.solutions.append((None, []))
        self.solutions[-1][1].append(block)


def unfenced(element: Element) -> str:
    """Return the text in a code block, which is how some write a message; anything else as it is."""
    if element.kind is not ElementKind.CODE:
        return element.markdown
    return _FENCE.sub("", element.markdown)
