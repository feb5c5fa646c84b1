"""The articles' images in a generation: each a file named by the digest of what is in it."""

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
    """Return the files that `ImageTable` reads, by name; none where there is no image."""
    if not images:
        return {}
    names = {image.path: _name(image) for image in images}
    contents: dict[str, Payload] = {_name(image): image.content for image in images}
    return {_NAMES: json.dumps(names, ensure_ascii=False, sort_keys=True).encode(), **contents}


def image_records(images: Iterable[Image]) -> list[dict[str, Any]]:
    """Return JSON values that differ where an image does."""
    return [{"image": image.path, "name": _name(image)} for image in images]


class ImageTable:
    """A generation's images, by the files of the articles' folder that they were."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        has_any = _NAMES in generation.names
        self._names: dict[str, str] = json.loads(bytes(generation.bytes_of(_NAMES))) if has_any else {}
        self._known = frozenset(self._names.values())

    def name_of(self, path: str) -> str | None:
        """Return the name (digest and kind, "3fa9...c0.png") of the image that this file was, or None."""
        return self._names.get(path)

    def content(self, name: str) -> bytes | None:
        """Return an image's bytes by its name, or None.

        Raises:
            BadIndexError: It is damaged on disk by now.
        """
        return bytes(self._generation.bytes_of(name)) if name in self._known else None


def _name(image: Image) -> str:
    return f"{hashlib.sha256(image.content).hexdigest()}.{image.kind}"
