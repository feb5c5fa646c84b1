"""The routes of the editor's page for what was asked in vain, each behind the token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Self

from fastapi import FastAPI, Query, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.editing.article_edit import NewEntry
from assistant.editing.changes import Change
from assistant.editing.desk import EditingDesk
from assistant.editing.questions import Mark, Outcome
from assistant.editing.reports import AskedInVain, DeskEntry, PublishedChange, TriedChange
from assistant.web.schema import JSON_ERRORS, READ_ERRORS, WRITE_ERRORS, Responses, Text, errors

_Line = Annotated[Text, Field(max_length=2_000)]
_Lines = Annotated[list[_Line], Field(max_length=200)]
_Guard = Callable[[Responses], dict[str, Any]]


class MarkRequest(BaseModel):
    """What an editor says of questions."""

    model_config = ConfigDict(extra="forbid")

    questions: _Lines
    mark: Annotated[Mark | None, Field(description="null takes the mark off.")]


class EntryForm(BaseModel):
    """A new entry; cause and solution are Markdown."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Text, Field(max_length=300)]
    messages: _Lines = []
    symptoms: _Lines = []
    cause: Annotated[Text, Field(max_length=20_000)] = ""
    solution: Annotated[Text, Field(max_length=100_000)]


class ChangeRequest(BaseModel):
    """A symptom for an entry, or a new entry."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[Text, Field(max_length=1_000, description="The article's file.")]
    questions: Annotated[_Lines, Field(description="What it is to answer.")] = []
    entry_id: Annotated[Text | None, Field(max_length=1_000, description="The entry that gets the symptom.")] = None
    symptom: Annotated[Text, Field(max_length=2_000)] = ""
    entry: EntryForm | None = None

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if (self.entry is None) == (self.entry_id is None):
            raise ValueError("expected either entry_id with symptom, or entry")
        return self

    def as_change(self) -> Change:
        """Return it as the desk takes it."""
        form = self.entry
        new = None if form is None else NewEntry(form.title, form.solution, form.messages, form.symptoms, form.cause)
        return Change(self.source, tuple(self.questions), self.entry_id, self.symptom, new)


class PublishRequest(ChangeRequest):
    """A change that was tried."""

    digest: Annotated[Text, Field(max_length=64, description="As the trial returned it.")]


@dataclass(frozen=True, slots=True)
class DeskEntries:
    """All entries."""

    entries: tuple[DeskEntry, ...]


def add_desk_routes(app: FastAPI, desk: EditingDesk, guarded: _Guard) -> None:
    """Add the routes.

    Args:
        app: The application.
        desk: Does what they offer.
        guarded: Makes the options of a route that only a holder of the token may use.
    """

    @app.get("/api/editor/questions", summary="What was asked in vain", **guarded(errors(422) | READ_ERRORS))
    def questions(
        days: Annotated[int | None, Query(ge=1, le=36_500, description="Only of the last so many days.")] = None,
        outcome: Annotated[Outcome | None, Query(description="Only questions that went like this.")] = None,
        article: Annotated[str | None, Query(max_length=1_000, description="Only what leads to this article.")] = None,
    ) -> AskedInVain:
        return desk.questions(days=days, outcome=outcome, article=article)

    @app.post("/api/editor/questions/mark", status_code=204, summary="Mark questions", **guarded(JSON_ERRORS))
    def mark(request: MarkRequest) -> Response:
        desk.mark(request.questions, request.mark)
        return Response(status_code=204)

    @app.get("/api/editor/entries", summary="All entries, and which can be edited", **guarded(READ_ERRORS))
    def entries() -> DeskEntries:
        return DeskEntries(desk.entries())

    @app.post(
        "/api/editor/change/prepare",
        status_code=204,
        summary="Ask in advance what a change will be compared with",
        **guarded(WRITE_ERRORS),
    )
    def prepared() -> Response:
        desk.prepare()
        return Response(status_code=204)

    @app.post(
        "/api/editor/change/try",
        summary="What a change would do; nothing is written",
        **guarded(errors(409) | JSON_ERRORS),
    )
    def tried(request: ChangeRequest) -> TriedChange:
        return desk.tried(request.as_change())

    @app.post(
        "/api/editor/change/publish",
        summary="Write a change that was tried to its article, and build",
        **guarded(errors(409) | JSON_ERRORS),
    )
    def published(request: PublishRequest) -> PublishedChange:
        return desk.published(request.as_change(), request.digest)
