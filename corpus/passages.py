"""An entry becomes passages: its messages, its symptoms, its cause and solution in windows, and the whole of it.

The windows are short because a vector says one thing well: the best window of an entry and the entry as a whole find
more together than either does alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from corpus.article import Entry, Field, Passage

CountTokens = Callable[[str], int]

WINDOW = 61  # tokens; from 48 to 64 the quality is the same, below and above it falls
_FEWEST_WORDS = 3  # a shorter line ("Note", "Step 2") joins the next
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_MARKUP = re.compile(
    r"(?<![\w*])[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?![\w*])"  # emphasis and code marks at the edge of a word
    r"|^[^\S\n]{0,3}(?:#{1,6}|>|[-+*]|\d{1,9}[.)])[^\S\n]+",  # heading, quote and list marks
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'\u201c(\[]?[A-Z0-9])")


def plain_text(markdown: str) -> str:
    """Return the words of a Markdown text, without its marks and with single spaces."""
    return " ".join(plain_lines(markdown).split())


def plain_lines(markdown: str) -> str:
    """Return a Markdown text without its marks, line by line."""
    labels = markdown
    for _ in range(2):  # an image may be the label of a link
        labels = _LINK.sub(lambda found: found["label"], labels)
    return _MARKUP.sub("", labels)


def passages_of(entry: Entry, *, count_tokens: CountTokens) -> tuple[Passage, ...]:
    """Return the passages of an entry, none twice.

    Args:
        entry: The entry.
        count_tokens: How many tokens the encoder makes of a text.
    """
    found: dict[str, Passage] = {}
    for field, text in _texts(entry, count_tokens):
        passage = make_passage(entry.entry_id, field, text)
        found.setdefault(passage.digest, passage)
    return tuple(found.values())


def make_passage(entry_id: str, field: Field, text: str) -> Passage:
    """Return a passage with its digest."""
    kind = "whole" if field is Field.WHOLE else "part"
    return Passage(entry_id, field, text, hashlib.sha256(f"{kind}:{text}".encode()).hexdigest())


def whole_text(entry: Entry) -> str:
    """Return all the entry says, as plain text: title, messages, cause, solutions, context, symptoms."""
    solutions = " ".join(_solution_texts(entry))
    parts = (entry.title, *entry.messages, entry.cause or "", solutions, entry.context or "", *entry.symptoms)
    return " ".join(dict.fromkeys(filter(None, map(plain_text, parts))))


def windows(text: str, *, count_tokens: CountTokens, max_tokens: int = WINDOW) -> tuple[str, ...]:
    """Pack neighbouring sentences into windows of at most `max_tokens`; a longer sentence is split between words."""
    packed: list[list[str]] = []
    room = 0
    for unit in units(text):
        for piece in _halves(unit, count_tokens, max_tokens):
            tokens = count_tokens(piece)
            if tokens > room:
                packed.append([])
                room = max_tokens
            packed[-1].append(piece)
            room -= tokens
    return tuple(map(" ".join, packed))


def units(text: str) -> list[str]:
    """Return the sentences of a text, line by line; what is shorter than three words joins the next."""
    found: list[str] = []
    held = ""
    for line in filter(str.strip, text.split("\n")):
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(line.strip()))):
            held = f"{held} {sentence}" if held else sentence
            if len(_WORD.findall(held)) >= _FEWEST_WORDS:
                found.append(held)
                held = ""
    if held:
        found[-1:] = [f"{found[-1]} {held}"] if found else [held]
    return found


def _halves(text: str, count_tokens: CountTokens, max_tokens: int) -> Iterator[str]:
    """Yield a sentence, or the halves of it that are short enough; a word of too many tokens is cut inside."""
    if count_tokens(text) <= max_tokens or len(text) < 2:
        yield text
        return
    words = text.split()
    middle = len(words) // 2
    halves = (" ".join(words[:middle]), " ".join(words[middle:])) if middle else _cut(text)
    for half in halves:
        yield from _halves(half, count_tokens, max_tokens)


def _cut(word: str) -> tuple[str, str]:
    return word[: len(word) // 2], word[len(word) // 2 :]


def _texts(entry: Entry, count_tokens: CountTokens) -> Iterator[tuple[Field, str]]:
    """Yield the whole entry first and its title second, which is where late interaction looks for it."""
    yield Field.WHOLE, whole_text(entry)
    for message in (entry.title, *entry.messages):
        yield Field.MESSAGE, plain_text(message)
    for symptom in entry.symptoms:
        yield Field.SYMPTOM, plain_text(symptom)
    for field, text in [(Field.CAUSE, entry.cause or ""), *((Field.SOLUTION, text) for text in _solution_texts(entry))]:
        yield from ((field, each) for each in _windows_and_sentences(plain_lines(text), count_tokens))


def _windows_and_sentences(text: str, count_tokens: CountTokens) -> tuple[str, ...]:
    """A text that fits into one window gives its sentences one by one as well: each may be what was asked about."""
    found = windows(text, count_tokens=count_tokens)
    return found if len(found) != 1 else (*found, *units(text))


def _solution_texts(entry: Entry) -> Iterator[str]:
    for solution in entry.solutions:
        yield "\n".join(filter(None, (solution.title, *(block.markdown for block in solution.blocks))))
