"""What two generations answer to the same queries, so that a change is seen before readers see it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.publishing.answered_questions import AnsweredQuestion
from index.decision import Decision
from index.models.encoder import Advance
from index.models.remembering_encoder import RememberingEncoder
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


_AT_ONCE = 64  # queries whose texts are encoded together: in half of the time, and the next report is soon
_CONTENTS = 4  # whose answers are remembered: what is searched, and the changes that were tried last


class FirstAnswers:
    """Asks which entry answers a query first, once for each content of an index; safe to use from several threads.

    A change that was tried is published with the same files, so what it answers is not asked again. Nothing here gets
    old: where a file differs, the content is another one.

    Args:
        encoder: What all assistants that are asked encode queries with.
    """

    def __init__(self, encoder: RememberingEncoder) -> None:
        self.encoder = encoder
        self._lock = threading.Lock()  # of two that ask the same, one waits and finds it known
        self._known: OrderedDict[str, dict[str, str | None]] = OrderedDict()

    def of(self, assistant: Assistant, queries: Sequence[str]) -> list[str | None]:
        """Return the id of the first entry that answers each query; what was not asked before is encoded at once."""
        with self._lock:
            known = self._of_content(assistant.content_sha256())
            missing = [query for query in queries if query not in known]
            texts = dict.fromkeys(text for query in missing for text in assistant.texts_encoded(query))
            self.encoder.encode_tokens(list(texts), as_query=True)
            for query in missing:
                hits = assistant.outcome(Query(query)).hits
                known[query] = hits[0].entry_id if hits else None
            return [known[query] for query in queries]

    def _of_content(self, content: str) -> dict[str, str | None]:
        found = self._known.setdefault(content, {})
        self._known.move_to_end(content)
        while len(self._known) > _CONTENTS:
            self._known.popitem(last=False)
        return found


@dataclass(slots=True)
class Comparison:
    """Two generations that are asked the same.

    Attributes:
        old: Answers from the generation before the change.
        new: Answers from the one after it.
        first: Asks both.
        advance: Called with how many more of the queries of `differing` were asked.
    """

    old: Assistant
    new: Assistant
    first: FirstAnswers
    advance: Advance

    @classmethod
    def of(cls, store: Store, first: FirstAnswers, before: str, after: str, *, advance: Advance) -> Comparison:
        """Open two generations of a store."""
        return cls(pinned(store, before, first), pinned(store, after, first), first, advance)

    def differing(
        self, queries: Sequence[str], right: Mapping[str, frozenset[str]] | None = None
    ) -> Iterator[Difference]:
        """Yield the queries whose first answer differs.

        A change of one entry moves every score a little, for words are weighed by how many entries have them; so every
        query is asked of the new generation, however far from the change it is.

        Args:
            queries: What is asked.
            right: The ids of the right entries by query, where they are known; then each difference says whether it
                is better or worse.
        """
        for asked in at_once(queries):
            for query, before, after in zip(
                asked, self.first.of(self.old, asked), self.first.of(self.new, asked), strict=True
            ):
                if before != after:
                    verdict = None if right is None or query not in right else _verdict(before, after, right[query])
                    yield Difference(query, before, after, verdict)
            self.advance(len(asked))

    def broken(self, answered: Iterable[AnsweredQuestion]) -> Iterator[AnsweredQuestion]:
        """Yield the questions that an editor saw answered and that would be answered no longer."""
        return (each for each in answered if each.entry_id not in self.new.outcome(Query(each.query)).shown)


def pinned(store: Store, generation_id: str, first: FirstAnswers) -> Assistant:
    """Return an assistant that answers from one generation of a store, whatever is published."""
    return Assistant(_PinnedGeneration(store, generation_id), first.encoder)


def at_once(queries: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield queries in as many as are asked together."""
    yield from (queries[start : start + _AT_ONCE] for start in range(0, len(queries), _AT_ONCE))


def is_answered_by(answer: Answer, entry_id: str) -> bool:
    """Whether people who ask are shown an entry: as the answer, or among the choices of a question."""
    if answer.decision is Decision.ANSWER:
        return bool(answer.hits) and answer.hits[0].entry_id == entry_id
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
