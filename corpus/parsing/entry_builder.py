"""Pieces become the parts of one entry: where a piece goes depends on the labels before it.

1. A label opens a part; what follows belongs to it until the next label.
2. A heading below the entry's opens a further solution; a step's heading, or a deeper one, is a text in bold.
3. Notes and cautions stay where they stand: they are blocks of the solution, and so is what follows them.
4. What stands before the first label is context; in an entry with no solution it is the solution.
5. Unless the entry is written in our own format, a message that is quoted among the symptoms is a message too, and
   a bold label that is not known ends messages and symptoms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from corpus.article import Block, BlockKind, Solution
from corpus.formats.document import Element, ElementKind
from corpus.labels import ASIDES, Label, Labelled
from corpus.parsing.headings import STEP, leads_away
from corpus.parsing.labelled_parts import Piece
from corpus.parsing.quotations import quotations

_BLOCK_KINDS = {
    ElementKind.STEPS: BlockKind.STEPS,
    ElementKind.CODE: BlockKind.CODE,
    ElementKind.TABLE: BlockKind.TABLE,
    ElementKind.IMAGE: BlockKind.IMAGE,
}
_ASIDE_KINDS = {Label.NOTE: BlockKind.NOTE, Label.CAUTION: BlockKind.CAUTION}
_DESCRIBES = re.compile(r"issue|problem", re.IGNORECASE)
_STRANGER = re.compile(r"\*\*[^*\n]{2,60}(?:\*\*\Z|:\*\*|\*\*:)")
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
    is_ours: bool = False  # its id is in braces: every part is where the editor put it
    quoted: list[str] = field(default_factory=list)  # messages that other parts quote
    solves_by_text: bool = False  # no label says which text is the solution: it is what follows the message
    part_has_text: bool = False
    part: Label | None = None
    resumes: Label | None = None  # the part that goes on after a note
    describes: bool = False  # the part's label announces a description, which may quote a message
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
            elif self._is_stranger(element):
                self.part = self.resumes = Label.CONTEXT
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

    def name(self) -> str:
        """Return what an entry without a heading is called: its message, a code together with what it means."""
        texts = [text.split("\n", 1)[0] for text in [*self.messages, *self.symptoms]]
        if len(self.messages) > 1 and " " not in texts[0]:
            return f"{texts[0]}: {texts[1]}"
        return next(iter(texts), "")

    def all_messages(self) -> tuple[str, ...]:
        """Return the messages, and after them those that are only quoted."""
        told = {_key(message) for message in self.messages}
        quoted = {_key(message): message for message in self.quoted}
        return (*self.messages, *(message for key, message in quoted.items() if key not in told))

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
        self.describes = label.label is Label.MESSAGE and _DESCRIBES.match(label.words) is not None
        self.awaits_aside = label.label in ASIDES
        if label.label is Label.CAUSE and label.numbered and element.kind is not ElementKind.HEADING:
            self.cause.append(f"**{label.words}**")

    def _open_solution(self, title: str | None) -> None:
        self.part = self.resumes = Label.SOLUTION
        if title is None and self.solutions and self.solutions[-1][0] is not None and not self.solutions[-1][1]:
            return  # "### On a Mac" over "**Solution:**" is one solution
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
        elif self._is_text(heading):
            self._add_text(f"**{heading.markdown}**")
        else:
            self.titles_level = heading.level
            self._open_solution(heading.markdown)

    def _is_text(self, heading: Element) -> bool:
        """Whether a heading divides a solution, and does not open one."""
        is_deeper = self.titles_level and heading.level > self.titles_level
        is_more = not self.is_ours and leads_away(heading.markdown)
        return bool(STEP.match(heading.markdown) or is_deeper or is_more)

    def _is_stranger(self, element: Element) -> bool:
        """Whether a bold label that is not known begins something else than the message or a symptom."""
        in_texts = self.part in {Label.MESSAGE, Label.SYMPTOMS} and self.part_has_text and not self.is_ours
        return in_texts and element.kind is ElementKind.PARAGRAPH and _STRANGER.match(element.markdown) is not None

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
            if self.part is Label.SYMPTOMS or self.describes:
                self.quoted += [] if self.is_ours else quotations(text)
        else:
            self._add_block(Block(_ASIDE_KINDS.get(self.part or Label.SOLUTION, BlockKind.TEXT), text))

    def _add_quote(self, text: str) -> None:
        """A quote in a solution keeps its marks; anywhere else it is what it says."""
        if self.part in {None, Label.SOLUTION}:
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        elif self.part is Label.SYMPTOMS and not self.is_ours:
            self.quoted.append(text.strip())
        self._add_text(text)

    def _add_element(self, element: Element) -> None:
        lists = {Label.MESSAGE: self.messages, Label.SYMPTOMS: self.symptoms}
        if element.items and self.part in lists:
            for item in element.items:
                self._add_text(item)
        elif self.part in ASIDES:
            self._add_to_aside(element)
        elif self.part is Label.CAUSE:
            self.cause.append(element.markdown)
        elif self.part is Label.CONTEXT:
            self._add_text(element.markdown)
        elif self.part in lists:
            if self.part is Label.SYMPTOMS and element.kind is ElementKind.CODE and not self.is_ours:
                self.quoted.append(unfenced(element).strip())
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


def _key(message: str) -> str:
    return re.sub(r"\W+", " ", message).strip().casefold()
