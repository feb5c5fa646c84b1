"""What the page shows for a query, independent of Gradio."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from assistant.answering.answer import Answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.rendering.answer_html import answer_html, entry_html, failure_html, no_index_html
from assistant.rendering.page_parts import contents_html, filter_html, footer_html, header_html, start_html
from assistant.rendering.page_request import PageRequest
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote, ticket_text
from assistant.settings import Settings
from index.decision import Decision
from index.errors import SearchIndexError


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The parts of the page around the answer; they depend on the generation alone.

    Attributes:
        start: Shown in place of an answer before anything is typed.
    """

    generation_id: str
    start: str
    filters: str
    contents: str
    footer: str


@dataclass(frozen=True, slots=True)
class PageView:
    """What the page shows; `frame` is None where the page shows it already."""

    answer: str
    frame: PageFrame | None

    @classmethod
    def failed(cls, error_id: str) -> PageView:
        """Return what is shown when our own code failed; the id leads to the details in the server's log."""
        return cls(failure_html(error_id), None)


class PageRenderer:
    """Renders what the page shows.

    Args:
        assistant: Answers queries.
        settings: The product's name, and whom to ask where no article helps.
        image: The address of an image by its file under the articles' folder.
    """

    def __init__(self, assistant: AssistantInterface, settings: Settings, *, image: ImageAddress | None = None) -> None:
        self._assistant = assistant
        self._settings = settings
        self._image = image
        self._frame: tuple[object, PageFrame] | None = None

    def header(self) -> str:
        """Return the page's heading."""
        return header_html(self._settings.name, feedback=bool(self._settings.journal_days))

    def respond(self, query: str, request: PageRequest, *, shown: str = "") -> PageView:
        """Return what is shown for a text and a request.

        Args:
            query: The text in the box.
            request: What the page's script requests besides.
            shown: The generation whose frame the page shows.
        """
        try:
            frame = self._current_frame()
            answer = self._answer(query, request, frame)
        except SearchIndexError as error:
            return PageView(no_index_html(str(error)), PageFrame("", "", "", "", ""))
        return PageView(answer, None if frame.generation_id == shown else frame)

    def _answer(self, query: str, request: PageRequest, frame: PageFrame) -> str:
        if request.entry is not None:
            return entry_html(self._assistant.entry(request.entry), image=self._image)
        if not query.strip():
            return frame.start
        answer = self._assistant.ask(Query(query, product=request.product, tags=request.tags, choice=request.choice))
        return answer_html(answer, image=self._image, support=self._support(answer), chosen=request.choice)

    def _support(self, answer: Answer) -> SupportNote | None:
        if answer.decision is not Decision.NONE:
            return None
        ticket = ticket_text(answer, now=datetime.now(UTC))
        return SupportNote(self._settings.support_text, self._settings.support_url, ticket)

    def _current_frame(self) -> PageFrame:
        status = self._assistant.status()
        if self._frame is None or self._frame[0] != status:
            contents = self._assistant.contents()
            frame = PageFrame(
                generation_id=status.generation.id,
                start=start_html(contents),
                filters=filter_html([article for article, _ in contents]),
                contents=contents_html(contents),
                footer=footer_html(status),
            )
            self._frame = status, frame
        return self._frame[1]
