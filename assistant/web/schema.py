"""The shapes of requests and answers over HTTP, described for `/openapi.json`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _encodable(text: str) -> str:
    """JSON can carry halves of characters, which are no text."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half of a character (a lone surrogate)")
    return text


Text = Annotated[str, AfterValidator(_encodable)]
K = Annotated[int, Field(ge=1, le=50, description="How many entries at most.")]


class SearchRequest(BaseModel):
    """What is asked."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[
        Text,
        Field(description="What somebody did and what went wrong, or the pasted message; up to 20,000 characters."),
    ]
    k: K = 5
    product: Annotated[Text | None, Field(description="Only articles of this product.")] = None
    tags: Annotated[list[Text], Field(max_length=50, description="Only articles with all of these tags.")] = []
    choice: Annotated[Text | None, Field(description="A choice's id, from the question of an earlier answer.")] = None


class GenerationBody(BaseModel):
    """The build of the index that answered."""

    id: str
    built_at: Annotated[str, Field(description="ISO 8601, UTC.")]


class ArticleBody(BaseModel):
    """The help article that an entry stands in."""

    id: str
    title: str
    url: str | None
    product: str | None
    tags: list[str]
    updated: Annotated[str | None, Field(description="ISO date.")]


class BlockBody(BaseModel):
    """A paragraph, list of steps, note, caution, code block, table or image; the article's Markdown."""

    kind: Literal["text", "steps", "note", "caution", "code", "table", "image"]
    markdown: str


class SolutionBody(BaseModel):
    """One way to put the error right."""

    title: str | None
    blocks: list[BlockBody]


class SourceBody(BaseModel):
    """Where the entry stands in the corpus."""

    path: str
    first_line: int | None
    last_line: int | None
    locator: str | None


class EntryBody(BaseModel):
    """One error and its fix; all texts are the article's Markdown."""

    entry_id: Annotated[str, Field(examples=["xero-error-messages#payment-exceeds-outstanding"])]
    entry_title: str
    article: ArticleBody
    breadcrumb: list[str]
    messages: Annotated[list[str], Field(description="The error as the product shows it.")]
    symptoms: list[str]
    cause: str | None
    solutions: list[SolutionBody]
    source: SourceBody


class AlignedBody(BaseModel):
    """A stretch of a pasted message held against the documented one."""

    kind: Literal["same", "different", "yours"]
    documented: str
    query: str


class WhyBody(BaseModel):
    """Why the entry was found."""

    signal: str
    field: str
    words: list[str]
    alignment: list[AlignedBody] | None


class HitBody(EntryBody):
    """An entry found."""

    rank: Annotated[int, Field(description="From 1, within its part.")]
    part: Annotated[int, Field(description="The part of the query it answers, from 0.")]
    score: float
    probability: Annotated[float | None, Field(description="Of being a right entry; null where not calibrated.")]
    why: WhyBody


class CorrectionBody(BaseModel):
    """A word of the query that was taken for another."""

    model_config = ConfigDict(populate_by_name=True)

    original: Annotated[str, Field(alias="from")]
    corrected: Annotated[str, Field(alias="to")]


class PartBody(BaseModel):
    """One error in a long paste, in Unicode code points of the query."""

    start: int
    end: int


class ChoiceBody(BaseModel):
    """One answer to the question."""

    id: str
    label: str
    entry_ids: list[str]


class QuestionBody(BaseModel):
    """What to ask back when several entries could fit."""

    text: str
    choices: list[ChoiceBody]


class AnswerBody(BaseModel):
    """What is said to a query, the same as on the command line."""

    schema_: Annotated[int, Field(alias="schema")]
    query: str
    decision: Literal["answer", "ambiguous", "none"]
    reason: Literal["no_match", "code_not_documented", "empty_query", "too_long", "unreadable_language"] | None
    threshold: float
    generation: GenerationBody
    took_ms: float
    corrections: list[CorrectionBody]
    unknown_codes: list[str]
    parts: list[PartBody]
    hits: Annotated[list[HitBody], Field(description="Best first; empty where the decision is none.")]
    near_misses: Annotated[list[HitBody], Field(description="Topics near by, never an answer.")]
    question: QuestionBody | None


class RejectedBody(BaseModel):
    """An article left out of the build."""

    source: str
    message: str
    entries: int


class StatusBody(BaseModel):
    """What is answered from."""

    generation: GenerationBody
    articles: int
    entries: int
    passages: int
    encoder: str
    rejected: list[RejectedBody]
    problem: Annotated[str | None, Field(description="Why an older generation answers, and what mends it.")]


class HealthBody(BaseModel):
    """Whether the server runs, and what is wrong with its index."""

    status: Literal["ok", "degraded", "no_index"]
    message: Annotated[str | None, Field(description="What is wrong, and the command that mends it.")]
    rejected: list[RejectedBody]


class ErrorDetail(BaseModel):
    """What went wrong; the id finds it in the server's log."""

    code: str
    message: str
    id: str


class ErrorBody(BaseModel):
    """The body of every error."""

    error: ErrorDetail


_ERRORS = {
    400: "The body cannot be read; it may be nested too deeply.",
    401: "The token is missing or wrong.",
    403: "Another site made the browser send this request.",
    404: "There is nothing with this id.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    422: "The request is not as described here.",
    429: "This client sends too many requests; try again in a minute.",
    500: "A fault of the server; its log has the details under the id.",
    503: "The index, the articles or the journal cannot be used; the message says why, and which command mends it.",
}
Responses = dict[int | str, dict[str, Any]]


def errors(*statuses: int) -> Responses:
    """Return the description of these errors for `/openapi.json`; every one has the same body."""
    return {status: {"model": ErrorBody, "description": _ERRORS[status]} for status in statuses}


READ_ERRORS = errors(429, 500, 503)
"""What a request for something can end with."""
WRITE_ERRORS = errors(403, 408, 413) | READ_ERRORS
"""What a request that sends a body can end with."""
JSON_ERRORS = errors(400, 422) | WRITE_ERRORS
"""What a request that sends JSON can end with."""
