"""The editor's page and its routes, each behind a token; without a token in the settings none of them exists."""

from __future__ import annotations

import hmac
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from assistant.editing import Editing
from assistant.journal import Journal
from assistant.schema import ErrorBody, Text
from index.report import Origin

MAX_PREVIEW = 10_000_000  # bytes
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class RollbackRequest(BaseModel):
    """Which generation to answer from again."""

    model_config = ConfigDict(extra="forbid")

    generation_id: Text


class CompareRequest(BaseModel):
    """Queries to ask beside those of the journal."""

    model_config = ConfigDict(extra="forbid")

    queries: list[Text] = []


def add_editor(app: FastAPI, editing: Editing, journal: Journal, *, token: str, page: bytes) -> None:
    """Add the editor's page and routes.

    Args:
        app: The application.
        editing: Does what is asked.
        journal: Whose queries a comparison asks.
        token: What a request must carry as `Authorization: Bearer <token>`.
        page: The document of the page; it holds nothing that is secret.
    """

    def check(authorization: Annotated[str, Header()] = "") -> None:
        scheme, _, given = authorization.partition(" ")
        if scheme.casefold() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            raise HTTPException(401, "The token is missing or wrong.", headers={"WWW-Authenticate": "Bearer"})

    guarded: dict[str, Any] = {
        "dependencies": [Depends(check)],
        "responses": {401: {"model": ErrorBody, "description": "The token is missing or wrong."}},
    }

    @app.get("/editor", include_in_schema=False)
    def document() -> Response:
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": _POLICY})

    @app.get("/api/editor/overview", summary="Generations, and what was done from the page", **guarded)
    def overview(*, articles: bool = False) -> Response:
        return JSONResponse({**editing.overview(), **({"articles": editing.articles()} if articles else {})})

    @app.post("/api/rebuild", summary="Build the index anew and publish it", **guarded)
    def rebuild(request: Request) -> Response:
        origin = Origin.PAGE if request.headers.get("sec-fetch-site") else Origin.HTTP
        return JSONResponse(editing.rebuild(origin=origin))

    @app.post("/api/editor/rollback", summary="Answer from an earlier generation again", **guarded)
    def rollback(asked: RollbackRequest) -> Response:
        return JSONResponse(editing.rollback(asked.generation_id))

    @app.post("/api/editor/preview", summary="The entries that an article would make", **guarded)
    async def preview(request: Request, name: Annotated[str, Query(max_length=200)] = "preview.md") -> Response:
        return JSONResponse(await run_in_threadpool(editing.preview, await request.body(), name))

    @app.post("/api/editor/compare", summary="Which first answers a build would change", **guarded)
    def compare(asked: CompareRequest) -> Response:
        return JSONResponse(editing.compare(journal, asked.queries))
