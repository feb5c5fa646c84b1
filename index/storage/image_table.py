"""The articles' images in a generation: each is a file named by the SHA-256 of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from corpus.images import Image
from index.storage.generation import Generation
from index.storage.payload import Payload

_NAMES = "images.json"


def image_files(images: Sequence[Image]) -> dict[str, Payload]:
    """Return the files that `ImageTable` reads, by name; no file where there is no image."""
    if not images:
        return {}
    names = {image.path: _name(image) for image in images}
    contents: dict[str, Payload] = {_name(image): image.content for image in images}
    return {_NAMES: json.dumps(names, ensure_ascii=False, sort_keys=True).encode(), **contents}


def image_records(images: Iterable[Image]) -> list[dict[str, Any]]:
    """Return JSON values that differ wherever two sets of images differ."""
    return [{"image": image.path, "name": _name(image)} for image in images]


class ImageTable:
    """A generation's images, by their paths under the articles' folder."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        has_any = _NAMES in generation.names
        self._names: dict[str, str] = json.loads(bytes(generation.bytes_of(_NAMES))) if has_any else {}
        self._contents = frozenset(self._names.values())

    def name_of(self, path: str) -> str | None:
        """Return the name (SHA-256 and kind, "3fa9...c0.png") of the image that has this path, or None."""
        return self._names.get(path)

    def content(self, name: str) -> bytes | None:
        """Return an image's bytes by its name, or None.

        Raises:
            BadIndexError: It has been damaged on disk since the generation was opened.
        """
        return bytes(self._generation.bytes_of(name)) if name in self._contents else None


def _name(image: Image) -> str:
    return f"{hashlib.sha256(image.content).hexdigest()}.{image.kind}"
