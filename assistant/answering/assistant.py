"""A query becomes an answer: the one way in for the page, HTTP and the command line."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from itertools import groupby

from assistant.answering.answer import Answer, AnswerHit, EntryInfo, GenerationInfo, Notice, Part, Question, Status
from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE, question_about
from assistant.answering.filters import unknown_filters
from assistant.answering.language_notice import language_notice
from assistant.answering.query import Query
from corpus.article import Article, Entry
from index.build_report import Rejected
from index.decision import CHOICES, THRESHOLD, Decision, Outcome, QuestionKind, Reason, choices_of, decide
from index.hit import Hit, SearchResult
from index.live_retriever import GenerationSource, LiveRetriever
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.generation import Generation

MAX_QUERY = 20_000  # characters
_MAX_NEAR_MISSES = 3
_MAX_REJECTED = 100  # are listed: whoever asks how the server is must not be sent megabytes
_MIN_HITS = 2 * CHOICES  # searched for at least, so that the decision does not depend on k
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can hold half of a surrogate pair, no encoding of text can


class Assistant:
    """Answers queries from the current generation; safe to use from several threads.

    Args:
        store: Holds the generations. The query after a new one is published is answered from it, unless it is damaged.
        encoder: Encodes queries.
    """

    def __init__(self, store: GenerationSource, encoder: Encoder) -> None:
        self._current = LiveRetriever(store, encoder)

    def ask(self, query: Query) -> Answer:
        """Answer a query; every text has an answer.

        Raises:
            SearchIndexError: There is no index that can be used; the message names the command that makes one.
            ValueError: `k` is less than 1.
        """
        if query.k < 1:
            raise ValueError(f"k is {query.k}; it should be at least 1")
        start = time.perf_counter()
        text = _LONE_SURROGATE.sub("\ufffd", query.text)
        retriever = self._retriever()
        unknown = unknown_filters(retriever.entries.articles, product=query.product, tags=query.tags)
        reason = refusal(text) or (Reason.UNKNOWN_FILTER if unknown else None)
        if reason is not None:
            result, outcome = SearchResult(()), Outcome(Decision.NONE, reason)
        else:
            result = retriever.search(text, k=max(query.k, _MIN_HITS), product=query.product, tags=query.tags)
            outcome = apply_choice(decide(result, near_misses=_MAX_NEAR_MISSES), query.choice)
        return Answer(
            query=text,
            decision=outcome.decision,
            reason=outcome.reason,
            threshold=THRESHOLD,
            generation=_generation_info(retriever.generation),
            took_ms=round((time.perf_counter() - start) * 1000, 3),
            hits=tuple(
                _answer_hit(hit, retriever) for hit in outcome.hits if hit.rank <= query.k or hit in outcome.choices
            ),
            near_misses=tuple(_answer_hit(hit, retriever) for hit in outcome.near_misses),
            question=_question(text, outcome, retriever, query.choice),
            corrections=result.corrections,
            unknown_codes=result.unknown_codes,
            parts=tuple(Part(part.start, part.end) for part in result.parts),
            notice=_notice(outcome, result, retriever),
            unknown_filters=unknown,
        )

    def entry(self, entry_id: str) -> EntryInfo | None:
        """Return an entry by its id, or None."""
        entries = self._retriever().entries
        row = entries.row_of(entry_id)
        return None if row is None else EntryInfo.from_entry(entries.entry(row), entries.article(row))

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        """Return all articles, each with its entries, in order."""
        entries = self._retriever().entries
        rows = groupby(range(len(entries)), key=entries.article)
        return tuple((article, tuple(map(entries.entry, own))) for article, own in rows)

    def image_name(self, path: str) -> str | None:
        """Return the name of the image that a file of the articles' folder was, or None."""
        return self._retriever().images.name_of(path)

    def image(self, name: str) -> bytes | None:
        """Return an image by its name, or None."""
        return self._retriever().images.content(name)

    def status(self) -> Status:
        """Return the generation that answers queries, and what is wrong with it."""
        served = self._current.served()
        generation = served.retriever.generation
        rejected = generation.facts["rejected"]
        counts = generation.facts["counts"]
        return Status(
            generation=_generation_info(generation),
            articles=counts["articles"],
            entries=counts["entries"],
            passages=counts["passages"],
            encoder=generation.facts["encoder"]["name"],
            rejected=tuple(Rejected(*each) for each in rejected[:_MAX_REJECTED]),
            problem=served.problem,
            more_rejected=max(0, len(rejected) - _MAX_REJECTED),
        )

    def index_size(self) -> int:
        """Return how many bytes the files of the current generation have."""
        return self._retriever().generation.size

    def _retriever(self) -> Retriever:
        return self._current.served().retriever


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


def _question(query: str, outcome: Outcome, retriever: Retriever, choice: str | None) -> Question | None:
    if outcome.kind is None:
        return None
    ids = [hit.entry_id for hit in outcome.choices]
    return question_about(
        outcome.kind,
        [_answer_hit(hit, retriever) for hit in outcome.choices],
        retriever.nearest_symptoms(query, ids) if ids else (),
        none_id=NONE_OF_ALL if choice == NONE_OF_THESE else NONE_OF_THESE,
    )


def _notice(outcome: Outcome, result: SearchResult, retriever: Retriever) -> Notice | None:
    if outcome.reason is not Reason.UNREADABLE_LANGUAGE:
        return None
    return language_notice(result.language, retriever.generation.facts["languages"])


def _answer_hit(hit: Hit, retriever: Retriever) -> AnswerHit:
    row = retriever.entries.row_of(hit.entry_id)
    if row is None:
        raise LookupError(hit.entry_id)
    return AnswerHit.from_hit(hit, retriever.entries.entry(row), retriever.entries.article(row))


def _generation_info(generation: Generation) -> GenerationInfo:
    return GenerationInfo(generation.generation_id, generation.built_at)
