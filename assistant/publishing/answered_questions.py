"""Questions that an editor saw answered by a change, kept in a file beside the articles and asked again by lint.

A line of JSON each: {"query": "...", "entry_id": "..."}. They are masked, as the journal is. A line may be deleted by
hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.publishing.atomic_write import write_atomically
from corpus.authoring.findings import Finding, Rule, Severity
from index.decision import decide
from index.retriever import Retriever


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question and the entry that is to answer it."""

    query: str
    entry_id: str


def answered_file(corpus: Path) -> Path:
    """Return the file of a folder of articles: `corpus/articles.answered.jsonl` for `corpus/articles`."""
    return corpus.parent / f"{corpus.name}.answered.jsonl"


def read_answered(corpus: Path) -> tuple[AnsweredQuestion, ...]:
    """Return the questions; lines that are not as they should be are left out."""
    try:
        lines = answered_file(corpus).read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return ()
    return tuple(found for line in lines if (found := _question(line)) is not None)


def add_answered(corpus: Path, questions: Sequence[AnsweredQuestion]) -> None:
    """Add questions; one that is there with another entry gets the new one.

    Raises:
        OSError: The file cannot be written.
    """
    by_query = {each.query: each for each in (*read_answered(corpus), *questions)}
    lines = (
        json.dumps({"query": each.query, "entry_id": each.entry_id}, ensure_ascii=False) for each in by_query.values()
    )
    write_atomically(answered_file(corpus), "".join(f"{line}\n" for line in lines).encode())


def no_longer_answered(corpus: Path, retriever: Retriever, sources: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each question that people are no longer answered with its entry.

    Args:
        corpus: The folder of the articles.
        retriever: Searches them.
        sources: The file of each entry, by the entry's id.
    """
    for number, each in enumerate(read_answered(corpus), start=1):
        if each.entry_id not in decide(retriever.search(each.query, k=6)).shown:
            name = answered_file(corpus).name
            remedy = f"write it as a symptom there, or delete line {number} of {name}"
            text = f'"{each.query[:80]}" was answered by {each.entry_id} and is no longer; {remedy}'
            source = sources.get(each.entry_id, name)
            yield Finding(Rule.NO_LONGER_ANSWERED, Severity.ERROR, source, None, text, each.entry_id)


def _question(line: str) -> AnsweredQuestion | None:
    try:
        record = json.loads(line)
        query, entry_id = record["query"], record["entry_id"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return AnsweredQuestion(query, entry_id) if isinstance(query, str) and isinstance(entry_id, str) else None
