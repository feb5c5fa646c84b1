"""What the page shows, put together from the assistant's answers; knows no Gradio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.answering.answer import Answer
from assistant.answering.interface import Answering
from assistant.rendering.answer_html import answer_html, entry_html, failure_html, no_index_html
from assistant.rendering.page_parts import contents_html, filter_html, footer_html, header_html, start_html
from assistant.rendering.page_request import PageRequest
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote, ticket_text
from assistant.settings import Settings
from index.decision import Decision
from index.errors import SearchIndexError


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts of the page that depend on the generation alone."""

    generation_id: str
    start: str
    filters: str
    contents: str
    footer: str


@dataclass(frozen=True, slots=True)
class View:
    """What is shown: the answer, and what stands around it, which is None where it is as it was."""

    answer: str
    around: Surroundings | None

    @classmethod
    def failed(cls, error_id: str) -> View:
        """Return what is shown when our own code failed."""
        return cls(failure_html(error_id), None)


class Views:
    """Makes the page's parts.

    Args:
        assistant: Answers what is typed.
        settings: The product's name, and whom to ask where no article helps.
        image: The address of an image by its file under the articles' folder.
    """

    def __init__(self, assistant: Answering, settings: Settings, *, image: ImageAddress | None = None) -> None:
        self._assistant = assistant
        self._settings = settings
        self._image = image
        self._around: tuple[object, Surroundings] | None = None

    def header(self) -> str:
        """Return the page's heading."""
        return header_html(self._settings.name, feedback=bool(self._settings.journal_days))

    def respond(self, query: str, request: PageRequest, *, shown: str = "") -> View:
        """Return what is shown for a text and a request.

        Args:
            query: The text in the box.
            request: What the page's script wants shown besides.
            shown: The generation that the page's surroundings were made of.
        """
        try:
            around = self._surroundings()
            answer = self._answer(query, request, around)
        except SearchIndexError as error:
            return View(no_index_html(str(error)), Surroundings("", "", "", "", ""))
        return View(answer, None if around.generation_id == shown else around)

    def _answer(self, query: str, request: PageRequest, around: Surroundings) -> str:
        if request.entry is not None:
            return entry_html(self._assistant.entry(request.entry), image=self._image)
        if not query.strip():
            return around.start
        answer = self._assistant.ask(query, product=request.product, tags=request.tags, choice=request.choice)
        return answer_html(answer, image=self._image, support=self._support(answer), chosen=request.choice)

    def _support(self, answer: Answer) -> SupportNote | None:
        if answer.decision is not Decision.NONE:
            return None
        ticket = ticket_text(answer, now=datetime.now(UTC))
        return SupportNote(self._settings.support_text, self._settings.support_url, ticket)

    def _surroundings(self) -> Surroundings:
        status = self._assistant.status()
        if self._around is None or self._around[0] != status:
            contents = self._assistant.contents()
            around = Surroundings(
                generation_id=status.generation.generation_id,
                start=start_html(contents),
                filters=filter_html([article for article, _ in contents]),
                contents=contents_html(contents),
                footer=footer_html(status),
            )
            self._around = status, around
        return self._around[1]
