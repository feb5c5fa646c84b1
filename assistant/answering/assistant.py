"""A query becomes an answer: the one way in for the page, HTTP and the command line."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from assistant.answering.answer import Answer, AnswerHit, EntryInfo, GenerationInfo, Part, Status
from assistant.answering.clarifying_question import NONE_OF_THESE, question_of
from corpus.article import Article, Entry
from index.build_report import Rejected
from index.decision import CHOICES, THRESHOLD, Decision, Outcome, Reason, decide
from index.hit import Hit, SearchResult
from index.live_retriever import GenerationSource, LiveRetriever
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.generation import Generation

MAX_QUERY = 20_000  # characters
NEAR_MISSES = 3
LOOKED_AT = max(NEAR_MISSES, CHOICES + 1)  # hits at least: what is decided does not depend on how many are wanted
_HALF_PAIR = re.compile("[\ud800-\udfff]")  # JSON can hold half of a surrogate pair, no encoding of text can


class Assistant:
    """Answers queries from the generation that is current; safe to use from several threads.

    Args:
        store: Where the generations are; a new one is taken up on the next query after it was published, a bad one
            is refused.
        encoder: Encodes queries.
    """

    def __init__(self, store: GenerationSource, encoder: Encoder) -> None:
        self._current = LiveRetriever(store, encoder)

    def ask(
        self,
        query: str,
        *,
        k: int = 5,
        product: str | None = None,
        tags: Sequence[str] = (),
        choice: str | None = None,
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
            ValueError: `k` is less than 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}; it should be at least 1")
        began = time.perf_counter()
        query = _HALF_PAIR.sub("\ufffd", query)
        retriever = self._retriever()
        if (reason := unfit(query)) is not None:
            found, decided = SearchResult(()), Outcome(Decision.NONE, reason)
        else:
            found = retriever.search(query, k=max(k, LOOKED_AT), product=product, tags=tags)
            decided = chosen(decide(found, near_misses=NEAR_MISSES), choice)
        return Answer(
            query=query,
            decision=decided.decision,
            reason=decided.reason,
            threshold=THRESHOLD,
            generation=_info(retriever.generation),
            took_ms=round((time.perf_counter() - began) * 1000, 3),
            hits=tuple(_with_entry(hit, retriever) for hit in decided.hits if hit.rank <= k),
            near_misses=tuple(_with_entry(hit, retriever) for hit in decided.near_misses),
            question=question_of([_with_entry(hit, retriever) for hit in decided.tied]) if decided.tied else None,
            corrections=found.corrections,
            unknown_codes=found.unknown_codes,
            parts=tuple(Part(part.start, part.end) for part in found.parts),
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
        """Return what the assistant answers from."""
        served = self._current.served()
        generation = served.retriever.generation
        counts = generation.facts["counts"]
        return Status(
            generation=_info(generation),
            articles=counts["articles"],
            entries=counts["entries"],
            passages=counts["passages"],
            encoder=generation.facts["encoder"]["name"],
            rejected=tuple(Rejected(*each) for each in generation.facts["rejected"]),
            problem=served.problem,
        )

    def index_size(self) -> int:
        """Return how many bytes the files of the current generation have."""
        return self._retriever().generation.size

    def _retriever(self) -> Retriever:
        return self._current.served().retriever


def unfit(query: str) -> Reason | None:
    """Return why a query cannot be searched for, or None."""
    if len(query) > MAX_QUERY:
        return Reason.TOO_LONG
    if not any(character.isalnum() for character in query):
        return Reason.EMPTY_QUERY
    return None


def chosen(decided: Outcome, choice: str | None) -> Outcome:
    """Return what is decided once the question was answered; a choice that was not offered changes nothing.

    The entry that was chosen has the chances of all that it was chosen among, and those that were not are gone.
    """
    tied = {hit.entry_id: hit for hit in decided.tied}
    others = tuple(hit for hit in decided.hits if hit.entry_id not in tied)
    if choice == NONE_OF_THESE and tied:
        return Outcome(Decision.NONE, Reason.NO_MATCH, near_misses=others[:NEAR_MISSES])
    if choice not in tied:
        return decided
    chance = min(1.0, sum(hit.probability or 0.0 for hit in tied.values()))
    ranked = [replace(tied[choice], score=decided.tied[0].score, probability=chance), *others]
    return Outcome(Decision.ANSWER, None, tuple(replace(hit, rank=rank) for rank, hit in enumerate(ranked, start=1)))


def _with_entry(hit: Hit, retriever: Retriever) -> AnswerHit:
    row = retriever.entries.row_of(hit.entry_id)
    if row is None:
        raise LookupError(hit.entry_id)
    return AnswerHit.from_hit(hit, retriever.entries.entry(row), retriever.entries.article(row))


def _info(generation: Generation) -> GenerationInfo:
    return GenerationInfo(generation.generation_id, generation.built_at)
