"""The content of an entry, before it has a title, an id and a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.article import Block, BlockKind, Solution
from corpus.formats.document import Element
from corpus.parsing.sections.headings import is_message_like

_QUOTED = re.compile(
    r"(?<!`)(?P<mark>`+)(?P<code>[^`\n]+)(?P=mark)"
    r"|(?<!\w)\"(?P<straight>[^\"\n]+)\"(?!\w)|\u201c(?P<curly>[^\u201c\u201d\n]+)\u201d"
    r"|\*\*(?P<bold>[^*\n]+[.!])\*\*"
)
_MIN_QUOTED_WORDS = 3  # "Save as" is a button
_PROSE = re.compile(r"[A-Z][^\n]*|[^\n]*: [^\n]*")  # "npm install --global it" is a command


@dataclass(frozen=True, slots=True)
class EntryContent:
    """The parts of one entry.

    Attributes:
        messages: Those under a label of their own.
        quoted_messages: Those quoted in symptoms or in the description of an issue.
        symptoms: In readers' words.
        cause: Its paragraphs.
        context: Its paragraphs.
        solutions: Best first; empty where nothing says what to do.
        elements: The elements of the article that it was read from.
    """

    messages: tuple[str, ...] = ()
    quoted_messages: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    cause: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    solutions: tuple[Solution, ...] = ()
    elements: tuple[Element, ...] = ()

    def default_title(self) -> str:
        """Return the title of an entry without a heading: its message, a code together with what it means.

        The messages "41" and "Lid open" make the title "41: Lid open".
        """
        first_lines = [text.split("\n", 1)[0] for text in [*self.messages, *self.symptoms]]
        if len(self.messages) > 1 and " " not in first_lines[0]:
            return f"{first_lines[0]}: {first_lines[1]}"
        return next(iter(first_lines), "")

    def all_messages(self) -> tuple[str, ...]:
        """Return the messages, then those that are only quoted, none twice."""
        labelled = set(map(_normalized, self.messages))
        quoted = {_normalized(message): message for message in self.quoted_messages}
        return (*self.messages, *(message for key, message in quoted.items() if key not in labelled))

    def with_heading(self, heading: str) -> EntryContent:
        """Return the same with its heading as the message or the symptom, if it has neither."""
        if self.messages or self.symptoms:
            return self
        return replace(self, messages=(heading,)) if is_message_like(heading) else replace(self, symptoms=(heading,))

    def with_text_as_solution(self) -> EntryContent:
        """Return the same with the cause, or else the context, as its solution; unchanged if it has neither."""
        texts = self.cause or self.context
        if not texts:
            return self
        solution = Solution(None, tuple(Block(BlockKind.TEXT, text) for text in texts))
        return replace(self, cause=(), context=self.context if self.cause else (), solutions=(solution,))


def find_quoted_messages(text: str) -> Iterator[str]:
    """Yield what a text quotes that is long enough to be a message: You see "The disk is full." when you save."""
    for match in _QUOTED.finditer(text):
        quoted = next(filter(None, (match["code"], match["straight"], match["curly"], match["bold"]))).strip()
        is_whole = match[0] == text.strip()
        is_command = match["code"] is not None and not _PROSE.fullmatch(quoted)
        if len(quoted.split()) >= _MIN_QUOTED_WORDS and not is_command and not is_whole:
            yield quoted


def _normalized(message: str) -> str:
    return re.sub(r"\W+", " ", message).strip().casefold()
