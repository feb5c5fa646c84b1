"""The route by which the page reports what people did with an answer; the report is kept in the journal."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.journal import Journal
from assistant.notes import Kind, Note
from assistant.web.schema import JSON_ERRORS, Text


class FeedbackRequest(BaseModel):
    """What happened on the page."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    query: Annotated[Text, Field(max_length=20_000, description="The query; masked before it is kept.")]
    entry_id: Annotated[Text | None, Field(max_length=500, description="The entry it is about.")] = None
    reason: Annotated[Text | None, Field(max_length=500, description="Why it did not help.")] = None
    product: Annotated[Text | None, Field(max_length=500, description="The filter's product.")] = None
    tags: Annotated[list[Text], Field(max_length=50, description="The filter's topics.")] = []
    choice: Annotated[Text | None, Field(max_length=500, description="The id of the choice made.")] = None


def add_feedback_route(app: FastAPI, assistant: AssistantInterface, journal: Journal) -> None:
    """Add the route. A report is kept with the assistant's own decision, never with one that the page claims."""

    @app.post(
        "/api/feedback",
        status_code=204,
        responses=JSON_ERRORS,
        summary="Report a query, an opened entry, or whether it helped",
    )
    def feedback(report: FeedbackRequest) -> Response:
        if journal.is_on and (report.entry_id is None or assistant.entry(report.entry_id) is not None):
            query = Query(report.query, product=report.product, tags=tuple(report.tags), choice=report.choice)
            answer = assistant.ask(query)
            journal.write(
                Note(
                    kind=report.kind,
                    query=report.query,
                    decision=answer.decision.value,
                    generation=answer.generation.id,
                    entry=report.entry_id,
                    reason=report.reason,
                )
            )
        return Response(status_code=204)
