"""One entry as a card: its message, why it happens, what to do, and the article it is from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.answering.answer import AnswerHit, EntryInfo
from assistant.rendering.html_templates import render
from assistant.rendering.links import PAGE_LINKS, Links
from assistant.rendering.safe_markdown import ImageAddress, MarkdownOptions, is_web_address
from assistant.rendering.text_language import language_of_entry
from corpus.images import image_path
from index.hit import Aligned

_CERTAINTY = ((0.9, "Very likely"), (0.7, "Likely"))  # the least share of such hits that is to be right


@dataclass(frozen=True, slots=True)
class Card:
    """What the template of a card shows.

    Attributes:
        options: How the entry's Markdown is shown: with the words of the query marked.
        opened: Whether what to do is unfolded from the start.
        links: Where its links lead.
        language: The tag of the language that the entry is written in; None where it is the page's own.
    """

    entry: EntryInfo
    options: MarkdownOptions
    opened: bool
    links: Links = PAGE_LINKS
    language: str | None = None

    @property
    def hit(self) -> AnswerHit | None:
        """The entry as a hit; None where a link or an editor named the entry itself."""
        return self.entry if isinstance(self.entry, AnswerHit) else None

    @property
    def certainty(self) -> str | None:
        """How sure it is, in words; None where it is too unsure to claim anything, or not known."""
        probability = self.hit.probability if self.hit is not None else None
        return next((words for least, words in _CERTAINTY if probability is not None and probability >= least), None)

    @property
    def unmarked(self) -> MarkdownOptions:
        """How the steps are shown, which are followed, not compared."""
        return replace(self.options, words=())

    @property
    def messages(self) -> list[str]:
        """The documented messages that the title does not repeat."""
        return [message for message in self.entry.messages if _folded(message) != _folded(self.entry.entry_title)]

    @property
    def alignment(self) -> tuple[Aligned, ...]:
        """The pasted message held against the documented one, where the query holds one."""
        return (self.hit.why.alignment if self.hit is not None else None) or ()

    @property
    def differences(self) -> list[str]:
        """The kinds of stretches to be marked in the alignment; none where both messages are the same."""
        others = [aligned for aligned in self.alignment if aligned.kind != "same"]
        if all(aligned.documented == aligned.query for aligned in others):
            return []
        return list(dict.fromkeys(aligned.kind for aligned in others))

    @property
    def anchor(self) -> str:
        """What a link to its place on its article's page ends with."""
        return f"entry-{'-'.join(self.entry.entry_id.rpartition('#')[2].split())}"

    @property
    def place(self) -> str:
        """Where the entry stands: the article's file, and the line or whatever the file has in place of lines."""
        source = self.entry.source
        line = source.locator or (f"line {source.first_line}" if source.first_line else "")
        return f"{source.path}, {line}" if line else source.path


def card_of(
    entry: EntryInfo, *, image: ImageAddress | None = None, opened: bool = False, links: Links = PAGE_LINKS
) -> Card:
    """Return an entry as a card.

    Args:
        entry: The entry, or a hit: then its rank is shown, and the words that matched are marked.
        image: The address of an image by its file under the articles' folder.
        opened: Whether what to do is unfolded from the start.
        links: Where its links lead.
    """
    options = MarkdownOptions(
        words=frozenset(entry.why.words) if isinstance(entry, AnswerHit) else (),
        base=entry.article.url if is_web_address(entry.article.url) else None,
        image=_image_of(entry.source.path, image),
    )
    return Card(entry, options, opened, links, language_of_entry(entry))


def preview_html(cards: Iterable[Card]) -> str:
    """Return cards as the editor's page shows them."""
    return render("answer/preview.html", cards=cards)


def _image_of(source: str, image: ImageAddress | None) -> ImageAddress:
    def find(address: str) -> str | None:
        path = image_path(address, source)
        return None if image is None or path is None else image(path)

    return find


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")
