"""The question that tells several entries apart, in their own words: "Which of these do you see?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant.answering.answer import Choice, EntryInfo, Question
from corpus.passages import plain_text

NONE_OF_THESE = "none"
_LONGEST = 160  # characters of a label
_BEGINNING = 50  # of these; messages differ most often after a sentence that many of them share
_WORD = re.compile(r"\S+")


def question_about(entries: Sequence[EntryInfo]) -> Question:
    """Return the question whose choices are the entries.

    A choice is labelled with the part of the entry's message that differs from the other messages, or with the entry's
    title where one of the entries has no message.
    """
    if all(entry.messages for entry in entries):
        labels = differing_parts([plain_text(entry.messages[0]) for entry in entries])
        text = "Which of these do you see?"
    else:
        labels = [plain_text(entry.entry_title) for entry in entries]
        text = "Which of these is it?"
    choices = [Choice(entry.entry_id, label, (entry.entry_id,)) for entry, label in zip(entries, labels, strict=True)]
    return Question(text, (*choices, Choice(NONE_OF_THESE, "None of these", ())))


def differing_parts(texts: Sequence[str]) -> list[str]:
    """Return each text with an ellipsis in place of the words that all of them begin or end with.

    >>> differing_parts(["Job 7 is held: no paper.", "Job 7 is held: no ink."])
    ['\u2026 paper.', '\u2026 ink.']
    """
    words = [_WORD.findall(text) for text in texts]
    first = _common_length(words)
    last = _common_length([each[first:][::-1] for each in words])
    if any(len(each) == first + last for each in words):  # one of them has no words of its own
        return [_shortened(text) for text in texts]
    before, after = "\u2026 " if first else "", " \u2026" if last else ""
    return [_shortened(before + " ".join(each[first : len(each) - last]) + after) for each in words]


def _common_length(texts: Sequence[Sequence[str]]) -> int:
    """Return how many words at their beginnings all texts have in common."""
    return len(list(takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    first, last = text[:_BEGINNING].rsplit(" ", 1)[0], text[_BEGINNING - _LONGEST :].split(" ", 1)[-1]
    return f"{first} \u2026 {last}"
