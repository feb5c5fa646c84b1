"""What comes after "No, it did not help": the next choices, and where there are none, no answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from assistant.answering.answer import Answer, Question
from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE, question_about
from index.decision import CHOICES, Decision, QuestionKind, Reason


def next_answer(ask: Callable[[str | None], Answer], choice: str | None, unhelpful: Collection[str]) -> Answer:
    """Return what to say to someone whom some entries did not help.

    Args:
        ask: Answers the query, given a choice of the question asked back.
        choice: The choice made so far.
        unhelpful: The ids of the entries that did not help.
    """
    answer = ask(choice)
    if not unhelpful and choice is None:
        return answer
    while answer.question is not None:
        question = without(answer.question, unhelpful)
        if any(each.entry_ids for each in question.choices):
            return replace(_helping(answer, unhelpful), question=question)
        if not answer.question.choices or answer.question.choices[-1].id == NONE_OF_ALL:
            return _none(answer)
        choice = NONE_OF_THESE
        answer = ask(choice)
    if answer.decision is Decision.ANSWER:
        return _after(answer, choice, unhelpful)
    return _helping(answer, unhelpful)


def without(question: Question, unhelpful: Collection[str]) -> Question:
    """Return a question without the choices that did not help."""
    choices = tuple(each for each in question.choices if not (each.entry_ids and set(each.entry_ids) <= set(unhelpful)))
    return replace(question, choices=choices)


def _after(answer: Answer, choice: str | None, unhelpful: Collection[str]) -> Answer:
    """Return what follows an answer: of several errors in a paste the cards that are left, else a question."""
    left = _helping(answer, unhelpful)
    if len(left.hits) == len(answer.hits):
        return answer
    if choice in {NONE_OF_THESE, NONE_OF_ALL} or not left.hits:
        return _none(answer)
    if len(answer.parts) > 1:
        return left
    hits = left.hits[:CHOICES]
    symptoms = [hit.symptoms[0] if hit.symptoms else None for hit in hits]
    question = question_about(QuestionKind.PERHAPS, hits, symptoms, none_id=NONE_OF_ALL)
    return replace(left, decision=Decision.AMBIGUOUS, question=question)


def _helping(answer: Answer, unhelpful: Collection[str]) -> Answer:
    return replace(
        answer,
        hits=tuple(hit for hit in answer.hits if hit.entry_id not in unhelpful),
        near_misses=tuple(near for near in answer.near_misses if near.entry_id not in unhelpful),
    )


def _none(answer: Answer) -> Answer:
    return replace(answer, decision=Decision.NONE, reason=Reason.NO_MATCH, hits=(), near_misses=(), question=None)
