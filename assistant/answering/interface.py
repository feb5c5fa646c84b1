"""What the page and HTTP need of an assistant, so that either can be tried with another object."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.answering.answer import Answer, EntryInfo, Status
from corpus.article import Article, Entry


class Picturing(Protocol):
    """Has the articles' images; raises as `Answering` does."""

    def image_name(self, path: str, /) -> str | None:
        """Return the name of the image that a file of the articles' folder was, or None."""

    def image(self, name: str, /) -> bytes | None:
        """Return an image by its name, or None."""


class Answering(Protocol):
    """Answers queries; `answering.Assistant` is the one that does.

    Every method raises `index.errors.SearchIndexError` while there is no usable index.
    """

    def ask(
        self,
        query: str,
        *,
        k: int = 5,
        product: str | None = None,
        tags: Sequence[str] = (),
        choice: str | None = None,
    ) -> Answer:
        """Answer a query, whatever it holds."""

    def entry(self, entry_id: str, /) -> EntryInfo | None:
        """Return an entry, or None."""

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        """Return all articles, each with its entries."""

    def status(self) -> Status:
        """Return what is answered from."""
