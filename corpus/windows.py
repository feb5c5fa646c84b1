"""A long text in windows of whole sentences: short enough that one vector can say what each is about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

CountTokens = Callable[[str], int]

WINDOW = 61  # tokens; from 48 to 64 the quality is the same, below and above it falls
_FEWEST_WORDS = 3  # a shorter line ("Note", "Step 2") joins the next
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'\u201c(\[]?[A-Z0-9])")


def windows(text: str, *, count_tokens: CountTokens, max_tokens: int = WINDOW) -> tuple[str, ...]:
    """Pack neighbouring sentences into windows of at most `max_tokens`; a longer sentence is split between words."""
    packed: list[list[str]] = []
    room = 0
    for unit in units(text):
        for piece in _halves(unit, count_tokens, max_tokens):
            tokens = count_tokens(piece)
            if not packed or tokens > room:  # a piece may have no token at all
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
