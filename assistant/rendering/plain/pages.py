"""The documents of the pages that need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.answer import Answer, EntryInfo, GenerationInfo
from assistant.answering.catalogue import Catalogue, ListedArticle, ListedEntry
from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE
from assistant.answering.filters import UnknownFilter
from assistant.answering.query import Query
from assistant.rendering.answer_html import answer_view
from assistant.rendering.entry_card import Card, card_of
from assistant.rendering.html_templates import render
from assistant.rendering.links import PlainLinks, id_in_path
from assistant.rendering.plain.browsing import Browsing
from assistant.rendering.question_form import Form, form_of
from assistant.rendering.safe_markdown import ImageAddress, MarkdownOptions, is_web_address
from assistant.rendering.support_note import SupportNote
from assistant.rendering.text_language import language_of_article
from corpus.passages import plain_text

ENTRIES_ON_A_PAGE = 50
_LONGEST_DESCRIPTION = 200  # characters
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages of one server have in common.

    Attributes:
        name: The product's name.
        root: The path that the application is served under, without a slash at its end.
        public_url: The address of that path for everybody, without a slash at its end; empty where it is not known.
        crawlers: Whether search engines may list the pages.
        version: Changes with the style.
    """

    name: str
    root: str = ""
    public_url: str = ""
    crawlers: bool = False
    version: str = ""

    def address(self, path: str) -> str:
        """Return the canonical address of a path, absolute where the public address is known.

        It never depends on the request, whose `Host` header anybody can choose.
        """
        return f"{self.public_url or self.root}{path}"


@dataclass(frozen=True, slots=True)
class Head:
    """What a document says of itself.

    Attributes:
        title: Of the document; the product's name follows it.
        path: The canonical path under the root; None where the page is not one to be found or kept.
        description: For those who link to it; empty for none.
    """

    title: str
    path: str | None
    description: str = ""


class PlainPages:
    """Makes the documents.

    Args:
        site: What they have in common.
        image: The address of an image by its file under the articles' folder.
    """

    def __init__(self, site: Site, *, image: ImageAddress | None = None) -> None:
        self._site = site
        self._image = image
        self.links = PlainLinks(site.root)

    def browse(self, catalogue: Catalogue, browsing: Browsing) -> str:
        """Return the list of all entries, or of those that a selection leaves."""
        chosen = browsing.selection
        parts = [chosen.product, chosen.tag, None if chosen.letter is None else f"beginning with {chosen.letter}"]
        about = ", ".join(filter(None, parts))
        title = f"Problems: {about}" if about else "All problems we can help with"
        path = None if about or chosen.page > 1 else "/articles"
        return self._render(
            "browse",
            Head(title, path, f"{self._site.name}: what went wrong, why, and what to do."),
            catalogue.generation,
            form=form_of(catalogue, product=chosen.product, tag=chosen.tag),
            heading=title,
            browsing=browsing,
            everything=None if path else self.links.articles(),
        )

    def article(
        self, generation: GenerationInfo, listed: ListedArticle, entries: Sequence[EntryInfo], *, page: int
    ) -> str:
        """Return an article with those of its entries that stand on one of its pages.

        Args:
            generation: That has them.
            listed: The article.
            entries: Those of this page, in order.
            page: From 1.
        """
        info = listed.article
        pages = pages_of(listed)
        path = f"/articles/{id_in_path(info.id)}" + (f"?page={page}" if page > 1 else "")
        title = info.title if page == 1 else f"{info.title}, page {page}"
        options = MarkdownOptions(base=info.url if is_web_address(info.url) else None)
        return self._render(
            "article",
            Head(title, path, _described(listed.context or ", ".join(each.entry_title for each in entries))),
            generation,
            form=Form(product=info.product),
            language=language_of_article(info, listed.context or "", entries),
            article=info,
            context=(listed.context or "") if page == 1 else "",
            options=options,
            cards=[self._card(each) for each in entries],
            page=page,
            pages=pages,
            previous=self.links.article(info.id, page=page - 1) if page > 1 else None,
            following=self.links.article(info.id, page=page + 1) if page < pages else None,
        )

    def entry(self, generation: GenerationInfo, entry: EntryInfo) -> str:
        """Return one entry with all that a card shows, and its symptoms."""
        told = entry.cause or " ".join((*entry.messages, *entry.symptoms))
        head = Head(
            plain_text(entry.entry_title)[:_LONGEST_TITLE], f"/entries/{id_in_path(entry.entry_id)}", _described(told)
        )
        card = self._card(entry)
        form = Form(product=entry.article.product)
        return self._render("entry", head, generation, form=form, card=card, language=card.language)

    def answer(self, catalogue: Catalogue, query: Query, answer: Answer, support: SupportNote | None) -> str:
        """Return the answer to a question, with the form to ask another.

        Args:
            catalogue: Gives the products and tags of the form.
            query: The question.
            answer: Its answer.
            support: Whom to ask where the articles do not help.
        """
        links = PlainLinks(self._site.root, query.product, query.tags)
        refused = "" if query.choice in {NONE_OF_THESE, NONE_OF_ALL} else None
        template, values = answer_view(answer, image=self._image, support=support, refused=refused, links=links)
        text = " ".join(answer.query.split())
        title = f"{values['heading']}: {text[:_LONGEST_TITLE]}" if text else "Ask"
        tag = query.tags[0] if query.tags else None
        return self._render(
            "ask",
            Head(title, None),
            answer.generation,
            form=form_of(catalogue, text=answer.query, product=query.product, tag=tag),
            outcome=template,
            **{**values, "links": links},
        )

    def missing(
        self,
        generation: GenerationInfo,
        *,
        what: str,
        near: Sequence[ListedEntry] = (),
        unknown: Sequence[UnknownFilter] = (),
    ) -> str:
        """Return what is shown where there is nothing at an address.

        Args:
            generation: That does not have it.
            what: A sentence.
            near: Entries that may be meant.
            unknown: Products and tags that may be meant are in these.
        """
        return self._render(
            "missing", Head(what, None), generation, form=Form(), heading=what, near=near, unknown=unknown
        )

    def error(self, message: str, error_id: str) -> str:
        """Return what is shown where a request is refused or failed; the id leads to the details in the log."""
        return self._render("error", Head("This did not work", None), None, message=message, error_id=error_id)

    def _card(self, entry: EntryInfo) -> Card:
        return card_of(entry, image=self._image, opened=True, links=self.links)

    def _render(self, name: str, head: Head, generation: GenerationInfo | None, **values: object) -> str:
        common = {"site": self._site, "head": head, "generation": generation, "links": self.links, "language": None}
        return render(f"plain/{name}.html", **{**common, **values})


def pages_of(listed: ListedArticle) -> int:
    """Return on how many pages an article stands."""
    return max(1, -(-len(listed.entries) // ENTRIES_ON_A_PAGE))


def _described(markdown: str) -> str:
    text = " ".join(plain_text(markdown).split())
    return text if len(text) <= _LONGEST_DESCRIPTION else f"{text[:_LONGEST_DESCRIPTION].rsplit(' ', 1)[0]}\u2026"
