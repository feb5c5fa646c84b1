"""The answer to a query, defined once for the page, the command line, HTTP and MCP.

The fields of these records, in their order, are the keys of the JSON. HTTP and MCP use Pydantic, which makes the JSON
and its schema from them. Importing Pydantic takes 0.1 s, an eighth of a search on the command line; so the command line
uses `json_value`, which makes the same JSON.

The metadata of a field is read by Pydantic and by `json_value`: `description` is for the schema, `alias` is a key that
Python does not allow as a name, `exclude` leaves out what only the page shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any, ClassVar, Self

from assistant.answering.filters import UnknownFilter
from corpus.article import Article, Entry, Solution
from index.build_report import Rejected
from index.decision import Decision, QuestionKind, Reason
from index.hit import Correction, Hit, Why


class _Json:
    """A record in whose schema every field is required, also one that has a default in Python."""

    __slots__ = ()
    __pydantic_config__: ClassVar[dict[str, bool]] = {"json_schema_serialization_defaults_required": True}


def json_value(value: Any) -> Any:
    """Return an answer, or a record in it, in the types that `json.dumps` takes; the same as Pydantic returns."""
    if is_dataclass(value):
        return {
            each.metadata.get("alias", each.name): json_value(getattr(value, each.name))
            for each in fields(value)
            if not each.metadata.get("exclude")
        }
    if isinstance(value, tuple):
        return [json_value(each) for each in value]
    return value.value if isinstance(value, Enum) else value


@dataclass(frozen=True, slots=True)
class Part:
    """One error in a long paste, in Unicode code points of the query; `end` is not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to the question."""

    id: str
    label: str
    symptom: str | None = field(metadata={"description": "The entry's symptom that is nearest to the query."})
    entry_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The question to ask back where several entries could fit."""

    kind: QuestionKind = field(
        metadata={"description": "which: several fit equally; perhaps: none is sure, or the query says too little."}
    )
    text: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence to the reader, in the reader's language where it is one that the assistant can write."""

    language: str = field(metadata={"description": "ISO 639-1, of the text."})
    text: str


@dataclass(frozen=True, slots=True)
class GenerationInfo:
    """The build of the index that answered."""

    id: str
    built_at: str = field(metadata={"description": "ISO 8601, UTC."})


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """The help article that an entry stands in."""

    id: str
    title: str
    url: str | None
    product: str | None
    tags: tuple[str, ...]
    updated: str | None = field(metadata={"description": "ISO date."})
    language: str | None = field(
        default=None, metadata={"description": "The tag of its language, such as de, where the article says it."}
    )

    @classmethod
    def from_article(cls, article: Article) -> ArticleInfo:
        """Return what is told of an article."""
        language = None if article.language is None else article.language.replace("_", "-")
        return cls(
            article.article_id, article.title, article.url, article.product, article.tags, article.updated, language
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry stands in the corpus: lines from 1, or a locator where a file has no lines."""

    path: str
    first_line: int | None
    last_line: int | None
    locator: str | None


@dataclass(frozen=True, slots=True)
class EntryInfo(_Json):
    """One error and its fix; all texts are the article's Markdown."""

    entry_id: str = field(metadata={"examples": ["xero-error-messages#payment-exceeds-outstanding"]})
    entry_title: str
    article: ArticleInfo
    breadcrumb: tuple[str, ...]
    messages: tuple[str, ...] = field(metadata={"description": "The error as the product shows it."})
    symptoms: tuple[str, ...]
    cause: str | None
    context: str | None = field(metadata={"exclude": True})
    solutions: tuple[Solution, ...]
    source: Source
    being_edited: bool = field(
        metadata={"description": "Its file has a version that cannot be shown yet; this is the last one that could be."}
    )

    @classmethod
    def from_entry(cls, entry: Entry, article: Article, **more: Any) -> Self:
        """Return an entry of an article; `more` is what a subclass has besides."""
        return cls(
            entry_id=entry.entry_id,
            entry_title=entry.title,
            article=ArticleInfo.from_article(article),
            breadcrumb=entry.breadcrumb,
            messages=entry.messages,
            symptoms=entry.symptoms,
            cause=entry.cause,
            context=entry.context,
            solutions=entry.solutions,
            source=Source(article.source, entry.span.first_line, entry.span.last_line, entry.span.locator),
            being_edited=entry.being_edited,
            **more,
        )


@dataclass(frozen=True)  # without slots: of a class's bases only one may have any
class _Ranked:
    rank: int = field(metadata={"description": "From 1, within its part."})
    part: int = field(metadata={"description": "The part of the query it answers, from 0."})


@dataclass(frozen=True, slots=True)
class AnswerHit(EntryInfo, _Ranked):
    """A hit with the entry it names."""

    score: float
    probability: float | None = field(metadata={"description": "Of being a right entry; null where not calibrated."})
    why: Why

    @classmethod
    def from_hit(cls, hit: Hit, entry: Entry, article: Article) -> AnswerHit:
        """Return a hit on an entry of an article."""
        rest = {"rank": hit.rank, "part": hit.part, "score": hit.score, "probability": hit.probability, "why": hit.why}
        return cls.from_entry(entry, article, **rest)


@dataclass(frozen=True, slots=True)
class Answer(_Json):
    """The answer to a query, the same on the command line, over HTTP and over MCP."""

    schema: int = field(default=1, init=False)
    query: str
    decision: Decision
    reason: Reason | None = field(metadata={"description": "Why there is no answer, where the decision is none."})
    threshold: float = field(metadata={"description": "The least probability that is shown as an answer."})
    generation: GenerationInfo
    took_ms: float
    corrections: tuple[Correction, ...] = ()
    unknown_codes: tuple[str, ...] = field(
        default=(), metadata={"description": "Codes in the query that no entry documents."}
    )
    parts: tuple[Part, ...] = field(
        default=(), metadata={"description": "The errors in a long paste; one that spans the query otherwise."}
    )
    hits: tuple[AnswerHit, ...] = field(
        default=(), metadata={"description": "Best first; empty where the decision is none."}
    )
    near_misses: tuple[AnswerHit, ...] = field(default=(), metadata={"description": "Topics near by, never an answer."})
    question: Question | None = field(
        default=None, metadata={"description": "What to ask back where the decision is ambiguous."}
    )
    notice: Notice | None = field(
        default=None,
        metadata={"description": "In which language the articles are, where the query's is not understood."},
    )
    unknown_filters: tuple[UnknownFilter, ...] = field(
        default=(), metadata={"description": "What no article has of the product and the tags that were asked for."}
    )


@dataclass(frozen=True, slots=True)
class Status(_Json):
    """The generation that answers queries, and what is wrong with it."""

    generation: GenerationInfo
    articles: int
    entries: int
    passages: int
    encoder: str = field(metadata={"description": "The encoder's name."})
    rejected: tuple[Rejected, ...] = field(metadata={"description": "Articles and entries left out of the build."})
    problem: str | None = field(
        default=None, metadata={"description": "Why an older generation answers, and how to fix that."}
    )
    more_rejected: int = field(default=0, metadata={"description": "How many more were left out than are listed."})
