"""What people did with an answer, told by the page and kept in the journal."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.interface import Answering
from assistant.journal import Journal, Kind, Note
from assistant.web.schema import JSON_ERRORS, Text


class FeedbackRequest(BaseModel):
    """What happened on the page."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    query: Annotated[Text, Field(max_length=20_000, description="What was asked; masked before it is kept.")]
    entry_id: Annotated[Text | None, Field(max_length=500, description="The entry it is about.")] = None
    reason: Annotated[Text | None, Field(max_length=500, description="Why it did not help.")] = None
    product: Annotated[Text | None, Field(max_length=500, description="The filter's product.")] = None
    tags: Annotated[list[Text], Field(max_length=50, description="The filter's topics.")] = []
    choice: Annotated[Text | None, Field(max_length=500, description="What was chosen of the question.")] = None


def add_feedback(app: FastAPI, assistant: Answering, journal: Journal) -> None:
    """Add the route that the page tells; what it says is kept only with what the assistant itself decided."""

    @app.post(
        "/api/feedback",
        status_code=204,
        responses=JSON_ERRORS,
        summary="Say what was asked, opened, or whether it helped",
    )
    def feedback(told: FeedbackRequest) -> Response:
        if journal.is_on and (told.entry_id is None or assistant.entry(told.entry_id) is not None):
            answer = assistant.ask(told.query, product=told.product, tags=tuple(told.tags), choice=told.choice)
            journal.write(
                Note(
                    kind=told.kind,
                    query=told.query,
                    decision=answer.decision.value,
                    generation=answer.generation.generation_id,
                    entry=told.entry_id,
                    reason=told.reason,
                )
            )
        return Response(status_code=204)
