"""Questions that the articles ask themselves: a sentence of an entry, asked of the entry without that sentence.

A symptom is a question as a reader would put it; a sentence of a cause or a solution is one in the article's words.
Half of them are held back: they are never trained on, and they are in no text that is trained on.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.article import Block, BlockKind, Entry, Solution
from corpus.passages import plain_lines, plain_text, sentences

_LEAST_WORDS = 4  # of a sentence that tells enough to be asked
_MOST_WORDS = 60
_MOST_SENTENCES = 12  # of an entry's cause and solutions
_LEFT = 2  # sentences that an entry keeps at least


@dataclass(frozen=True, slots=True)
class Question:
    """A text, and the entry that it was taken from."""

    entry_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learnt from one entry.

    Attributes:
        entry: The entry without the sentences that are held back.
        texts: Its title and its sentences.
        asked: Positions of those that can be asked of the others: no other entry has them.
    """

    entry: Entry
    texts: tuple[str, ...]
    asked: tuple[int, ...]

    def without(self, asked: int) -> str:
        """Return the text of the entry without one of its `texts`, by its position."""
        return " ".join(text for at, text in enumerate(self.texts) if at != asked)


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learnt from all entries, and what is asked afterwards."""

    lessons: tuple[Lesson, ...]
    held_back: tuple[Question, ...]


def lessons_of(entries: Sequence[Entry]) -> Lessons:
    """Divide the sentences of entries: those that are learnt, and those that are asked afterwards.

    Entries with the same sentences are one. Only what stands in a single entry is asked. Which sentence is held back
    depends on the sentence alone, so that the same are held back each time.
    """
    sentences_of = {entry.entry_id: _sentences(entry) for entry in entries}
    counts = Counter(text for own in set(sentences_of.values()) for text in own)
    lessons: list[Lesson] = []
    held_back: list[Question] = []
    seen: set[tuple[str, ...]] = set()
    for entry in entries:
        own = sentences_of[entry.entry_id]
        if own in seen:
            continue
        seen.add(own)
        single = {text for text in own if counts[text] == 1 and is_question(text)}
        kept, held = _divided(own, single)
        held_back += [Question(entry.entry_id, text) for text in held]
        texts = tuple(dict.fromkeys((plain_text(entry.title), *kept)))
        asked = tuple(at for at, text in enumerate(texts) if text in single or (at == 0 and is_question(text)))
        lessons.append(Lesson(_without(entry, set(held)), texts, asked if len(texts) > 1 else ()))
    return Lessons(tuple(lessons), tuple(held_back))


def is_question(text: str) -> bool:
    """Return whether a sentence tells enough, and not too much, to be asked."""
    return _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS


def _sentences(entry: Entry) -> tuple[str, ...]:
    """Return the symptoms and the sentences of cause and solutions, each once."""
    told = [each for text in _told(entry) for each in sentences(plain_lines(text))][:_MOST_SENTENCES]
    return tuple(dict.fromkeys(filter(None, (*map(plain_text, entry.symptoms), *map(plain_text, told)))))


def _told(entry: Entry) -> Iterator[str]:
    yield entry.cause or ""
    for solution in entry.solutions:
        yield from (block.markdown for block in solution.blocks if block.kind is not BlockKind.CODE)


def _divided(texts: Sequence[str], single: set[str]) -> tuple[list[str], list[str]]:
    """Return which sentences are kept and which are held back: about half of those that no other entry has."""
    kept: list[str] = []
    held: list[str] = []
    for text in texts:
        is_held = text in single and _hash(text) % 2 == 0 and len(texts) - len(held) > _LEFT
        (held if is_held else kept).append(text)
    return kept, held


def _hash(text: str) -> int:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[0]


def _without(entry: Entry, held: set[str]) -> Entry:
    """Return an entry without some of its sentences; its cause and its solution become plain text."""
    symptoms = tuple(each for each in entry.symptoms if plain_text(each) not in held)
    cause = _plain(entry.cause or "", held)
    told = [_plain("\n".join(block.markdown for block in each.blocks), held) for each in entry.solutions]
    solutions = tuple(Solution(None, (Block(BlockKind.TEXT, text),)) for text in told if text)
    return replace(entry, symptoms=symptoms, cause=cause or None, solutions=solutions)


def _plain(text: str, held: set[str]) -> str:
    each = (plain_text(sentence) for sentence in sentences(plain_lines(text)))
    return "\n".join(sentence for sentence in each if sentence not in held)
