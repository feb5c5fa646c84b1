"""The judged queries beside the articles: what people ask, and which entries answer it."""

from __future__ import annotations

from pathlib import Path

from index.evaluation.judged_set import read_judged_set


def judged_queries(corpus: Path) -> dict[str, frozenset[str]]:
    """Return the queries of the judged set beside a folder of articles, each with the ids of its right entries.

    Raises:
        SearchIndexError: The set cannot be read.
    """
    folder = corpus.parent / "judgments"
    if not (folder / "queries.jsonl").exists():
        return {}
    judged = read_judged_set(folder)
    queries = (*judged.answerable, *judged.unanswerable)
    return {query.text: frozenset(entry_id for entry_id, _ in query.grades) for query in queries}
