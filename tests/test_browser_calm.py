"""The page is calm: nothing jumps while it opens or while one types, and whatever fails is said and mended."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve
from tests.programs.stub_assistant import StubAssistant

PAID = "client paid but xero says its more than whats outstanding"
QUIET = Settings(journal_days=0, rate_limit=0)
SHIFTS = """
window.shifts = [];
const isBelow = node => node?.closest?.("#contents, #page-footer");
new PerformanceObserver(list => window.shifts.push(...list.getEntries()
    .filter(each => !each.sources.every(source => isBelow(source.node)))
    .map(each => each.value))).observe({type: "layout-shift", buffered: true});
"""
SEEN = """
window.seen = [];
new MutationObserver(() => {
    const state = document.querySelector(".results")?.dataset.state;
    const app = document.querySelector("gradio-app");
    const isSeen = getComputedStyle(app).visibility === "visible";
    if (state && isSeen && window.seen.at(-1) !== state) window.seen.push(state);
}).observe(document, {childList: true, subtree: true, attributes: true});
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, serve: Serve) -> Iterator[str]:
    store = Store(tmp_path_factory.mktemp("calm") / "built")
    build(load_corpus(ARTICLES), encoder, store)
    with serve(create_app(Assistant(store, encoder), QUIET)) as address:
        yield address


def opened(browser: Browser, address: str, *, script: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(120_000)  # a key at a time, each answered, takes long on a busy machine
    page.add_init_script(script)
    page.goto(address)
    page.wait_for_selector("#answer .announcement", state="attached")
    return page


def shifts(page: Page) -> float:
    """How much has moved of what one reads: the sum of the browser's layout shifts, those right after a key too.

    The list of all problems and the footer stand below the answer and make room for it, by as much as it is high.
    Up to 0.1 is good: https://web.dev/articles/cls
    """
    page.wait_for_timeout(300)
    return float(page.evaluate("window.shifts.splice(0).reduce((sum, each) => sum + each, 0)"))


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_jumps_while_the_page_opens_or_one_types(browser: Browser, address: str, width: int) -> None:
    page = opened(browser, address, script=SHIFTS, width=width)
    assert shifts(page) < 0.01
    page.locator("#query textarea").press_sequentially(PAID, delay=30)
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#payment-exceeds-outstanding')")
    assert shifts(page) < 0.1
    page.close()


def test_what_to_do_is_seen_without_scrolling(browser: Browser, address: str) -> None:
    page = opened(browser, address, script="")
    page.locator("#query textarea").fill(PAID)
    fix = page.locator(".card").first.locator(".solution .block").first
    expect(fix).to_contain_text("Open the invoice in Xero")
    place = fix.bounding_box()
    assert place is not None
    assert place["y"] + place["height"] < 800
    page.close()


def test_a_link_shows_at_once_what_it_leads_to(browser: Browser, address: str) -> None:
    page = opened(browser, f"{address}/#q=failed%20to%20renew%20token", script=SEEN)
    expect(page.locator(".card").first).to_be_visible()
    assert page.evaluate("window.seen") == ["answer"]
    page.close()


def test_one_may_type_as_soon_as_the_page_is_there(browser: Browser, address: str) -> None:
    page = opened(browser, address, script="")
    expect(page.locator("#query textarea")).to_be_focused()
    page.close()


def test_an_answer_that_takes_long_is_waited_for_in_sight(browser: Browser, serve: Serve) -> None:
    class Slow(StubAssistant):
        """Takes its time for what is typed."""

        def ask(self, query: Query) -> Answer:
            time.sleep(2.5)
            return super().ask(query)

    with serve(create_app(Slow(), QUIET)) as address:
        page = opened(browser, address, script="")
        page.locator("#query textarea").fill("port closed")
        expect(page.locator("html.late")).to_be_attached()
        expect(page.locator("#said")).to_have_text("Looking for an answer")
        expect(page.locator(".card").first).to_be_visible()
        expect(page.locator("html.late")).not_to_be_attached()
        page.close()


class GoesAway:
    """An application that can be made to answer nothing but faults, as a proxy does whose server is gone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.gone and scope["type"] == "http":
            await send({"type": "http.response.start", "status": 502, "headers": []})
            await send({"type": "http.response.body", "body": b"<h1>Bad Gateway</h1>"})
            return
        await self._app(scope, receive, send)


def test_a_server_that_is_gone_behind_its_proxy_is_said_and_what_was_typed_is_answered_later(
    browser: Browser, serve: Serve
) -> None:
    application = GoesAway(create_app(StubAssistant(), QUIET))
    with serve(application) as address:
        page = opened(browser, address, script="")
        application.gone = True
        page.locator("#query textarea").fill("port closed")
        expect(page.locator("#connection")).to_contain_text("The connection is lost")
        application.gone = False
        expect(page.locator("#connection")).to_have_text("", timeout=15_000)
        expect(page.locator(".card").first).to_be_visible()
        expect(page.locator("#query textarea")).to_have_value("port closed")
        page.close()


def test_without_an_index_the_page_says_what_to_run_and_then_answers(browser: Browser, serve: Serve) -> None:
    assistant = StubAssistant()
    assistant.built = False
    with serve(create_app(assistant, QUIET)) as address:
        page = opened(browser, address, script="")
        expect(page.locator(".remedy")).to_contain_text('run "assistant build"')
        assistant.built = True
        page.locator("#query textarea").fill("port closed")
        expect(page.locator(".card").first).to_be_visible()
        expect(page.locator("#contents h2")).to_have_text("The problem we can help with")
        page.close()


def test_a_page_that_cannot_be_drawn_says_so(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.clock.install()
    page.route("**/assets/*.js", lambda route: route.abort())
    page.goto(address)
    expect(page.locator("#waiting")).to_contain_text("One moment")
    page.clock.fast_forward(16_000)
    expect(page.locator("#waiting")).to_contain_text("could not be loaded. Reload it")
    page.close()


def test_without_our_script_the_page_still_answers(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/page.js*", lambda route: route.abort())
    page.goto(address)
    page.locator("#query textarea").fill("failed to renew token")
    expect(page.locator(".card").first).to_be_visible()
    page.close()
