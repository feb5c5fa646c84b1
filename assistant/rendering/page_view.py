"""What the page shows for a query, independent of Gradio."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum

from assistant.answering.answer import Answer
from assistant.answering.clarifying_question import NONE_OF_ALL, NONE_OF_THESE
from assistant.answering.follow_up import next_answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.rendering.answer_html import answer_html, entry_html, failure_html, no_index_html, unreachable_html
from assistant.rendering.page_parts import contents_html, filter_html, footer_html, header_html, start_html
from assistant.rendering.page_request import PageRequest
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote, support_note
from assistant.settings import Settings
from corpus.passages import plain_text
from index.decision import Decision
from index.errors import EngineError, EngineUnreachableError, SearchIndexError


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


class Outcome(StrEnum):
    """What stands in the place of the answer."""

    START = "start"
    ENTRY = "entry"
    FAILURE = "failure"
    NONE = "none"
    TOO_LITTLE_SAID = "too_little_said"
    QUESTION = "question"
    ANSWER = "answer"


_LOG = logging.getLogger(__name__)
_STRENGTH = {Outcome.QUESTION: 1, Outcome.ANSWER: 2}  # nothing else shows steps for what is asked


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: what stands in the place of the answer, and the generation whose frame is around it."""

    outcome: Outcome = Outcome.START
    generation_id: str = ""

    @classmethod
    def parse(cls, text: str) -> Shown:
        """Parse what the page got as `str(shown)`; anything else is a page that shows nothing yet."""
        outcome, _, generation_id = text.partition(" ")
        return cls(Outcome(outcome), generation_id) if outcome in set(Outcome) else cls()

    def __str__(self) -> str:
        return f"{self.outcome} {self.generation_id}"


@dataclass(frozen=True, slots=True)
class PageView:
    """What the page is to show.

    Attributes:
        answer: The HTML in the place of the answer.
        frame: What is around it; None where the page shows it already.
        shown: What the page then shows.
        is_held: Whether what the page shows in the place of the answer stays instead of `answer`.
    """

    answer: str
    frame: PageFrame | None
    shown: Shown
    is_held: bool = False

    @classmethod
    def failed(cls, error_id: str) -> PageView:
        """Return what is shown when our own code failed; the id leads to the details in the server's log."""
        return cls(failure_html(error_id), None, Shown(Outcome.FAILURE))


_NOTHING = Shown()


class PageRenderer:
    """Renders what the page shows.

    Args:
        assistant: Answers queries.
        settings: The product's name, and whom to ask where the articles do not help.
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

    def respond(self, query: str, request: PageRequest, *, shown: Shown = _NOTHING) -> PageView:
        """Return what is shown for a text and a request.

        While somebody types, a word that is not whole yet must not turn a right answer into a refusal: what is shown
        stays until something at least as strong is found.

        Args:
            query: The text in the box.
            request: What the page's script requests besides.
            shown: What the page shows.
        """
        try:
            frame = self._current_frame()
            found, html = self._answer(query, request, frame)
        except EngineError as error:
            if not isinstance(error, EngineUnreachableError):
                _LOG.warning("%s", error)  # of the other, once is enough
            return PageView(unreachable_html(), None, Shown(Outcome.FAILURE, shown.generation_id))
        except SearchIndexError as error:
            return PageView(no_index_html(str(error)), PageFrame("", "", "", "", ""), Shown(Outcome.FAILURE))
        around = None if frame.generation_id == shown.generation_id else frame
        weaker = _STRENGTH.get(found, 0) < max(1, _STRENGTH.get(shown.outcome, 0))
        is_held = request.is_typing and weaker and bool(query.strip())
        now = Shown(shown.outcome if is_held else found, frame.generation_id)
        return PageView(html, around, now, is_held=is_held)

    def _answer(self, query: str, request: PageRequest, frame: PageFrame) -> tuple[Outcome, str]:
        if request.entry is not None and request.entry not in request.unhelpful:
            return Outcome.ENTRY, entry_html(self._assistant.entry(request.entry), image=self._image)
        if not query.strip() and not request.unhelpful:
            return Outcome.START, frame.start

        def ask(choice: str | None) -> Answer:
            return self._assistant.ask(Query(query, product=request.product, tags=request.tags, choice=choice))

        answer = next_answer(ask, request.choice, request.unhelpful)
        refused = refused_in(request)
        support = self._support(answer, request.unhelpful)
        return outcome_of(answer), answer_html(answer, image=self._image, support=support, refused=refused)

    def _support(self, answer: Answer, unhelpful: tuple[str, ...]) -> SupportNote | None:
        tried = filter(None, map(self._assistant.entry, unhelpful)) if answer.decision is Decision.NONE else ()
        titles = [plain_text(entry.entry_title) for entry in tried]
        return support_note(answer, self._settings.support_text, self._settings.support_url, tried=titles)

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


def refused_in(request: PageRequest) -> str | None:
    """Return the entry that did not help last, nothing after "None of these", and None where nothing was refused."""
    if request.choice in {NONE_OF_THESE, NONE_OF_ALL}:
        return ""
    return request.unhelpful[-1] if request.unhelpful else None


def outcome_of(answer: Answer) -> Outcome:
    """Return which outcome an answer is."""
    if answer.question is not None:
        return Outcome.QUESTION if answer.question.choices else Outcome.TOO_LITTLE_SAID
    return Outcome.NONE if answer.decision is Decision.NONE else Outcome.ANSWER
