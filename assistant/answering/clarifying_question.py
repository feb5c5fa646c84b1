"""The question that tells several entries apart, in their own words: "Which of these do you see?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant.answering.answer import Choice, EntryInfo, Question
from corpus.passages import plain_text
from index.decision import QuestionKind

NONE_OF_THESE = "none"
NONE_OF_ALL = "none-of-all"  # the answer to the second question, which has the next choices
_LONGEST = 160  # characters of a label
_BEGINNING = 50  # of these; messages differ most often after a sentence that many of them share
_TEXTS = {QuestionKind.WHICH: "Which of these is it?", QuestionKind.PERHAPS: "Is it one of these?"}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"\S+")


def question_about(
    kind: QuestionKind, entries: Sequence[EntryInfo], symptoms: Sequence[str | None], *, none_id: str = NONE_OF_THESE
) -> Question:
    """Return the question whose choices are the entries.

    Where several fit equally, each is shown by the part of its message that differs from the others' if all of them
    have messages, else by its title. Where none is sure, each is shown by its title and its nearest symptom.

    Args:
        kind: Why the question is asked.
        entries: The choices; none where the query says so little that no entry is nearer than another.
        symptoms: For each entry its symptom that is nearest to the query, or None.
        none_id: The id of the choice "None of these".
    """
    labels = [plain_text(entry.entry_title) for entry in entries]
    text = _TEXTS[kind] if entries else "What do you see? Paste the message, or say what you did and what happened."
    if len(entries) == 1:
        text = "Is it this one?"
    if kind is QuestionKind.WHICH and all(entry.messages for entry in entries):
        labels = differing_parts([plain_text(entry.messages[0]) for entry in entries])
        text = "Which of these do you see?"
    choices = [
        Choice(entry.entry_id, label, None if symptom is None else plain_text(symptom), (entry.entry_id,))
        for entry, label, symptom in zip(entries, labels, symptoms, strict=True)
    ]
    none = [Choice(none_id, "None of these", None, ())] if entries else []
    return Question(kind, text, (*choices, *none))


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


def differing_sentences(texts: Sequence[str]) -> list[str]:
    """Return of each text the sentences that not all of them have, whole; all of it where it has no other.

    >>> differing_sentences(["It was not sent. The file is empty.", "It was not sent. The disk is full."])
    ['The file is empty.', 'The disk is full.']
    """
    sentences = [_SENTENCE_END.split(text) for text in texts]
    shared = frozenset[str]() if len(texts) < 2 else frozenset.intersection(*map(frozenset, sentences))
    return [
        " ".join(each for each in own if each not in shared) or text for text, own in zip(texts, sentences, strict=True)
    ]


def _common_length(texts: Sequence[Sequence[str]]) -> int:
    """Return how many words at their beginnings all texts have in common."""
    return len(list(takewhile(lambda words: len(set(words)) == 1, zip(*texts, strict=False))))


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    first, last = text[:_BEGINNING].rsplit(" ", 1)[0], text[_BEGINNING - _LONGEST :].split(" ", 1)[-1]
    return f"{first} \u2026 {last}"
