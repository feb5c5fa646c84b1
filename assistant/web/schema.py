"""The bodies of HTTP requests and responses, as `/openapi.json` describes them; the answer has its own module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import Header
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

from assistant.answering.answer import Answer, EntryInfo, Status
from assistant.answering.query import Query
from index.build_report import Rejected


def _encodable(text: str) -> str:
    """JSON can hold half of a surrogate pair, which is no text."""
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half of a character (a lone surrogate)")
    return text


Text = Annotated[str, AfterValidator(_encodable)]
ClientName = Annotated[
    Text | None,
    Header(
        alias="X-Assistant-Client",
        max_length=100,
        description="The name of the program that asks, for those who read the journal, where it is kept masked.",
    ),
]
K = Annotated[int, Field(ge=1, le=50, description="How many entries at most.")]


class SearchRequest(BaseModel):
    """A query, with what narrows it down."""

    model_config = ConfigDict(extra="forbid", strict=True)

    query: Annotated[
        Text,
        Field(description="What somebody did and what went wrong, or the pasted message; up to 20,000 characters."),
    ]
    k: K = 5
    product: Annotated[Text | None, Field(description="Only articles of this product.")] = None
    tags: Annotated[list[Text], Field(max_length=50, description="Only articles with all of these tags.")] = []
    choice: Annotated[Text | None, Field(description="A choice's id, from the question of an earlier answer.")] = None

    def as_query(self) -> Query:
        """Return the request as the assistant takes it."""
        return Query(self.query, self.k, self.product, tuple(self.tags), self.choice)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the server runs, and what is wrong with its index."""

    status: Literal["ok", "degraded", "no_index"]
    message: str | None = field(metadata={"description": "What is wrong, and the command that fixes it."})
    rejected: tuple[Rejected, ...]
    more_rejected: int = field(default=0, metadata={"description": "How many more were left out than are listed."})


class ErrorDetail(BaseModel):
    """What went wrong; the id finds it in the server's log."""

    code: str
    message: str
    id: str


class ErrorBody(BaseModel):
    """The body of every error."""

    error: ErrorDetail


_Body: TypeAlias = Answer | EntryInfo | Status | Health
_BODIES: TypeAdapter[_Body] = TypeAdapter(_Body)


def json_response(body: _Body, status: int = 200) -> JSONResponse:
    """Return a response with one of these records; Pydantic takes a tenth of the time that `json_value` does."""
    return JSONResponse(_BODIES.dump_python(body, mode="json", by_alias=True), status)


_ERRORS = {
    400: "The body cannot be read; it may be nested too deeply.",
    401: "The token is missing or wrong.",
    403: "Another site made the browser send this request.",
    404: "There is nothing with this id, or no such product or tag.",
    408: "The body did not arrive in time.",
    409: "The article has changed since; nothing was written.",
    413: "The body is too large.",
    422: "The request is not as described here.",
    429: "This client sends too many requests; try again in a minute.",
    500: "A fault of the server; its log has the details under the id.",
    503: (
        "The index, the articles or the journal cannot be used, and the message says why, and which command fixes it; "
        "or the search cannot be reached, and may be tried again."
    ),
}
Responses = dict[int | str, dict[str, Any]]


def errors(*statuses: int) -> Responses:
    """Return the description of these errors for `/openapi.json`; every one has the same body."""
    return {status: {"model": ErrorBody, "description": _ERRORS[status]} for status in statuses}


NOT_MODIFIED: Responses = {304: {"description": "The client has this already: `If-None-Match` names its `ETag`."}}
READ_ERRORS = errors(429, 500, 503)
"""What a request for something can end with."""
WRITE_ERRORS = errors(403, 408, 413) | READ_ERRORS
"""What a request that sends a body can end with."""
JSON_ERRORS = errors(400, 422) | WRITE_ERRORS
"""What a request that sends JSON can end with."""
