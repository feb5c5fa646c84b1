"""A query becomes an answer: the one way in for the page, HTTP and the command line."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answer import Answer, AnswerHit, Decision, GenerationInfo, Part, Reason
from assistant.current import CurrentRetriever
from corpus.article import Article, Entry
from index.generation import Generation
from index.hit import Hit
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.store import Store

MAX_QUERY = 20_000  # characters
NEAR_MISSES = 3
THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Status:
    """What the assistant answers from.

    Attributes:
        encoder: The encoder's name.
        rejected: Articles left out of the build: file, what is wrong with it, how many entries of it were known.
        problem: Why this is not the current generation but the last good one, and what mends it; None where it is.
    """

    generation: GenerationInfo
    articles: int
    entries: int
    passages: int
    encoder: str
    rejected: tuple[tuple[str, str, int], ...]
    problem: str | None = None


class Assistant:
    """Answers queries from the generation that is current; safe to use from several threads.

    Args:
        store: Where the generations are; a new one is taken up on the next query after it was published, a bad one
            is refused.
        encoder: Encodes queries.
    """

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._current = CurrentRetriever(store, encoder)

    def ask(
        self,
        query: str,
        *,
        k: int = 5,
        product: str | None = None,
        tags: Sequence[str] = (),
        choice: str | None = None,  # noqa: ARG002 - answers the question of an ambiguous answer
    ) -> Answer:
        """Answer a query, whatever it holds.

        Args:
            query: A description in plain words, or a pasted message.
            k: How many hits at most.
            product: Only articles of this product.
            tags: Only articles with all of these tags.
            choice: The id of a choice of the question asked before.

        Raises:
            SearchIndexError: There is no index that can be used; the message names the command that makes one.
        """
        began = time.perf_counter()
        retriever = self._retriever()
        reason = unfit(query)
        hits = () if reason else retriever.search(query, k=max(k, NEAR_MISSES), product=product, tags=tags)
        above = [hit for hit in hits if hit.score >= THRESHOLD][:k]
        shown = [_with_entry(hit, retriever) for hit in above or hits[:NEAR_MISSES]]
        return Answer(
            query=query,
            decision=Decision.ANSWER if above else Decision.NONE,
            reason=None if above else reason or Reason.NO_MATCH,
            threshold=THRESHOLD,
            generation=_info(retriever.generation),
            took_ms=round((time.perf_counter() - began) * 1000, 3),
            hits=tuple(shown) if above else (),
            near_misses=() if above else tuple(shown),
            parts=(Part(0, len(query)),) if query else (),
        )

    def entry(self, entry_id: str) -> tuple[Entry, Article] | None:
        """Return an entry and its article by the entry's id, or None."""
        entries = self._retriever().entries
        row = entries.row_of(entry_id)
        return None if row is None else (entries.entry(row), entries.article(row))

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        """Return all articles, each with its entries, in order."""
        entries = self._retriever().entries
        rows = groupby(range(len(entries)), key=entries.article)
        return tuple((article, tuple(map(entries.entry, own))) for article, own in rows)

    def status(self) -> Status:
        """Return what the assistant answers from."""
        serving = self._current.serving()
        generation = serving.retriever.generation
        counts = generation.facts["counts"]
        return Status(
            generation=_info(generation),
            articles=counts["articles"],
            entries=counts["entries"],
            passages=counts["passages"],
            encoder=generation.facts["encoder"]["name"],
            rejected=tuple((source, message, held) for source, message, held in generation.facts["rejected"]),
            problem=serving.problem,
        )

    def _retriever(self) -> Retriever:
        return self._current.serving().retriever


def unfit(query: str) -> Reason | None:
    """Return why a query cannot be searched for, or None."""
    if len(query) > MAX_QUERY:
        return Reason.TOO_LONG
    if not any(character.isalnum() for character in query):
        return Reason.EMPTY_QUERY
    return None


def _with_entry(hit: Hit, retriever: Retriever) -> AnswerHit:
    row = retriever.entries.row_of(hit.entry_id)
    if row is None:
        raise LookupError(hit.entry_id)
    return AnswerHit(hit, retriever.entries.entry(row), retriever.entries.article(row))


def _info(generation: Generation) -> GenerationInfo:
    return GenerationInfo(generation.generation_id, generation.built_at)
