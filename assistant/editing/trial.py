"""What a changed article would answer, before anybody else sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answering.query import Query
from assistant.editing.reports import ToldQuestion
from assistant.publishing.comparison import Comparison
from corpus.article import Entry
from corpus.passages import whole_text
from index.analysis.terms import is_stop_word, stem, words_of

MOST_ASKED = 1_000  # queries: some seconds; of more those that are nearest to the change


def queries_to_ask(
    judged: Mapping[str, frozenset[str]], recent: Sequence[str], entry: Entry, *, most: int = MOST_ASKED
) -> tuple[str, ...]:
    """Return the queries that a trial asks: all of them, or of very many the judged ones that have most to do with it.

    Args:
        judged: Judged queries with the ids of their right entries.
        recent: The latest queries of the journal, all of which are asked.
        entry: The entry that is changed or added.
        most: How many at most.
    """
    queries = dict.fromkeys([*judged, *recent])
    if len(queries) <= most:
        return tuple(queries)
    words = _stems(whole_text(entry))
    others = [query for query in judged if query not in recent]
    near = sorted(
        others, key=lambda query: -len(_stems(query) & words) - len(words) * (entry.entry_id in judged[query])
    )
    kept = {*recent, *near[: max(0, most - len(recent))]}
    return tuple(query for query in queries if query in kept)


def told(comparison: Comparison, query: str, entry_id: str) -> ToldQuestion:
    """Return how a question is answered before and after a change of an entry."""
    before, after = (assistant.outcome(Query(query)) for assistant in (comparison.old, comparison.new))
    place = next((number for number, hit in enumerate(after.hits, 1) if hit.entry_id == entry_id), None)
    return ToldQuestion(query, before.decision, after.decision, place, is_answered=entry_id in after.shown)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text) if not is_stop_word(word))
