"""What an assistant says, the same for the page, HTTP and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corpus.article import Article, Entry
from index.decision import Decision, Reason
from index.hit import Correction, Hit

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One error in a long paste, as Unicode code points of the query, end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to the question that tells ambiguous entries apart."""

    choice_id: str
    label: str
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The question that tells ambiguous entries apart."""

    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """Which build of the index answered; `built_at` is ISO 8601 in UTC."""

    generation_id: str
    built_at: str


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """A hit with the entry it names and the article that holds it."""

    hit: Hit
    entry: Entry
    article: Article

    def as_json(self) -> dict[str, Any]:
        """Return the hit as programs get it; texts are the article's Markdown."""
        hit, entry, article = self.hit, self.entry, self.article
        return {
            "rank": hit.rank,
            "part": hit.part,
            **entry_as_json(entry, article),
            "score": hit.score,
            "probability": hit.probability,
            "why": {
                "signal": hit.why.signal,
                "field": hit.why.field.value,
                "words": list(hit.why.words),
                "alignment": None
                if hit.why.alignment is None
                else [
                    {"kind": run.kind, "documented": run.documented, "query": run.query} for run in hit.why.alignment
                ],
            },
        }


def entry_as_json(entry: Entry, article: Article) -> dict[str, Any]:
    """Return an entry as programs get it; texts are the article's Markdown."""
    return {
        "entry_id": entry.entry_id,
        "entry_title": entry.title,
        "article": {
            "id": article.article_id,
            "title": article.title,
            "url": article.url,
            "product": article.product,
            "tags": list(article.tags),
            "updated": article.updated,
        },
        "breadcrumb": list(entry.breadcrumb),
        "messages": list(entry.messages),
        "symptoms": list(entry.symptoms),
        "cause": entry.cause,
        "solutions": [
            {
                "title": solution.title,
                "blocks": [{"kind": block.kind.value, "markdown": block.markdown} for block in solution.blocks],
            }
            for solution in entry.solutions
        ],
        "source": {
            "path": article.source,
            "first_line": entry.span.first_line,
            "last_line": entry.span.last_line,
            "locator": entry.span.locator,
        },
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one query.

    Attributes:
        decision: With `none`, `hits` is empty and `reason` says why.
        threshold: The least score (probability, once there is one) that is shown as an answer.
        parts: The errors found in a long paste; one that spans the query otherwise.
        near_misses: The best hits under the threshold; topics, never an answer.
        question: What to ask back where the decision is `ambiguous`.
    """

    query: str
    decision: Decision
    reason: Reason | None
    threshold: float
    generation: GenerationInfo
    took_ms: float
    hits: tuple[AnswerHit, ...] = ()
    near_misses: tuple[AnswerHit, ...] = ()
    question: Question | None = None
    corrections: tuple[Correction, ...] = ()
    unknown_codes: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer as programs get it, every field present."""
        question = self.question
        return {
            "schema": SCHEMA,
            "query": self.query,
            "decision": self.decision.value,
            "reason": None if self.reason is None else self.reason.value,
            "threshold": self.threshold,
            "generation": {"id": self.generation.generation_id, "built_at": self.generation.built_at},
            "took_ms": self.took_ms,
            "corrections": [{"from": each.original, "to": each.corrected} for each in self.corrections],
            "unknown_codes": list(self.unknown_codes),
            "parts": [{"start": part.start, "end": part.end} for part in self.parts],
            "hits": [hit.as_json() for hit in self.hits],
            "near_misses": [hit.as_json() for hit in self.near_misses],
            "question": None
            if question is None
            else {
                "text": question.text,
                "choices": [
                    {"id": choice.choice_id, "label": choice.label, "entry_ids": list(choice.entry_ids)}
                    for choice in question.choices
                ],
            },
        }
