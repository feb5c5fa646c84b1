"""The question that tells entries apart, made of their own words: "Which of these do you see?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant.answering.answer import Choice, EntryInfo, Question
from corpus.passages import plain_text

NONE_OF_THESE = "none"
_LONGEST = 160  # characters of a label
_BEGINNING = 50  # of these; what tells messages apart stands most often after a sentence that many share
_WORD = re.compile(r"\S+")


def question_of(entries: Sequence[EntryInfo]) -> Question:
    """Return the question whose choices are the entries, each shown by what it alone says.

    Where all of them have messages it is the differing part of the message, else the title.
    """
    if all(entry.messages for entry in entries):
        labels = differing([plain_text(entry.messages[0]) for entry in entries])
        text = "Which of these do you see?"
    else:
        labels = [plain_text(entry.entry_title) for entry in entries]
        text = "Which of these is it?"
    choices = [Choice(entry.entry_id, label, (entry.entry_id,)) for entry, label in zip(entries, labels, strict=True)]
    return Question(text, (*choices, Choice(NONE_OF_THESE, "None of these", ())))


def differing(texts: Sequence[str]) -> list[str]:
    """Return each text without the words that all of them begin or end with, an ellipsis in their place.

    >>> differing(["Job 7 is held: no paper.", "Job 7 is held: no ink."])
    ['\u2026 paper.', '\u2026 ink.']
    """
    words = [_WORD.findall(text) for text in texts]
    first = _shared(words)
    last = _shared([each[first:][::-1] for each in words])
    if any(len(each) == first + last for each in words):  # one says nothing that the others do not
        return [_shortened(text) for text in texts]
    before, after = "\u2026 " if first else "", " \u2026" if last else ""
    return [_shortened(before + " ".join(each[first : len(each) - last]) + after) for each in words]


def _shared(texts: Sequence[Sequence[str]]) -> int:
    """Return with how many equal words all texts begin."""
    return len(list(takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    first, last = text[:_BEGINNING].rsplit(" ", 1)[0], text[_BEGINNING - _LONGEST :].split(" ", 1)[-1]
    return f"{first} \u2026 {last}"
