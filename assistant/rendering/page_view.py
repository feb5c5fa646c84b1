"""What the page shows, put together from the assistant's answers; knows no Gradio."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.answering.interface import Answering
from assistant.rendering.answer_html import (
    answer_html,
    count_in_words,
    entry_html,
    failure_html,
    problem_html,
)
from assistant.rendering.filters import filter_html
from assistant.rendering.page_parts import contents_html, start_html, status_html
from assistant.rendering.page_request import PageRequest
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import support_html
from assistant.settings import Settings
from index.errors import SearchIndexError


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What of the page depends on the generation alone."""

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
        return cls(announced("Something went wrong", problem_html(error_id)), None)


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
        feedback = ' class="feedback-on"' if self._settings.journal_days else ""
        return (
            f'<header class="masthead"><a class="name" href="#">{escape(self._settings.name)}</a></header>'
            f'<p id="connection" role="alert"></p><p id="said" class="unseen" role="status"></p>'
            f'<div class="opening"><h1{feedback}>What went wrong?</h1></div>'
        )

    def respond(self, query: str, request: PageRequest, *, shown: str = "") -> View:
        """Return what is shown for a text and a request.

        Args:
            query: What stands in the box.
            request: What was asked for beside it.
            shown: The generation that the page's surroundings were made of.
        """
        try:
            around = self._surroundings()
            answer = self._answer(query, request, around)
        except SearchIndexError as error:
            empty = Surroundings("", "", "", "", "")
            return View(announced("The articles cannot be searched", failure_html(str(error))), empty)
        return View(answer, None if around.generation_id == shown else around)

    def _answer(self, query: str, request: PageRequest, around: Surroundings) -> str:
        if request.entry is not None:
            found = self._assistant.entry(request.entry)
            said = "Entry found" if found else "This link leads to no entry"
            return announced(said, entry_html(found, image=self._image))
        if not query.strip():
            return announced("", around.start)
        answer = self._assistant.ask(query, product=request.product, tags=request.tags, choice=request.choice)
        support = support_html(answer, self._settings.support_url, self._settings.support_text)
        html = answer_html(answer, image=self._image, support=support, chosen=request.choice)
        return announced(count_in_words(answer), html)

    def _surroundings(self) -> Surroundings:
        status = self._assistant.status()
        if self._around is None or self._around[0] != status:
            contents = self._assistant.contents()
            around = Surroundings(
                generation_id=status.generation.generation_id,
                start=start_html(contents),
                filters=filter_html([article for article, _ in contents]),
                contents=contents_html(contents),
                footer=status_html(status),
            )
            self._around = status, around
        return self._around[1]


def announced(said: str, html: str) -> str:
    """Put what a screen reader says first; it stays the same element, so that only its text changes."""
    return f'<p class="unseen" role="status">{escape(said)}</p>{html}'
