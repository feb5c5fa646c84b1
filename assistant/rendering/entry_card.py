"""One entry as a card: its message, why it happens, what to do, and the article it is from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answering.answer import AnswerHit
from assistant.rendering.html_templates import render
from assistant.rendering.safe_markdown import ImageAddress, MarkdownOptions, is_web_address
from corpus.article import Article, Entry
from corpus.images import image_path
from index.hit import Aligned


@dataclass(frozen=True, slots=True)
class Card:
    """What the template of a card shows.

    Attributes:
        options: How the entry's Markdown is shown: with the words of the query marked.
        opened: Whether what to do is unfolded from the start.
        hit: The hit that the entry is; None where a link or an editor named the entry itself.
    """

    entry: Entry
    article: Article
    options: MarkdownOptions
    opened: bool
    hit: AnswerHit | None

    @property
    def unmarked(self) -> MarkdownOptions:
        """How the steps are shown, which are followed, not compared."""
        return replace(self.options, words=())

    @property
    def messages(self) -> list[str]:
        """The documented messages that the title does not repeat."""
        return [message for message in self.entry.messages if _folded(message) != _folded(self.entry.title)]

    @property
    def alignment(self) -> tuple[Aligned, ...]:
        """The pasted message held against the documented one, where the query holds one."""
        return (self.hit.hit.why.alignment if self.hit is not None else None) or ()

    @property
    def differences(self) -> list[str]:
        """The kinds of stretches to be marked in the alignment; none where both messages are the same."""
        others = [aligned for aligned in self.alignment if aligned.kind != "same"]
        if all(aligned.documented == aligned.query for aligned in others):
            return []
        return list(dict.fromkeys(aligned.kind for aligned in others))

    @property
    def place(self) -> str:
        """Where the entry stands: the article's file, and the line or whatever the file has in place of lines."""
        span = self.entry.span
        line = span.locator or (f"line {span.first_line}" if span.first_line else "")
        return f"{self.article.source}, {line}" if line else self.article.source


def card_of(
    entry: Entry,
    article: Article,
    *,
    image: ImageAddress | None = None,
    opened: bool = False,
    hit: AnswerHit | None = None,
) -> Card:
    """Return an entry as a card.

    Args:
        entry: What is shown.
        article: The article that holds it.
        image: The address of an image by its file under the articles' folder.
        opened: Whether what to do is unfolded from the start.
        hit: The hit that the entry is, if it is one; the words that matched are marked.
    """
    options = MarkdownOptions(
        words=frozenset(hit.hit.why.words) if hit is not None else (),
        base=article.url if is_web_address(article.url) else None,
        image=_image_of(article, image),
    )
    return Card(entry, article, options, opened, hit)


def preview_html(cards: Iterable[Card]) -> str:
    """Return cards as the editor's page shows them."""
    return render("answer/preview.html", cards=cards)


def _image_of(article: Article, image: ImageAddress | None) -> ImageAddress:
    def find(address: str) -> str | None:
        path = image_path(address, article.source)
        return None if image is None or path is None else image(path)

    return find


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")
