"""What the page shows can be followed: focus, title, paper, an old answer, a busy server, the reader's own dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answering.answer import Status
from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve
from tests.programs.stub_assistant import StubAssistant

NEAR = "what is the weather like in Oslo"
PAID = "client paid but xero says its more than whats outstanding"


class Moody:
    """The application, which can be gone (its answers are a proxy's) or too busy to answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.mood = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.mood == "gone":
            await JSONResponse("Bad gateway", 502)(scope, receive, send)
        elif scope["type"] == "http" and self.mood == "busy" and "predict" in scope["path"]:
            body = {"error": {"code": "busy", "message": "Too much to do.", "id": "1"}}
            await JSONResponse(body, 503, headers={"Retry-After": "1"})(scope, receive, send)
        else:
            await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Moody:
    store = Store(tmp_path_factory.mktemp("reading") / "built")
    build(load_corpus(ARTICLES), encoder, store)
    return Moody(create_app(Assistant(store, encoder), Settings(journal_days=0, rate_limit=0)))


@pytest.fixture(scope="module")
def address(application: Moody, serve: Serve) -> Iterator[str]:
    with serve(application) as address:
        yield address


def opened(browser: Browser, address: str, **options: str) -> Page:
    page = browser.new_page(**options)  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_selector("#answer .announcement", state="attached")
    return page


def ask(page: Page, text: str) -> None:
    page.locator("#query textarea").fill(text)
    page.locator("#query textarea").press("Enter")


def test_a_topic_that_is_followed_has_the_focus_and_the_question_stays(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    ask(page, NEAR)
    topic = page.locator("#answer .topics a").first
    title = topic.inner_text()
    topic.click()
    expect(page.locator("#answer .card .card-title")).to_have_text(title)
    expect(page.locator("#answer .card .card-title")).to_be_focused()
    expect(page.locator("#query textarea")).to_have_value(NEAR)
    expect(page.locator("#said")).to_have_text("Entry found")
    page.reload()
    expect(page.locator("#answer .card .card-title")).to_have_text(title)
    expect(page.locator("#query textarea")).to_have_value(NEAR)
    page.go_back()
    expect(page.locator("#answer .topics")).to_be_visible()
    expect(page.locator("#query textarea")).to_have_value(NEAR)
    page.close()


def test_the_title_follows_the_question(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    expect(page).to_have_title("Troubleshooting assistant")
    ask(page, PAID)
    expect(page).to_have_title(f"{PAID} - Troubleshooting assistant")
    page.locator("#query textarea").press("Escape")
    expect(page).to_have_title("Troubleshooting assistant")
    page.goto(f"{address}/#entry=xero-error-messages%23access-denied")
    expect(page).to_have_title("Access is denied when setting up Xero - Troubleshooting assistant")
    page.close()


def test_paper_has_the_question_and_the_open_card_and_no_button(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    ask(page, PAID)
    expect(page.locator(".card").first).to_be_visible()
    expect(page.locator(".opening")).to_have_attribute("data-question", PAID)
    page.emulate_media(media="print")
    content = page.locator(".opening").evaluate("each => getComputedStyle(each, '::after').content")
    assert content == f'"{PAID}"'
    expect(page.locator(".card .solution .block").first).to_be_visible()
    assert page.locator("button:visible, textarea:visible").count() == 0
    assert page.locator(".card:visible details:not([open])").count() == 0
    page.close()


def test_an_answer_from_before_the_server_went_is_marked(browser: Browser, address: str, application: Moody) -> None:
    page = opened(browser, address)
    ask(page, PAID)
    expect(page.locator(".card").first).to_be_visible()
    application.mood = "gone"
    ask(page, "failed to renew token")
    expect(page.locator("#connection")).to_contain_text("The connection is lost")
    mark = "getComputedStyle(document.querySelector('.results'), '::before').content"
    assert page.evaluate(mark) == '"From before, and perhaps old"'
    application.mood = ""
    expect(page.locator("#connection")).to_have_text("")
    expect(page.locator(".card").first).to_have_attribute("data-entry", "xero-error-messages#failed-to-renew-token")
    assert page.evaluate(mark) == "none"
    page.close()


def test_a_busy_server_is_called_busy_and_asked_again(browser: Browser, address: str, application: Moody) -> None:
    page = opened(browser, address)
    application.mood = "busy"
    ask(page, "failed to renew token")
    expect(page.locator("#connection")).to_contain_text("The server has too much to do just now.")
    application.mood = ""
    expect(page.locator(".card").first).to_have_attribute("data-entry", "xero-error-messages#failed-to-renew-token")
    expect(page.locator("#connection")).to_have_text("")
    page.close()


def test_days_are_written_as_the_reader_writes_them(browser: Browser, address: str) -> None:
    page = opened(browser, address, locale="de-DE", timezone_id="Europe/Berlin")
    built = page.locator("#page-footer time")
    options = "{dateStyle: 'long', timeStyle: 'short'}"
    expected = built.evaluate(f"each => new Intl.DateTimeFormat('de-DE', {options}).format(new Date(each.dateTime))")
    expect(built).to_have_text(expected)
    expect(page.locator("#page-footer .built")).to_contain_text("in 1 article, last built")
    page.close()


class Many(StubAssistant):
    def status(self) -> Status:
        return replace(super().status(), entries=12_345, articles=1_200)


@pytest.mark.parametrize(("locale", "problems"), [("de-DE", "12.345 problems"), ("en-IN", "12,345 problems")])
def test_numbers_are_written_as_the_reader_writes_them(
    browser: Browser, serve: Serve, locale: str, problems: str
) -> None:
    with serve(create_app(Many(), Settings(journal_days=0))) as address:
        page = opened(browser, address, locale=locale)
        expect(page.locator("#page-footer .built data").first).to_have_text(problems)
        page.close()
