"""An entry becomes passages: the whole of it, its title, and windows of its messages, symptoms, cause and solutions.

A window is short, because one vector can represent one idea well. It is encoded in context, though: the encoder is
given the title and as much of the entry as fits (a model input), and the vector of a passage is pooled from the tokens
of that passage within it. So the vector of "Restart it." depends on what is to be restarted.

Source: Guenther et al., "Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding Models", 2024. On
aws-troubleshoot the best window of an entry gives nDCG@10 of .741 in this way, and .699 if windows are encoded alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from corpus.article import Entry, Field, Passage
from corpus.parsing.shown_texts import Kind, kind_of

CountTokens = Callable[[str], int]

MAX_TITLE_TOKENS = 60  # of a title, before each model input
MAX_INPUT_TOKENS = 250  # with the title; half as many are as good for some articles and worse for others
MAX_WINDOW_TOKENS = 61  # from 48 to 64 the quality is the same, below and above it is lower
_SPECIAL_TOKENS = 2  # that an encoder adds to a text, such as [CLS] and [SEP]
_MIN_WORDS = 3  # a shorter sentence ("Note", "Step 2") is joined with the next
_WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"'\u201c(\[]?[A-Z0-9])")
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_MARKUP = re.compile(
    r"(?<![\w*])[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?![\w*])"  # marks of emphasis and code at the edge of a word
    r"|^[^\S\n]{0,3}(?:#{1,6}|>|[-+*]|\d{1,9}[.)])[^\S\n]+",  # marks of headings, quotes and lists
    re.MULTILINE,
)
FieldText: TypeAlias = tuple[Field | None, str]  # a text in a model input; None if it is not a passage


def plain_text(markdown: str) -> str:
    """Return a Markdown text without markup, on one line with single spaces."""
    return " ".join(plain_lines(markdown).split())


def plain_lines(markdown: str) -> str:
    """Return a Markdown text without markup, with its line breaks."""
    text = markdown
    for _ in range(2):  # the label of a link may be an image
        text = _LINK.sub(lambda match: match["label"], text)
    return _MARKUP.sub("", text)


def whole_text(entry: Entry) -> str:
    """Return the plain text of an entry, with the titles above it: it is found by them, and their words tell less.

    Nothing is in it twice.
    """
    solutions = " ".join(_solution_texts(entry))
    around = (_telling_context(entry), *entry.breadcrumb)
    parts = (entry.title, *entry.messages, entry.cause or "", solutions, *around, *entry.symptoms)
    return " ".join(dict.fromkeys(filter(None, map(plain_text, parts))))


def passages_of(entry: Entry, *, count_tokens: CountTokens, max_tokens: int) -> tuple[Passage, ...]:
    """Return the passages of an entry: the whole of it, its title if it has one, then its windows in order.

    Of an entry that has several inputs, the first is the passage of the field WHOLE.

    Args:
        entry: The entry.
        count_tokens: Returns the number of tokens that the encoder makes of a text.
        max_tokens: How many tokens the encoder can be given at once.
    """
    limit = min(MAX_INPUT_TOKENS, max_tokens - _SPECIAL_TOKENS)
    max_title = min(MAX_TITLE_TOKENS, limit // 4)
    title_windows = windows(plain_text(entry.title), count_tokens=count_tokens, max_tokens=max_title)
    title = title_windows[0] if title_windows else ""
    room = limit - count_tokens(title)
    fields: dict[str, Field | None] = dict.fromkeys(title_windows[1:], Field.MESSAGE)  # by text, so that none is twice
    for field, text in _field_windows(entry, count_tokens, min(MAX_WINDOW_TOKENS, room - 1)):
        fields.setdefault(text, field)
    fields.pop(title, None)
    first, *others = _model_inputs(((field, text) for text, field in fields.items()), room, count_tokens)
    passages = [*_passages(entry.entry_id, (Field.MESSAGE, title), first)]
    for model_input in others:
        passages += _passages(entry.entry_id, (None, title), model_input)
    return tuple(passages)


def make_passage(entry_id: str, field: Field, model_input: str, start: int, end: int) -> Passage:
    """Return the passage `model_input[start:end]` with its digest; `start` and `end` count Unicode code points."""
    kind = "whole" if field is Field.WHOLE else "part"
    digest = hashlib.sha256(f"{kind}:{start}:{end}:{model_input}".encode()).hexdigest()
    return Passage(entry_id, field, model_input, start, model_input[start:end], digest)


def _passages(entry_id: str, title: FieldText, texts: Iterable[FieldText]) -> Iterator[Passage]:
    """Yield the passages of a model input, and the whole of it if its title is a passage."""
    fields = [each for each in (title, *texts) if each[1]]
    model_input = " ".join(text for _, text in fields)  # full stops between them cost a point of nDCG@10
    if title[0] is not None:
        yield make_passage(entry_id, Field.WHOLE, model_input, 0, len(model_input))
    start = 0
    for field, text in fields:
        if field is not None:
            yield make_passage(entry_id, field, model_input, start, start + len(text))
        start += len(text) + 1


def _model_inputs(texts: Iterable[FieldText], room: int, count_tokens: CountTokens) -> list[list[FieldText]]:
    """Group neighbouring texts into inputs of at most `room` tokens; at least one model input, which may be empty."""
    inputs: list[list[FieldText]] = [[]]
    left = room
    for field, text in texts:
        tokens = count_tokens(text)
        if tokens > left and inputs[-1]:
            inputs.append([])
            left = room
        inputs[-1].append((field, text))
        left -= tokens
    return inputs


def _field_windows(entry: Entry, count_tokens: CountTokens, max_tokens: int) -> Iterator[FieldText]:
    """Yield the windows of an entry without its title; the context, which nobody searches for, makes no passages."""
    texts: list[FieldText] = [
        *((Field.MESSAGE, plain_text(message)) for message in entry.messages),
        *((Field.SYMPTOM, plain_text(symptom)) for symptom in entry.symptoms),
        (Field.CAUSE, plain_lines(entry.cause or "")),
        *((Field.SOLUTION, plain_lines(text)) for text in _solution_texts(entry)),
        (None, plain_text(_telling_context(entry))),
    ]
    for field, text in texts:
        yield from ((field, window) for window in windows(text, count_tokens=count_tokens, max_tokens=max_tokens))


def _telling_context(entry: Entry) -> str:
    """Return an entry's context without announcements ("When you print, this error appears:"): any error has them."""
    lines = (entry.context or "").split("\n")
    return "\n".join(line for line in lines if not line.strip() or kind_of(line) is not Kind.LEAD_IN)


