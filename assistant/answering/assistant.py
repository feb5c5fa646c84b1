"""A query becomes an answer: the one way in for the page, HTTP and the command line."""

from __future__ import annotations

import re
import time
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from typing import TYPE_CHECKING

from assistant.answering.answer import Answer, AnswerHit, EntryInfo, GenerationInfo, Notice, Part, Question, Status
from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE, question_about
from assistant.answering.decided import decided, refusal
from assistant.answering.filters import unknown_filters
from assistant.answering.language_notice import language_notice
from assistant.answering.query import Query
from corpus.article import Article, Entry
from index.build_report import Rejected
from index.decision import THRESHOLD, Outcome, Reason
from index.hit import Hit, SearchResult
from index.live_retriever import GenerationSource, LiveRetriever
from index.models.encoder import Encoder, Vectors
from index.retriever import Retriever
from index.storage.generation import Generation

if TYPE_CHECKING:
    from index.engines.hosted import Hosted

_MAX_REJECTED = 100  # are listed: whoever asks how the server is must not be sent megabytes
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # JSON can hold half of a surrogate pair, no encoding of text can


class Assistant:
    """Answers queries from the current generation; safe to use from several threads.

    Args:
        store: Holds the generations. The query after a new one is published is answered from it, unless it is damaged.
        encoder: Encodes queries.
        reads_all: Read all of a generation before the first query; see `LiveRetriever`.
        engine: The server that holds the entries; None where the generation's files are searched.
    """

    def __init__(
        self, store: GenerationSource, encoder: Encoder, *, reads_all: bool = True, engine: Hosted | None = None
    ) -> None:
        self._current = LiveRetriever(store, encoder, reads_all=reads_all, engine=engine)
        self._engine = engine

    def ask(self, query: Query) -> Answer:
        """Answer a query; every text has an answer.

        Raises:
            SearchIndexError: There is no index that can be used; the message names the command that makes one.
            EngineUnreachableError: The server that holds the entries does not answer.
            ValueError: `k` is less than 1.
        """
        if query.k < 1:
            raise ValueError(f"k is {query.k}; it should be at least 1")
        with self._within_limit():
            return self._answer(query)

    def _answer(self, query: Query) -> Answer:
        start = time.perf_counter()
        text = _LONE_SURROGATE.sub("\ufffd", query.text)
        retriever = self._retriever()
        is_filtered = query.product is not None or bool(query.tags)
        articles = retriever.entries.articles if is_filtered else ()
        unknown = unknown_filters(articles, product=query.product, tags=query.tags)
        result, outcome = decided(text, query, retriever, is_refused=bool(unknown))
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
            question=_question(result.vector, outcome, retriever, query.choice),
            corrections=result.corrections,
            unknown_codes=result.unknown_codes,
            parts=tuple(Part(part.start, part.end) for part in result.parts),
            notice=_notice(outcome, result, retriever),
            unknown_filters=unknown,
        )

    def outcome(self, query: Query) -> Outcome:
        """Return what is decided on a query, without the entries' texts: that is all that a comparison needs.

        Raises:
            SearchIndexError: There is no index that can be used.
        """
        text = _LONE_SURROGATE.sub("\ufffd", query.text)
        with self._within_limit():
            return decided(text, query, self._retriever(), is_refused=False)[1]

    def texts_encoded(self, text: str) -> tuple[str, ...]:
        """Return what is encoded to answer a query, so that many can be encoded at once."""
        clean = _LONE_SURROGATE.sub("\ufffd", text)
        return () if refusal(clean) else self._retriever().texts_encoded(clean)

    def content_sha256(self) -> str:
        """Return a digest of all that answers depend on, which two builds of the same articles share."""
        return self._retriever().generation.manifest.content_sha256

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
            problem=served.problem or (None if self._engine is None else self._engine.problem),
            more_rejected=max(0, len(rejected) - _MAX_REJECTED),
        )

    def check_ready(self) -> None:
        """Return if queries can be answered now; a server that holds the entries is asked.

        Raises:
            SearchIndexError: What a query would raise.
        """
        with self._within_limit():
            retriever = self._retriever()
            if self._engine is not None:
                retriever.ranker.try_engine()

    def index_size(self) -> int:
        """Return how many bytes of the current generation each further process would have for itself."""
        return self._retriever().generation.own_size

    def _within_limit(self) -> AbstractContextManager[None]:
        return nullcontext() if self._engine is None else self._engine.query()

    def _retriever(self) -> Retriever:
        return self._current.served().retriever


def _question(vector: Vectors | None, outcome: Outcome, retriever: Retriever, choice: str | None) -> Question | None:
    if outcome.kind is None:
        return None
    ids = [hit.entry_id for hit in outcome.choices]
    return question_about(
        outcome.kind,
        [_answer_hit(hit, retriever) for hit in outcome.choices],
        retriever.nearest_symptoms(vector, ids) if ids and vector is not None else (),
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
