"""The HTTP application: our own routes, with the page mounted at the root."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi import Query as Parameter
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from assistant.answering.answer import Answer, Status
from assistant.answering.catalogue import CatalogueSource
from assistant.answering.interface import AssistantInterface, ImageSource
from assistant.answering.query import Query
from assistant.answering.worker_pool import queries_at_once
from assistant.editing.desk import EditingDesk
from assistant.errors import ConflictError, EditError, JournalError, QueryTimeoutError
from assistant.journal import Journal
from assistant.pictures.picture_reader import PictureReader, missing_reader
from assistant.publishing.editor_session import EditorSession
from assistant.rendering.answer_html import UNREACHABLE
from assistant.rendering.page_parts import document_head_html, waiting_html
from assistant.rendering.page_view import PageRenderer
from assistant.rendering.plain.pages import PlainPages, Site
from assistant.search_notes import SearchNotes
from assistant.settings import Crawlers, Searches, Settings
from assistant.web.api.catalogue_routes import add_catalogue_routes
from assistant.web.api.picture_routes import PICTURE_LIMITS, add_picture_routes
from assistant.web.caching import NOT_KEPT, Freshness
from assistant.web.description import add_description
from assistant.web.editor_routes import MAX_PREVIEW, add_editor_routes
from assistant.web.feedback_routes import add_feedback_route
from assistant.web.image_routes import add_image_route, image_addresses
from assistant.web.middleware.responses import error_body
from assistant.web.middleware.stack import middleware_stack
from assistant.web.pages.page_routes import POLICY, PageParts, add_page_routes
from assistant.web.pages.site_files import add_site_files
from assistant.web.schema import (
    JSON_ERRORS,
    READ_ERRORS,
    ClientName,
    Health,
    SearchRequest,
    errors,
    json_response,
)
from assistant.web.widget.routes import WidgetAnswers, add_widget_routes
from corpus.errors import CorpusError
from index.build_report import Rejected
from index.errors import EngineError, EngineUnreachableError, SearchIndexError

_LOG = logging.getLogger(__name__)
_DESCRIPTION = "Finds the error entry in the help articles that fixes the problem somebody describes in plain words."
_STATIC_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def create_app(
    assistant: AssistantInterface,
    settings: Settings,
    *,
    editor: EditorSession | None = None,
    pictures: ImageSource | None = None,
    reader: PictureReader | None = None,
) -> FastAPI:
    """Make the application that answers people on its page and programs over HTTP.

    Args:
        assistant: Answers the queries.
        settings: The product's name, and the limits.
        editor: What the holder of the settings' token may do; without either there is no editor's page.
        pictures: Gives the articles' images; without it their texts are shown.
        reader: Reads screenshots; without it the page offers none to be read.
    """
    from assistant.web.gradio_page import mount_ui

    name = settings.name
    static = _read_static()
    digest = hashlib.sha256(b"".join(static[key] for key in sorted(static))).hexdigest()[:12]
    image = None if pictures is None else image_addresses(pictures, settings.root_path)
    site = site_of(settings, version=digest)
    plain = PlainPages(site, image=image)
    stack = middleware_stack(
        settings,
        page_head=document_head_html(name, version=digest, reads_pictures=reader is not None),
        page_waiting=waiting_html(name),
        error_page=plain.error,
        page_headers={"Content-Security-Policy": POLICY},
        body_limits={"/api/editor/preview": MAX_PREVIEW},
        open_limits=PICTURE_LIMITS,
        at_once=queries_at_once(settings.processes),
    )
    app = FastAPI(title=name, description=_DESCRIPTION, version="1", openapi_url=None, middleware=stack)
    app.root_path = settings.root_path.rstrip("/")
    journal = Journal(settings.journal, days=settings.journal_days)
    keeps_searches = journal.is_on and settings.journal_searches is Searches.ALL
    notes, catalogue = SearchNotes(journal), CatalogueSource(assistant)
    answered = _add_search(app, assistant, notes if keeps_searches else None)
    add_picture_routes(app, reader, missing_reader(settings), answered)
    freshness = Freshness(assistant, look=f"{site} {settings}")
    add_catalogue_routes(app, assistant, catalogue, freshness)
    add_page_routes(app, PageParts(assistant, settings, catalogue, plain, freshness, notes if journal.is_on else None))
    add_site_files(app, site, catalogue, freshness)
    add_description(app, site)
    _add_status(app, assistant)
    add_feedback_route(app, assistant, journal)
    if editor is not None and settings.token:
        desk = EditingDesk(settings, editor, journal, assistant, editor.open_encoder)
        add_editor_routes(app, editor, desk, journal, token=settings.token, page=static["editor.html"])
    _add_static(app, static)
    _add_error_handlers(app)
    add_image_route(app, pictures)
    answers = WidgetAnswers(assistant, settings, image=image, notes=notes if keeps_searches else None)
    add_widget_routes(app, answers, is_on=bool(settings.sites))
    renderer = PageRenderer(assistant, settings, image=image)
    mount_ui(app, renderer, name=name, root_path=settings.root_path, reads_pictures=reader is not None)
    return app


def site_of(settings: Settings, *, version: str = "") -> Site:
    """Return what the pages without script have in common; `version` changes with the style."""
    return Site(
        name=settings.name,
        root=settings.root_path.rstrip("/"),
        public_url=settings.public_url.rstrip("/"),
        crawlers=settings.crawlers is Crawlers.WELCOME,
        version=version,
    )


def _add_search(
    app: FastAPI, assistant: AssistantInterface, notes: SearchNotes | None
) -> Callable[[Query, str | None], Response]:
    """Add the routes of a search; return what they answer a query with, which takes the client's name as well."""

    def answered(query: Query, client: str | None) -> Response:
        answer = assistant.ask(query)
        response = json_response(answer)
        response.headers["Cache-Control"] = NOT_KEPT
        if notes is not None:
            response.background = BackgroundTask(notes.keep, answer, client or "a program")
        return response

    @app.post(
        "/api/search", response_model=Answer, responses=JSON_ERRORS, summary="Find the entries that fix a problem"
    )
    def search(request: SearchRequest, client: ClientName = None) -> Response:
        return answered(request.as_query(), client)

    @app.get(
        "/api/search",
        response_model=Answer,
        responses=errors(422) | READ_ERRORS,
        summary="The same for a short query",
    )
    def search_by_address(
        q: Annotated[str, Parameter(description="The query; addresses end up in logs, so prefer POST.")],
        k: Annotated[int, Parameter(ge=1, le=50)] = 5,
        client: ClientName = None,
    ) -> Response:
        return answered(Query(q, k=k), client)

    return answered


