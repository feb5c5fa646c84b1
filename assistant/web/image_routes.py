"""The articles' images have a route of their own; what is there never changes, since its name is its digest."""

from __future__ import annotations

from fastapi import FastAPI, Response
from starlette.exceptions import HTTPException

from assistant.answering.interface import Picturing
from assistant.rendering.safe_markdown import ImageAddress

_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


def address_of(pictures: Picturing, root_path: str) -> ImageAddress:
    """Return what gives an image's address by its file under the articles' folder, or None where there is none."""

    def find(path: str) -> str | None:
        name = pictures.image_name(path)
        return None if name is None else f"{root_path.rstrip('/')}/images/{name}"

    return find


def add_pictures(app: FastAPI, pictures: Picturing | None) -> None:
    """Add the route; without images there is nothing at it."""

    @app.get("/images/{name}", include_in_schema=False)
    def image(name: str) -> Response:
        content = None if pictures is None else pictures.image(name)
        if content is None:
            raise HTTPException(404, "There is no such image.")
        kept = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=kept)