def _solution_texts(entry: Entry) -> Iterator[str]:
    for solution in entry.solutions:
        yield "\n".join(filter(None, (solution.title, *(block.markdown for block in solution.blocks))))


def windows(text: str, *, count_tokens: CountTokens, max_tokens: int = MAX_WINDOW_TOKENS) -> tuple[str, ...]:
    """Group neighbouring sentences into windows of at most `max_tokens`; a longer sentence is split between words."""
    grouped: list[list[str]] = []
    left = 0
    for sentence in sentences(text):
        for part in _halves(sentence, count_tokens, max_tokens):
            tokens = count_tokens(part)
            if not grouped or tokens > left:  # a part without any token would fit into no window
                grouped.append([])
                left = max_tokens
            grouped[-1].append(part)
            left -= tokens
    return tuple(map(" ".join, grouped))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, line by line; one of less than three words is joined with the next."""
    joined: list[str] = []
    short: list[str] = []
    words = 0
    for line in filter(str.strip, text.split("\n")):
        for sentence in filter(None, map(str.strip, _SENTENCE_END.split(line.strip()))):
            short.append(sentence)
            words += len(_WORD.findall(sentence))
            if words >= _MIN_WORDS:
                joined.append(" ".join(short))
                short, words = [], 0
    if short:
        joined[-1:] = [" ".join([*joined[-1:], *short])]
    return joined


def _halves(text: str, count_tokens: CountTokens, max_tokens: int) -> Iterator[str]:
    """Yield a sentence, halved until each part is short enough; a single word that is too long is cut."""
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
