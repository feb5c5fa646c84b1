"""Where the links of an answer lead: into the fragment of the page's address, or to the pages that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol
from urllib.parse import quote, urlencode

from assistant.answering.filters import FilterKind


class Links(Protocol):
    """Gives the addresses that the templates of an answer need."""

    @property
    def scripted(self) -> bool:
        """Whether the page's script is there, so that its buttons do something."""

    def entry(self, entry_id: str, /) -> str:
        """Return the address of an entry."""

    def question(self, text: str, /, *, choice: str | None = None) -> str:
        """Return the address of the answer to a text, with a choice of the question asked back."""

    def only(self, text: str, /, *, product: str | None = None, tags: Sequence[str] = ()) -> str:
        """Return the address of the answer to a text by articles of a product and with tags alone."""


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Links of the page with script: the state stands in the fragment, which browsers do not send."""

    scripted: ClassVar[bool] = True

    def entry(self, entry_id: str, /) -> str:
        """Return the address without script; with it the entry is shown in place."""
        return f"./entries/{id_in_path(entry_id)}"

    def question(self, text: str, /, *, choice: str | None = None) -> str:  # noqa: ARG002 - a button sends the choice
        """Return the address of the answer to a text, of all articles."""
        return self.only(text)

    def only(self, text: str, /, *, product: str | None = None, tags: Sequence[str] = ()) -> str:
        """Return the address of the answer to a text by articles of a product and with tags alone."""
        return f"#{_fields(q=text, product=product, tag=tags)}"


@dataclass(frozen=True, slots=True)
class PlainLinks:
    """Links among the pages that need no script.

    Attributes:
        root: The path that the application is served under, without a slash at its end.
        product: The filter of the question that is being answered, which further links about it keep.
        tags: Likewise.
    """

    scripted: ClassVar[bool] = False

    root: str = ""
    product: str | None = None
    tags: tuple[str, ...] = ()

    def entry(self, entry_id: str, /) -> str:
        """Return the address of an entry's page."""
        return f"{self.root}/entries/{id_in_path(entry_id)}"

    def article(self, article_id: str, /, *, page: int = 1) -> str:
        """Return the address of an article's page; a long article has several."""
        return f"{self.root}/articles/{id_in_path(article_id)}" + (f"?page={page}" if page > 1 else "")

    def articles(
        self, *, product: str | None = None, tag: str | None = None, letter: str | None = None, page: int = 1
    ) -> str:
        """Return the address of the list of all articles, or of those entries that a filter leaves."""
        fields = _fields(product=product, tag=() if tag is None else (tag,), letter=letter)
        pages = f"page={page}" if page > 1 else ""
        query = "&".join(filter(None, (fields, pages)))
        return f"{self.root}/articles" + (f"?{query}" if query else "")

    def named(self, kind: FilterKind, name: str, /) -> str:
        """Return the address of the list of the entries of a product or a tag."""
        return self.articles(product=name) if kind is FilterKind.PRODUCT else self.articles(tag=name)

    def question(self, text: str, /, *, choice: str | None = None) -> str:
        """Return the address of the answer to a text, with the filter of the one being answered."""
        return f"{self.root}/ask?{_fields(q=text, product=self.product, tag=self.tags, choice=choice)}"

    def only(self, text: str, /, *, product: str | None = None, tags: Sequence[str] = ()) -> str:
        """Return the address of the answer to a text by articles of a product and with tags alone."""
        return f"{self.root}/ask?{_fields(q=text, product=product, tag=tags)}"


PAGE_LINKS = PageLinks()


def id_in_path(identifier: str) -> str:
    """Return an article's or an entry's id as it stands in an address."""
    return quote(identifier, safe="/")


def _fields(**fields: str | Sequence[str] | None) -> str:
    given = [(name, value) for name, value in fields.items() if value]
    return urlencode(given, doseq=True, quote_via=quote, safe="")
