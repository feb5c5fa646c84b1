"""What the page shows, put together from the assistant's answers; knows no Gradio."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from assistant.protocol import Answering
from assistant.rendering import (
    answer_html,
    contents_html,
    count_in_words,
    entry_html,
    failure_html,
    problem_html,
    start_html,
    status_html,
)
from assistant.request import PageRequest
from index.errors import SearchIndexError


@dataclass(frozen=True, slots=True)
class View:
    """The three parts of the page that change: the answer, the list of all entries, the footer."""

    answer: str
    contents: str
    footer: str

    @classmethod
    def failed(cls, error_id: str) -> View:
        """Return what is shown when our own code failed."""
        return cls(_announced("Something went wrong", problem_html(error_id)), "", "")


class Views:
    """Makes the page's parts.

    Args:
        assistant: Answers what is typed.
        name: The product's name.
    """

    def __init__(self, assistant: Answering, *, name: str) -> None:
        self._assistant = assistant
        self._name = name

    def header(self) -> str:
        """Return the page's heading."""
        return (
            f'<header class="masthead"><a class="name" href="#">{escape(self._name)}</a></header>'
            '<div class="opening"><h1>What went wrong?</h1></div>'
        )

    def respond(self, query: str, request: PageRequest) -> View:
        """Return what is shown for a text and a request."""
        try:
            contents = self._assistant.contents()
            status = self._assistant.status()
            answer = self._answer(query, request)
        except SearchIndexError as error:
            return View(_announced("The articles cannot be searched", failure_html(str(error))), "", "")
        footer = status_html(status.generation.built_at, status.articles, status.entries, status.rejected)
        return View(answer, contents_html(contents), footer)

    def _answer(self, query: str, request: PageRequest) -> str:
        if request.entry is not None:
            found = self._assistant.entry(request.entry)
            return _announced("Entry found" if found else "This link leads to no entry", entry_html(found))
        if not query.strip():
            return _announced("", start_html(self._assistant.contents()))
        answer = self._assistant.ask(query, product=request.product, tags=request.tags, choice=request.choice)
        return _announced(count_in_words(answer), answer_html(answer))


def _announced(said: str, html: str) -> str:
    """Put what a screen reader says first; it stays the same element, so that only its text changes."""
    return f'<p class="unseen" role="status">{escape(said)}</p>{html}'
