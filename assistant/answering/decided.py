"""What is decided on a query: whether to search, what to say to the result, and what a reader's choice changes."""

from __future__ import annotations

from dataclasses import replace

from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE
from assistant.answering.query import Query
from index.decision import CHOICES, Decision, Outcome, QuestionKind, Reason, choices_of, decide
from index.hit import SearchResult
from index.retriever import Retriever

MAX_QUERY = 20_000  # characters
_MAX_NEAR_MISSES = 3
_MIN_HITS = 2 * CHOICES  # searched for at least, so that the decision does not depend on k


def decided(text: str, query: Query, retriever: Retriever, *, is_refused: bool) -> tuple[SearchResult, Outcome]:
    """Search for a text, unless it or its filter is refused, and decide what is said to the result."""
    reason = refusal(text) or (Reason.UNKNOWN_FILTER if is_refused else None)
    if reason is not None:
        return SearchResult(()), Outcome(Decision.NONE, reason)
    result = retriever.search(text, k=max(query.k, _MIN_HITS), product=query.product, tags=query.tags)
    return result, apply_choice(decide(result, near_misses=_MAX_NEAR_MISSES), query.choice)


def refusal(text: str) -> Reason | None:
    """Return why a text is not searched for, or None where it is."""
    if len(text) > MAX_QUERY:
        return Reason.TOO_LONG
    if not any(character.isalnum() for character in text):
        return Reason.EMPTY_QUERY
    return None


def apply_choice(outcome: Outcome, choice: str | None) -> Outcome:
    """Return the decision after the reader has answered its question; a choice that is not a hit changes nothing.

    The hit that the reader chooses gets the probability of all that the question was about; the others of these are
    dropped. "None of these" leads to the next choices, and from there to no answer.
    """
    if outcome.kind is None or choice is None:
        return outcome
    offered = {hit.entry_id for hit in outcome.choices}
    others = tuple(hit for hit in outcome.hits if hit.entry_id not in offered)
    following = choices_of(others, least=0)
    if choice == NONE_OF_THESE and following:
        return Outcome(Decision.AMBIGUOUS, None, others, kind=QuestionKind.PERHAPS, choices=following)
    if choice in {NONE_OF_THESE, NONE_OF_ALL}:
        return Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=others[len(following) :][:_MAX_NEAR_MISSES])
    chosen = next((hit for hit in outcome.hits if hit.entry_id == choice), None)
    if chosen is None:
        return outcome
    among = outcome.choices if choice in offered else following
    probability = min(1.0, sum(hit.probability or 0.0 for hit in among))
    first = replace(chosen, score=outcome.hits[0].score, probability=probability)
    ranked = enumerate((first, *(hit for hit in others if hit is not chosen)), start=1)
    return Outcome(Decision.ANSWER, None, tuple(replace(hit, rank=rank) for rank, hit in ranked))
