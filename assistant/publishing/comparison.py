"""What two generations answer to the same queries, so that a change is seen before readers see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from index.decision import Decision
from index.models.remembering_encoder import RememberingEncoder
from index.query_parts import texts_of
from index.storage.generation import Generation
from index.storage.store import ListedGeneration, Store

Verdict = Literal["better", "worse"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A query whose first answer two generations do not have in common."""

    query: str
    before: str | None = field(metadata={"description": "The id of the first entry; null where there was no answer."})
    after: str | None
    verdict: Verdict | None = field(metadata={"description": "null where the right entry is not known, or neither is."})


@dataclass(slots=True)
class Comparison:
    """Two generations that are asked the same.

    Attributes:
        old: Answers from the generation before the change.
        new: Answers from the one after it.
        encoder: What both encode queries with.
        remembered: What the old generation answered to a query, by generation and query.
    """

    old: Assistant
    new: Assistant
    encoder: RememberingEncoder
    before_id: str
    remembered: dict[tuple[str, str], str | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        store: Store,
        encoder: RememberingEncoder,
        before: str,
        after: str,
        remembered: dict[tuple[str, str], str | None],
    ) -> Comparison:
        """Open two generations of a store."""
        old, new = (Assistant(_PinnedGeneration(store, each), encoder) for each in (before, after))
        return cls(old, new, encoder, before, remembered)

    def differing(
        self, queries: Sequence[str], right: Mapping[str, frozenset[str]] | None = None
    ) -> Iterator[Difference]:
        """Yield the queries whose first answer differs.

        Args:
            queries: What is asked.
            right: The ids of the right entries by query, where they are known; then each difference says whether it
                is better or worse.
        """
        self._encode(queries)
        for query in queries:
            key = (self.before_id, query)
            if key not in self.remembered:
                self.remembered[key] = first_of(self.old.ask(Query(query, k=1)))
            before, after = self.remembered[key], first_of(self.new.ask(Query(query, k=1)))
            if before != after:
                verdict = None if right is None or query not in right else _verdict(before, after, right[query])
                yield Difference(query, before, after, verdict)

    def _encode(self, queries: Sequence[str]) -> None:
        """Encode all queries at once, which takes a fraction of the time; the encoder remembers them."""
        known = {query for generation, query in self.remembered if generation == self.before_id}
        texts = [text for query in queries if query not in known for text in texts_of(query)]
        self.encoder.encode_tokens(list(dict.fromkeys(texts)), as_query=True)


def first_of(answer: Answer) -> str | None:
    """Return the id of the first entry that answers a query, or None."""
    return answer.hits[0].entry_id if answer.hits else None


def is_answered_by(answer: Answer, entry_id: str) -> bool:
    """Whether people who ask are shown an entry: as the answer, or among the choices of a question."""
    if answer.decision is Decision.ANSWER:
        return first_of(answer) == entry_id
    return answer.question is not None and any(entry_id in choice.entry_ids for choice in answer.question.choices)


def _verdict(before: str | None, after: str | None, right: frozenset[str]) -> Verdict | None:
    """Say whether a difference is better or worse; no right entry means that none should be the answer."""
    was, is_now = ((each in right) if right else each is None for each in (before, after))
    return None if was == is_now else "better" if is_now else "worse"


@dataclass(frozen=True, slots=True)
class _PinnedGeneration:
    """Gives one generation of a store as the current one, whatever is published."""

    store: Store
    generation_id: str

    def current_id(self) -> str:
        return self.generation_id

    def current(self) -> Generation:
        return self.store.open(self.generation_id)

    def generations(self) -> Sequence[ListedGeneration]:
        return ()  # if it cannot be used, no other may answer in its place

    def open(self, generation_id: str, /) -> Generation:
        return self.store.open(generation_id)
