"""What the page, HTTP and MCP need of an assistant, so that tests can pass another object."""

from __future__ import annotations

from typing import Protocol

from assistant.answering.answer import Answer, EntryInfo, Status
from assistant.answering.query import Query
from corpus.article import Article, Entry


class ImageSource(Protocol):
    """Gives the articles' images; raises as `AssistantInterface` does."""

    def image_name(self, path: str, /) -> str | None:
        """Return the name of the image that a file of the articles' folder was, or None."""

    def image(self, name: str, /) -> bytes | None:
        """Return an image by its name, or None."""


class AssistantInterface(Protocol):
    """Answers queries; `Assistant` and `WorkerPool` do.

    Every method raises `index.errors.SearchIndexError` while there is no usable index.
    """

    def ask(self, query: Query, /) -> Answer:
        """Answer a query; every text has an answer."""

    def entry(self, entry_id: str, /) -> EntryInfo | None:
        """Return an entry, or None."""

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        """Return all articles, each with its entries."""

    def status(self) -> Status:
        """Return the generation that answers queries, and what is wrong with it."""

    def check_ready(self) -> None:
        """Return if queries can be answered now; raises what a query would raise."""
