"""An entry becomes passages: each message and symptom, its cause and solution in windows, and the whole of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator

from corpus.article import Entry, Field, Passage

CountTokens = Callable[[str], int]

_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_MARKUP = re.compile(
    r"(?<![\w*])[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?![\w*])"  # emphasis and code marks at the edge of a word
    r"|^\s{0,3}(?:#{1,6}|>|[-+*]|\d{1,9}[.)])\s+",  # heading, quote and list marks
    re.MULTILINE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?:])\s+(?=\S)|\n+")


def plain_text(markdown: str) -> str:
    """Return the words of a Markdown text, without its marks and with single spaces."""
    labels = markdown
    for _ in range(2):  # an image may be the label of a link
        labels = _LINK.sub(lambda found: found["label"], labels)
    return " ".join(_MARKUP.sub("", labels).split())


def passages_of(entry: Entry, *, count_tokens: CountTokens, max_tokens: int) -> tuple[Passage, ...]:
    """Return the passages of an entry, none twice.

    Args:
        entry: The entry.
        count_tokens: How many tokens the encoder makes of a text.
        max_tokens: How many tokens the encoder reads; longer parts become several passages.
    """
    found: dict[str, Passage] = {}
    for field, text in _texts(entry):
        for window in windows(text, count_tokens=count_tokens, max_tokens=max_tokens):
            digest = hashlib.sha256(window.encode()).hexdigest()
            found.setdefault(digest, Passage(entry.entry_id, field, window, digest))
    return tuple(found.values())


def whole_text(entry: Entry) -> str:
    """Return all the entry says, as plain text: title, messages, cause, solutions, context."""
    solutions = " ".join(_solution_texts(entry))
    parts = (entry.title, *entry.messages, entry.cause or "", solutions, entry.context or "")
    return " ".join(filter(None, map(plain_text, parts)))


def windows(text: str, *, count_tokens: CountTokens, max_tokens: int) -> tuple[str, ...]:
    """Split a text into runs of whole sentences of at most `max_tokens`; a longer sentence is split between words."""
    if not text:
        return ()
    if count_tokens(text) <= max_tokens:
        return (text,)
    found: list[str] = []
    run = ""
    for piece in _pieces(text, count_tokens, max_tokens):
        joined = f"{run} {piece}" if run else piece
        if run and count_tokens(joined) > max_tokens:
            found.append(run)
            run = piece
        else:
            run = joined
    return (*found, run) if run else tuple(found)


def _pieces(text: str, count_tokens: CountTokens, max_tokens: int) -> Iterator[str]:
    for sentence in _SENTENCE_END.split(text):
        yield from _halves(sentence, count_tokens, max_tokens)


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


def _texts(entry: Entry) -> Iterator[tuple[Field, str]]:
    yield Field.MESSAGE, plain_text(entry.title)
    for message in entry.messages:
        yield Field.MESSAGE, plain_text(message)
    for symptom in entry.symptoms:
        yield Field.SYMPTOM, plain_text(symptom)
    if entry.cause:
        yield Field.CAUSE, plain_text(entry.cause)
    for solution in _solution_texts(entry):
        yield Field.SOLUTION, plain_text(solution)
    yield Field.WHOLE, whole_text(entry)


def _solution_texts(entry: Entry) -> Iterator[str]:
    for solution in entry.solutions:
        yield "\n".join(filter(None, (solution.title, *(block.markdown for block in solution.blocks))))
