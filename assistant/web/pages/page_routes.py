"""The pages that need no script: all entries, an article, an entry, the answer to a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.background import BackgroundTask

from assistant.answering.catalogue import CatalogueSource
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query as Asked
from assistant.rendering.plain.browsing import Selection, browse
from assistant.rendering.plain.pages import ENTRIES_ON_A_PAGE, PlainPages, pages_of
from assistant.rendering.support_note import support_note
from assistant.search_notes import SearchNotes
from assistant.settings import Settings
from assistant.web.caching import NOT_KEPT, Freshness
from assistant.web.schema import Text

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_GET = ["GET", "HEAD"]
_Short = Annotated[Text, Query(max_length=500)]
_Page = Annotated[int, Query(ge=1, le=100_000)]


@dataclass(frozen=True, slots=True)
class PageParts:
    """What the routes of the pages need.

    Attributes:
        assistant: Answers, and has the entries.
        settings: Whom to ask where the articles do not help.
        catalogue: Gives what there is.
        pages: Makes the documents.
        freshness: Answers from what the browser has kept.
        notes: Keeps what was asked; None where nothing is kept.
    """

    assistant: AssistantInterface
    settings: Settings
    catalogue: CatalogueSource
    pages: PlainPages
    freshness: Freshness
    notes: SearchNotes | None


def page_response(html: str, status: int = 200) -> Response:
    """Return a document with the Content-Security-Policy of these pages: no script at all."""
    return HTMLResponse(html, status, headers={"Content-Security-Policy": POLICY})


def add_page_routes(app: FastAPI, parts: PageParts) -> None:
    """Add the routes."""
    _add_lists(app, parts)
    _add_entry(app, parts)
    _add_ask(app, parts)


def _add_lists(app: FastAPI, parts: PageParts) -> None:
    pages = parts.pages

    @app.api_route("/articles", methods=_GET, include_in_schema=False)
    def all_entries(
        request: Request, *, product: _Short = "", tag: _Short = "", letter: _Short = "", page: _Page = 1
    ) -> Response:
        def made() -> Response:
            catalogue = parts.catalogue.current()
            unknown = catalogue.unknown(product=product or None, tags=[tag] if tag else [])
            if unknown:
                what = f"There is no {unknown[0].kind} \u201c{unknown[0].name}\u201d"
                return page_response(pages.missing(catalogue.generation, what=what, unknown=unknown), 404)
            selection = Selection(product or None, tag or None, letter or None, page)
            return page_response(pages.browse(catalogue, browse(catalogue, selection, pages.links)))

        return parts.freshness.response(request, made)

    @app.api_route("/articles/{article_id:path}", methods=_GET, include_in_schema=False)
    def article(request: Request, article_id: str, page: _Page = 1) -> Response:
        catalogue = parts.catalogue.current()
        listed = catalogue.article(article_id)
        if listed is None or page > pages_of(listed):
            near = catalogue.like(article_id)
            return page_response(pages.missing(catalogue.generation, what="There is no such article", near=near), 404)

        def made() -> Response:
            own = listed.entries[(page - 1) * ENTRIES_ON_A_PAGE : page * ENTRIES_ON_A_PAGE]
            entries = [entry for each in own if (entry := parts.assistant.entry(each.entry_id)) is not None]
            return page_response(pages.article(catalogue.generation, listed, entries, page=page))

        return parts.freshness.response(request, made)


def _add_entry(app: FastAPI, parts: PageParts) -> None:
    @app.api_route("/entries/{entry_id:path}", methods=_GET, include_in_schema=False)
    def entry(request: Request, entry_id: str) -> Response:
        found = parts.assistant.entry(entry_id)
        if found is None:
            catalogue = parts.catalogue.current()
            near = catalogue.like(entry_id)
            html = parts.pages.missing(catalogue.generation, what="There is no such entry", near=near)
            return page_response(html, 404)
        if found.entry_id != entry_id:  # an old id, which the article says is this entry's
            return RedirectResponse(parts.pages.links.entry(found.entry_id), 307)
        generation = parts.assistant.status().generation
        return parts.freshness.response(request, lambda: page_response(parts.pages.entry(generation, found)))


def _add_ask(app: FastAPI, parts: PageParts) -> None:
    @app.api_route("/ask", methods=_GET, include_in_schema=False)
    def ask(
        *,
        q: Text = "",
        product: _Short = "",
        tag: Annotated[list[Text], Query(max_length=50)] = [],  # noqa: B006 - it is not changed
        choice: _Short = "",
    ) -> Response:
        query = Asked(q, product=product or None, tags=tuple(filter(None, tag)), choice=choice or None)
        answer = parts.assistant.ask(query)
        support = support_note(answer, parts.settings.support_text, parts.settings.support_url)
        response = page_response(parts.pages.answer(parts.catalogue.current(), query, answer, support))
        response.headers["Cache-Control"] = NOT_KEPT
        if parts.notes is not None:
            response.background = BackgroundTask(parts.notes.keep, answer)
        return response