def _add_status(app: FastAPI, assistant: AssistantInterface) -> None:
    @app.get("/api/status", response_model=Status, responses=READ_ERRORS, summary="The generation that answers queries")
    def status() -> Response:
        return json_response(assistant.status())

    @app.get("/healthz", response_model=Health, responses=errors(500), summary="Whether the server runs")
    def server_health() -> Response:
        return json_response(_health(assistant))

    @app.get(
        "/readyz",
        response_model=Health,
        responses={
            **errors(500),
            503: {
                "model": Health,
                "description": "There is no index, or what holds the entries does not answer.",
            },
        },
        summary="Whether queries can be answered",
    )
    def ready() -> Response:
        health = _health(assistant)
        if health.status == "no_index":
            return json_response(health, 503)
        try:
            assistant.check_ready()
        except EngineError as error:
            return json_response(replace(health, status="degraded", message=str(error)), 503)
        return json_response(health)


def _health(assistant: AssistantInterface) -> Health:
    try:
        status = assistant.status()
    except SearchIndexError as error:
        return Health("no_index", str(error), ())
    left_out = status.rejected
    message = status.problem or (_left_out_message(left_out) if left_out else None)
    return Health("degraded" if message else "ok", message, left_out, status.more_rejected)


def _left_out_message(left_out: tuple[Rejected, ...]) -> str:
    being_edited = sum(each.being_edited for each in left_out)
    text = "Some articles or entries were left out of the build."
    return (
        f"{text} Entries that are being edited and shown as they were before: {being_edited}." if being_edited else text
    )


def _read_static() -> dict[str, bytes]:
    folder = files("assistant.web") / "static"
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.name.endswith((*_STATIC_TYPES, ".html"))}


def _add_static(app: FastAPI, static: dict[str, bytes]) -> None:
    def send(name: str) -> Response:
        if (content := static.get(name)) is None or name.endswith(".html"):
            raise HTTPException(404, "There is nothing at this address.")
        media_type = _STATIC_TYPES[name[name.rindex(".") :]]
        return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=31536000"})

    @app.get("/site/{name}", include_in_schema=False)
    def static_file(name: str) -> Response:
        return send(name)

    @app.get("/favicon.ico", include_in_schema=False)
    def favicon() -> Response:
        return send("favicon.svg")


def _add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(SearchIndexError)
    def no_index(_: Request, error: SearchIndexError) -> Response:
        return JSONResponse(error_body("no_index", str(error)), status_code=503)

    @app.exception_handler(EngineError)
    def no_engine(_: Request, error: EngineError) -> Response:
        if not isinstance(error, EngineUnreachableError):
            _LOG.warning("%s", error)  # of the other, once is enough
        return JSONResponse(error_body("search_unreachable", UNREACHABLE), status_code=503)

    @app.exception_handler(CorpusError)
    def no_corpus(_: Request, error: CorpusError) -> Response:
        return JSONResponse(error_body("no_articles", str(error)), status_code=503)

    @app.exception_handler(JournalError)
    def no_journal(_: Request, error: JournalError) -> Response:
        _LOG.warning("%s", error)
        message = "The journal cannot be used; the server's log says why."
        return JSONResponse(error_body("no_journal", message), status_code=503)

    @app.exception_handler(QueryTimeoutError)
    def too_slow(_: Request, error: QueryTimeoutError) -> Response:
        return JSONResponse(error_body("too_slow", str(error)), status_code=503)

    @app.exception_handler(EditError)
    def not_edited(_: Request, error: EditError) -> Response:
        code, status = ("conflict", 409) if isinstance(error, ConflictError) else ("not_edited", 422)
        return JSONResponse(error_body(code, str(error)), status_code=status)

    @app.exception_handler(RequestValidationError)
    def invalid(_: Request, error: RequestValidationError) -> Response:
        return JSONResponse(error_body("invalid_request", _where_and_what(error)), status_code=422)

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        code = {400: "invalid_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed"}.get(
            error.status_code, "refused"
        )
        return JSONResponse(error_body(code, str(error.detail)), error.status_code, headers=error.headers)


def _where_and_what(error: RequestValidationError) -> str:
    """Return what is wrong with a request, without repeating its values."""
    problems = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5])
    return problems.strip().encode(errors="replace").decode()
