"""The text of a screenshot, and the answer to it; the picture is held in memory only while it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from assistant.answering.answer import Answer
from assistant.answering.query import Query
from assistant.errors import NoPictureReaderError, PictureError
from assistant.pictures.limits import MAX_BYTES, MEDIA_TYPES, from_base64
from assistant.pictures.picture_reader import PictureReader
from assistant.web.middleware.responses import error_body
from assistant.web.schema import JSON_ERRORS, WRITE_ERRORS, ClientName, K, Text, errors

PICTURE_LIMITS = {"/api/picture": MAX_BYTES + 1_000, "/api/search/picture": MAX_BYTES * 4 // 3 + 20_000}  # bytes
_BODY = {
    "requestBody": {
        "required": True,
        "content": {each: {"schema": {"type": "string", "format": "binary"}} for each in MEDIA_TYPES},
    }
}


class PictureText(BaseModel):
    """What a picture says."""

    text: Annotated[str, Field(description="Its paragraphs in reading order, with blank lines between them.")]


class PictureSearch(BaseModel):
    """A screenshot, with what narrows the search down."""

    model_config = ConfigDict(extra="forbid", strict=True)

    image: Annotated[Text, Field(description="A PNG, JPEG or WebP file of up to 8 MB, in base64.")]
    k: K = 5
    product: Annotated[Text | None, Field(description="Only articles of this product.")] = None
    tags: Annotated[list[Text], Field(max_length=50, description="Only articles with all of these tags.")] = []


def add_picture_routes(
    app: FastAPI,
    reader: PictureReader | None,
    missing: NoPictureReaderError,
    answered: Callable[[Query, str | None], Response],
) -> None:
    """Add the routes.

    Args:
        app: The application.
        reader: Reads the pictures.
        missing: Says what to do where there is none.
        answered: Returns the response to a query of a client, by its name if it has one.
    """

    def read(content: bytes) -> str:
        if reader is None:
            raise missing
        return reader.read(content)

    @app.post(
        "/api/picture",
        response_model=PictureText,
        responses=errors(422) | WRITE_ERRORS,
        openapi_extra=_BODY,
        summary="The text of a screenshot",
    )
    async def picture_text(request: Request) -> Response:
        return JSONResponse({"text": await run_in_threadpool(read, await request.body())})

    @app.post(
        "/api/search/picture",
        response_model=Answer,
        responses=JSON_ERRORS,
        summary="Find the entries that fix what a screenshot shows; the answer's query is its text",
    )
    def search_by_picture(request: PictureSearch, client: ClientName = None) -> Response:
        text = read(from_base64(request.image))
        return answered(Query(text, request.k, request.product, tuple(request.tags)), client)

    @app.exception_handler(PictureError)
    def unreadable(_: Request, error: PictureError) -> Response:
        return JSONResponse(error_body("unreadable_picture", str(error)), 422)

    @app.exception_handler(NoPictureReaderError)
    def no_reader(_: Request, error: NoPictureReaderError) -> Response:
        return JSONResponse(error_body("no_picture_reader", str(error)), 503, headers={"Retry-After": "30"})
