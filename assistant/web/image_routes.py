"""The route of the articles' images; an image at an address never changes, for its name is its digest."""

from __future__ import annotations

from fastapi import FastAPI, Response
from starlette.exceptions import HTTPException

from assistant.answering.interface import ImageSource
from assistant.rendering.safe_markdown import ImageAddress

_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


def image_addresses(images: ImageSource, root_path: str) -> ImageAddress:
    """Return the function that gives the address of an image by its file under the articles' folder."""

    def find(path: str) -> str | None:
        name = images.image_name(path)
        return None if name is None else f"{root_path.rstrip('/')}/images/{name}"

    return find


def add_image_route(app: FastAPI, images: ImageSource | None) -> None:
    """Add the route; without `images` it answers 404."""

    @app.get("/images/{name}", include_in_schema=False)
    def image(name: str) -> Response:
        content = None if images is None else images.image(name)
        if content is None:
            raise HTTPException(404, "There is no such image.")
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)
