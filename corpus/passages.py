"""An entry becomes passages: the whole of it, its title, its messages, symptoms, cause and solution in windows.

A window is short, because a vector says one thing well; but it is not read alone. The encoder reads a segment, as much
of the entry as it can at once with the title before it, and a passage's vector is made of what it understood of the
passage's own words there. So "Restart it." still knows what is to be restarted.

Source: Guenther et al., "Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models", 2024. On
aws-troubleshoot the best window of an entry finds .741 in this way (nDCG@10), and .699 where windows are encoded alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from corpus.article import Entry, Field, Passage

CountTokens = Callable[[str], int]

TITLE = 60  # tokens of a title that stand before each segment
SEGMENT = 250  # tokens, the title's included; a segment of half as many is as good for some articles, worse for others
WINDOW = 61  # tokens; from 48 to 64 the quality is the same, below and above it falls
_MARKS = 2  # tokens that an encoder puts around a text
_MIN_WORDS = 3  # a shorter line ("Note", "Step 2") joins the next
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'\u201c(\[]?[A-Z0-9])")
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_MARKUP = re.compile(
    r"(?<![\w*])[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?![\w*])"  # emphasis and code marks at the edge of a word
    r"|^[^\S\n]{0,3}(?:#{1,6}|>|[-+*]|\d{1,9}[.)])[^\S\n]+",  # heading, quote and list marks
    re.MULTILINE,
)
Piece: TypeAlias = tuple[Field | None, str]  # a text that the encoder reads, and the field of its passage if it has one


def plain_text(markdown: str) -> str:
    """Return the words of a Markdown text, without its marks and with single spaces."""
    return " ".join(plain_lines(markdown).split())


def plain_lines(markdown: str) -> str:
    """Return a Markdown text without its marks, line by line."""
    labels = markdown
    for _ in range(2):  # an image may be the label of a link
        labels = _LINK.sub(lambda found: found["label"], labels)
    return _MARKUP.sub("", labels)


def whole_text(entry: Entry) -> str:
    """Return all the entry says, as plain text: title, messages, cause, solutions, context, symptoms."""
    solutions = " ".join(_solution_texts(entry))
    parts = (entry.title, *entry.messages, entry.cause or "", solutions, entry.context or "", *entry.symptoms)
    return " ".join(dict.fromkeys(filter(None, map(plain_text, parts))))


def passages_of(entry: Entry, *, count_tokens: CountTokens, max_tokens: int) -> tuple[Passage, ...]:
    """Return the passages of an entry: the whole of it, its title where it has one, then what it says, in its order.

    Of an entry that is longer than what the encoder reads, the first segment is taken for the whole.

    Args:
        entry: The entry.
        count_tokens: How many tokens the encoder makes of a text.
        max_tokens: How many the encoder reads at once.
    """
    limit = min(SEGMENT, max_tokens - _MARKS)
    in_title = windows(plain_text(entry.title), count_tokens=count_tokens, max_tokens=min(TITLE, limit // 4))
    title = in_title[0] if in_title else ""
    room = limit - count_tokens(title)
    pieces: dict[str, Field | None] = dict.fromkeys(in_title[1:], Field.MESSAGE)
    for field, text in _pieces(entry, count_tokens, min(WINDOW, room - 1)):
        pieces.setdefault(text, field)
    pieces.pop(title, None)
    first, *others = _packed(((field, text) for text, field in pieces.items()), room, count_tokens)
    found = [*_passages(entry.entry_id, (Field.MESSAGE, title), first)]
    for more in others:
        found += _passages(entry.entry_id, (None, title), more)
    return tuple(found)


def make_passage(entry_id: str, field: Field, segment: str, start: int, end: int) -> Passage:
    """Return a passage with its digest."""
    kind = "whole" if field is Field.WHOLE else "part"
    digest = hashlib.sha256(f"{kind}:{start}:{end}:{segment}".encode()).hexdigest()
    return Passage(entry_id, field, segment, start, segment[start:end], digest)


def _passages(entry_id: str, title: Piece, pieces: Iterable[Piece]) -> Iterator[Passage]:
    """Yield the passages of a segment; the whole of it as well where its title is to have one."""
    read = [piece for piece in (title, *pieces) if piece[1]]
    segment = " ".join(text for _, text in read)  # full stops between them would cost a point of nDCG@10
    if title[0] is not None:
        yield make_passage(entry_id, Field.WHOLE, segment, 0, len(segment))
    start = 0
    for field, text in read:
        if field is not None:
            yield make_passage(entry_id, field, segment, start, start + len(text))
        start += len(text) + 1


def _packed(pieces: Iterable[Piece], room: int, count_tokens: CountTokens) -> list[list[Piece]]:
    """Put neighbouring pieces together, as many as there is room for; a list without any where there are none."""
    packed: list[list[Piece]] = [[]]
    left = room
    for piece in pieces:
        tokens = count_tokens(piece[1])
        if tokens > left and packed[-1]:
            packed.append([])
            left = room
        packed[-1].append(piece)
        left -= tokens
    return packed


def _pieces(entry: Entry, count_tokens: CountTokens, max_tokens: int) -> Iterator[Piece]:
    """Yield what an entry says beside its title; where it applies is read with it, but nobody searches for that."""
    texts: list[Piece] = [
        *((Field.MESSAGE, plain_text(message)) for message in entry.messages),
        *((Field.SYMPTOM, plain_text(symptom)) for symptom in entry.symptoms),
        (Field.CAUSE, plain_lines(entry.cause or "")),
        *((Field.SOLUTION, plain_lines(text)) for text in _solution_texts(entry)),
        (None, plain_text(entry.context or "")),
    ]
    for field, text in texts:
        yield from ((field, each) for each in windows(text, count_tokens=count_tokens, max_tokens=max_tokens))


def _solution_texts(entry: Entry) -> Iterator[str]:
    for solution in entry.solutions:
        yield "\n".join(filter(None, (solution.title, *(block.markdown for block in solution.blocks))))


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
            if len(_WORD.findall(held)) >= _MIN_WORDS:
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
