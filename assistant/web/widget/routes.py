"""The widget's script, under `/widget.js` and with its version, and the route that the script asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from assistant.answering.answer import Answer
from assistant.answering.follow_up import next_answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.rendering.entry_card import card_of
from assistant.rendering.page_parts import examples_of
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import outcome_of, refused_in
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote, support_note
from assistant.search_notes import SearchNotes
from assistant.settings import Settings
from assistant.web.schema import Text
from assistant.web.widget.script import SCRIPT, ScriptFile, widget_files
from assistant.web.widget.view import VERSION, Json, answer_json, card_json, outcome_json
from corpus.passages import plain_text
from index.decision import Decision

_CACHED_S = 3600
_MOST_IDS = 50
_CLIENT = "widget"  # how the journal names it


class WidgetRequest(BaseModel):
    """What the widget asks; a name that is not known is passed over, for another version may send it."""

    model_config = ConfigDict(strict=True)

    query: Text = ""
    product: Annotated[Text | None, Field(max_length=200)] = None
    tags: Annotated[list[Text], Field(max_length=_MOST_IDS)] = []
    entry: Annotated[Text | None, Field(max_length=500)] = None
    choice: Annotated[Text | None, Field(max_length=500)] = None
    unhelpful: Annotated[list[Text], Field(max_length=_MOST_IDS)] = []
    typing: bool = False

    def as_page_request(self) -> PageRequest:
        """Return what is asked besides the query, as the page asks it."""
        return PageRequest(
            self.entry or None,
            self.choice or None,
            self.product or None,
            tuple(self.tags),
            tuple(self.unhelpful),
            self.typing,
        )


class WidgetAnswers:
    """Answers the widget; what it asks once nobody types any more is noted as a program's query is.

    Args:
        assistant: Answers queries.
        settings: Whom to ask where the articles do not help.
        image: The address of an image by its file under the articles' folder.
        notes: Keeps queries; None keeps none.
    """

    def __init__(
        self,
        assistant: AssistantInterface,
        settings: Settings,
        *,
        image: ImageAddress | None,
        notes: SearchNotes | None,
    ) -> None:
        self._assistant = assistant
        self._settings = settings
        self._image = image
        self._notes = notes

    def respond(self, query: str, request: PageRequest) -> Response:
        """Return the response: an entry, questions to try, or an answer."""
        if request.entry is not None and request.entry not in request.unhelpful:
            return JSONResponse(self._entry(request.entry))
        if not query.strip() and not request.unhelpful:
            known, problems = self._without_unknown_filters(request)
            return JSONResponse(outcome_json("start", examples=self._examples(known), problems=problems))

        known, problems = self._without_unknown_filters(request)

        def ask(choice: str | None) -> Answer:
            return self._assistant.ask(Query(query, product=known.product, tags=known.tags, choice=choice))

        answer = next_answer(ask, request.choice, request.unhelpful)
        refused = refused_in(request)
        support = self._support(answer, request.unhelpful)
        body = answer_json(answer, outcome_of(answer), image=self._image, support=support, refused=refused)
        response = JSONResponse(body | {"problems": problems})
        if self._notes is not None and not request.is_typing:
            tried = request.unhelpful[-1] if request.unhelpful else None
            response.background = BackgroundTask(self._note, answer, refused=refused is not None, entry_id=tried)
        return response

    def _support(self, answer: Answer, unhelpful: tuple[str, ...]) -> SupportNote | None:
        tried = filter(None, map(self._assistant.entry, unhelpful)) if answer.decision is Decision.NONE else ()
        titles = [plain_text(entry.entry_title) for entry in tried]
        return support_note(answer, self._settings.support_text, self._settings.support_url, tried=titles)

    def _without_unknown_filters(self, request: PageRequest) -> tuple[PageRequest, list[str]]:
        """Return a request without a product or tags that no article has, and what is wrong with them.

        A site's tag names them, so whoever reads the page can do nothing about a mistake in it.
        """
        if request.product is None and not request.tags:
            return request, []
        answer = self._assistant.ask(Query("", product=request.product, tags=request.tags))
        unknown = {each.name for each in answer.unknown_filters}
        product = None if request.product in unknown else request.product
        tags = tuple(tag for tag in request.tags if tag not in unknown)
        return replace(request, product=product, tags=tags), [each.sentence for each in answer.unknown_filters]

    def _note(self, answer: Answer, *, refused: bool, entry_id: str | None) -> None:
        if self._notes is None:
            return
        if not refused:
            self._notes.keep(answer, _CLIENT)
        elif entry_id is None or self._assistant.entry(entry_id) is not None:
            self._notes.keep(answer, _CLIENT, did_not_help=True, entry_id=entry_id)

    def _entry(self, entry_id: str) -> Json:
        entry = self._assistant.entry(entry_id)
        if entry is None:
            return outcome_json("no_entry")
        return outcome_json("entry", cards=[card_json(card_of(entry, image=self._image))])

    def _examples(self, request: PageRequest) -> list[str]:
        contents = [
            (article, entries)
            for article, entries in self._assistant.contents()
            if request.product in {None, article.product} and set(request.tags) <= set(article.tags)
        ]
        return examples_of(contents)


class WidgetFiles:
    """Sends the script and its texts, compressed where the browser takes that.

    Args:
        is_on: Whether any site may show the widget; otherwise there is no script.
    """

    def __init__(self, *, is_on: bool) -> None:
        self._is_on = is_on
        self._files = widget_files()

    def send(self, request: Request, name: str, *, version: int = VERSION) -> Response:
        """Return the response with a file; status 304 where the browser has it already."""
        file = self._find(name, version)
        takes_gzip = "gzip" in request.headers.get("accept-encoding", "")
        headers = {
            "Cache-Control": f"public, max-age={_CACHED_S}",
            "Vary": "Accept-Encoding",
            "ETag": f'"{file.digest}{"-gzip" if takes_gzip else ""}"',
        }
        if name == SCRIPT:  # a tag of another site loads it without saying for whom; it holds no article
            headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        if takes_gzip:
            headers["Content-Encoding"] = "gzip"
        return Response(file.compressed if takes_gzip else file.content, media_type=file.media_type, headers=headers)

    def _find(self, name: str, version: int) -> ScriptFile:
        if not self._is_on:
            raise HTTPException(404, "No site may show the widget; ASSISTANT_SITES names those that may.")
        if version != VERSION:
            known = f"this server has /v{VERSION}/widget.js"
            raise HTTPException(404, f"There is no version {version} of the widget; {known}.")
        if (file := self._files.get(name)) is None:
            raise HTTPException(404, "The widget has no texts in this language.")
        return file


def add_widget_routes(app: FastAPI, answers: WidgetAnswers, *, is_on: bool) -> None:
    """Add the routes; they are no part of `/openapi.json`, for programs have `/api/search`.

    Args:
        app: The application.
        answers: Answers the widget.
        is_on: Whether any site may show the widget.
    """
    sent = WidgetFiles(is_on=is_on)

    @app.get("/widget.js", include_in_schema=False)
    def newest(request: Request) -> Response:
        return sent.send(request, SCRIPT)

    @app.get("/v{version:int}/widget.js", include_in_schema=False)
    def versioned(request: Request, version: int) -> Response:
        return sent.send(request, SCRIPT, version=version)

    @app.get("/v{version:int}/widget/{name}", include_in_schema=False)
    def texts(request: Request, version: int, name: str) -> Response:
        return sent.send(request, name, version=version)

    @app.post("/api/widget/v1", include_in_schema=False)
    def answer(request: WidgetRequest) -> Response:
        return answers.respond(request.query, request.as_page_request())
