"""The editor's page and its routes, each behind a token; without a token in the settings there are none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from assistant.editing.desk import EditingDesk
from assistant.journal import Journal
from assistant.publishing.article_preview import ArticleFindings, Preview
from assistant.publishing.editor_session import Compared, EditorSession
from assistant.publishing.overview import Overview
from assistant.web.desk_routes import add_desk_routes
from assistant.web.middleware.body_limit import holds_token
from assistant.web.schema import JSON_ERRORS, READ_ERRORS, WRITE_ERRORS, Responses, Text, errors
from index.build_report import BuildReport, Origin

_TOKEN = HTTPBearer(  # describes it; `check` compares it, and answers as every other error is answered
    scheme_name="token", description="The text of ASSISTANT_TOKEN.", auto_error=False
)
MAX_PREVIEW = 10_000_000  # bytes
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class RollbackRequest(BaseModel):
    """Which generation to answer from again."""

    model_config = ConfigDict(extra="forbid")

    generation_id: Text


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Which generation answers now."""

    generation_id: str


@dataclass(frozen=True, slots=True)
class Articles:
    """The files of the articles' folder, each with what to correct in it."""

    articles: tuple[ArticleFindings, ...]


class CompareRequest(BaseModel):
    """Queries to compare besides those of the journal."""

    model_config = ConfigDict(extra="forbid")

    queries: list[Text] = []


def add_editor_routes(
    app: FastAPI, editor: EditorSession, desk: EditingDesk, journal: Journal, *, token: str, page: bytes
) -> None:
    """Add the editor's page and routes.

    Args:
        app: The application.
        editor: Does what the routes offer.
        desk: Does what they offer for questions that were asked in vain.
        journal: The past queries that a comparison uses.
        token: What a request must carry as `Authorization: Bearer <token>`.
        page: The document of the page; it holds nothing that is secret.
    """

    def check(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Depends(_TOKEN)]) -> None:
        if not holds_token(request.headers, token):
            raise HTTPException(401, "The token is missing or wrong.", headers={"WWW-Authenticate": "Bearer"})

    def guarded(responses: Responses) -> dict[str, Any]:
        return {"dependencies": [Depends(check)], "responses": errors(401) | responses}

    @app.get("/editor", include_in_schema=False)
    def document() -> Response:
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": _POLICY})

    @app.get("/api/editor/overview", summary="Generations, the log, a build's progress", **guarded(READ_ERRORS))
    def overview() -> Overview:
        return editor.overview()

    @app.get(
        "/api/editor/articles",
        summary="What to correct in the articles",
        **guarded(errors(422) | READ_ERRORS),
    )
    def articles(
        *, searched: Annotated[bool, Query(description="Search for each entry by its own words, too.")] = False
    ) -> Articles:
        return Articles(editor.articles(searched=searched))

    @app.post(
        "/api/editor/preview",
        summary="The entries that an article would make",
        **guarded(errors(422) | WRITE_ERRORS),
    )
    async def preview(request: Request, name: Annotated[str, Query(max_length=200)] = "preview.md") -> Preview:
        return await run_in_threadpool(editor.preview, await request.body(), name)

    _add_builds(app, editor, journal, guarded)
    add_desk_routes(app, desk, guarded)


def _add_builds(
    app: FastAPI, editor: EditorSession, journal: Journal, guarded: Callable[[Responses], dict[str, Any]]
) -> None:
    @app.post("/api/rebuild", summary="Build the index again and publish it", **guarded(WRITE_ERRORS))
    def rebuild(request: Request) -> BuildReport:
        origin = Origin.PAGE if request.headers.get("sec-fetch-site") else Origin.HTTP
        return editor.rebuild(origin=origin)

    @app.post(
        "/api/editor/rollback",
        summary="Answer from an earlier generation again",
        **guarded(errors(404) | JSON_ERRORS),
    )
    def rollback(request: RollbackRequest) -> RolledBack:
        if not editor.has(request.generation_id):
            raise HTTPException(404, 'There is no such generation; "assistant generations" lists them.')
        editor.rollback(request.generation_id)
        return RolledBack(request.generation_id)

    @app.post("/api/editor/compare", summary="Which first answers a build would change", **guarded(JSON_ERRORS))
    def compare(request: CompareRequest) -> Compared:
        return editor.compare(journal, request.queries)
