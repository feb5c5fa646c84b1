"""The routes that list what there is: entries, products, tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.answering.answer import EntryInfo, GenerationInfo, json_value
from assistant.answering.catalogue import Catalogue, CatalogueSource, ListedEntry, NameCount
from assistant.answering.filters import UnknownFilter
from assistant.answering.interface import AssistantInterface
from assistant.web.caching import Freshness
from assistant.web.middleware.responses import error_body
from assistant.web.schema import NOT_MODIFIED, READ_ERRORS, Text, errors, json_response

_MOST = 200  # entries of one response
_FURTHEST = 1_000_000
_OTHER_LIST = "The index has been built again since the first part of this list; begin again without an offset."


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A part of the list of entries."""

    generation: GenerationInfo
    total: int
    offset: int
    next_offset: int | None = field(
        metadata={"description": "Where the next part begins, to be asked for with `generation.id`; null at the end."}
    )
    entries: tuple[ListedEntry, ...]


@dataclass(frozen=True, slots=True)
class Products:
    """All products."""

    generation: GenerationInfo
    products: tuple[NameCount, ...]


@dataclass(frozen=True, slots=True)
class Tags:
    """All tags."""

    generation: GenerationInfo
    tags: tuple[NameCount, ...]


def add_catalogue_routes(
    app: FastAPI, assistant: AssistantInterface, source: CatalogueSource, freshness: Freshness
) -> None:
    """Add the routes.

    Args:
        app: The application.
        assistant: Has the entries.
        source: Gives what there is.
        freshness: Answers from what the client has kept.
    """
    _add_entries(app, source, freshness)
    _add_entry(app, assistant, freshness)
    _add_names(app, source, freshness)


def _add_entries(app: FastAPI, source: CatalogueSource, freshness: Freshness) -> None:
    @app.get(
        "/api/entries",
        response_model=EntryPage,
        responses=NOT_MODIFIED
        | errors(404, 422)
        | {409: errors(409)[409] | {"description": _OTHER_LIST}}
        | READ_ERRORS,
        summary="The entries by their titles, in the order of the articles",
    )
    def entries(
        request: Request,
        *,
        product: Annotated[Text | None, Query(max_length=500, description="Only of articles of this product.")] = None,
        tag: Annotated[list[Text], Query(max_length=50, description="Only of articles with all of these tags.")] = [],  # noqa: B006
        article: Annotated[Text | None, Query(max_length=500, description="Only of the article with this id.")] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
        offset: Annotated[int, Query(ge=0, le=_FURTHEST, description="How many to leave out at the beginning.")] = 0,
        generation: Annotated[
            Text | None,
            Query(max_length=100, description="The id of the list's first part: a part of another list is refused."),
        ] = None,
    ) -> Response:
        def listed() -> Response:
            catalogue = source.current()
            if generation not in {None, catalogue.generation.id}:
                return JSONResponse(error_body("conflict", _OTHER_LIST), 409)
            if unknown := catalogue.unknown(product=product, tags=tag):
                return _unknown(unknown)
            if article is not None and catalogue.article(article) is None:
                raise HTTPException(404, "There is no article with this id.")
            found = catalogue.filtered(product=product, tags=tag, article=article)
            part = found[offset : offset + limit]
            following = offset + limit if offset + limit < len(found) else None
            return _json(EntryPage(catalogue.generation, len(found), offset, following, part))

        return freshness.response(request, listed)


def _add_entry(app: FastAPI, assistant: AssistantInterface, freshness: Freshness) -> None:
    @app.get(
        "/api/entries/{entry_id:path}",
        response_model=EntryInfo,
        responses=NOT_MODIFIED | errors(404, 422) | READ_ERRORS,  # else FastAPI describes a 422 with another body
        summary="One entry by its id, percent-encoded",
    )
    def entry_by_id(request: Request, entry_id: str) -> Response:
        if (entry := assistant.entry(entry_id)) is None:
            raise HTTPException(404, "There is no entry with this id.")
        return freshness.response(request, lambda: json_response(entry))


def _add_names(app: FastAPI, source: CatalogueSource, freshness: Freshness) -> None:
    @app.get(
        "/api/products",
        response_model=Products,
        responses=NOT_MODIFIED | READ_ERRORS,
        summary="The products, each with its number of articles and entries",
    )
    def products(request: Request) -> Response:
        return freshness.response(request, lambda: _json(_products(source.current())))

    @app.get(
        "/api/tags",
        response_model=Tags,
        responses=NOT_MODIFIED | READ_ERRORS,
        summary="The tags, each with its number of articles and entries",
    )
    def tags(request: Request) -> Response:
        return freshness.response(request, lambda: _json(_tags(source.current())))


def _products(catalogue: Catalogue) -> Products:
    return Products(catalogue.generation, catalogue.products())


def _tags(catalogue: Catalogue) -> Tags:
    return Tags(catalogue.generation, catalogue.tags())


def _json(body: EntryPage | Products | Tags) -> Response:
    return JSONResponse(json_value(body))


def _unknown(unknown: tuple[UnknownFilter, ...]) -> Response:
    message = " ".join(each.sentence for each in unknown)
    return JSONResponse(error_body("unknown_filter", message), 404)
