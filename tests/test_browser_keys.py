"""Keys, copying, choices, filters, and a page that is served under a path of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answering.answer import Answer
from assistant.answering.query import Query
from assistant.settings import Settings
from assistant.web.app import create_app
from tests.conftest import Serve
from tests.programs.stub_assistant import ENTRY
from tests.programs.stub_assistant import StubAssistant as Plain
from tests.test_browser_safety import Echo

SUPPORT = Settings(journal_days=0, rate_limit=0, support_url="https://desk.example/", support_text="Ask the desk.")


class UnderHelp:
    """Passes on what lies under /help without that prefix, as a reverse proxy does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith("/help/"), scope["path"]
            scope = {**scope, "path": scope["path"].removeprefix("/help"), "raw_path": scope["raw_path"][5:]}
        await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def echo_address(serve: Serve) -> Iterator[str]:
    with serve(create_app(Echo(), SUPPORT)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, echo_address: str) -> Iterator[Page]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(echo_address)
    expect(page.locator("#page-footer time")).to_be_visible()
    yield page
    context.close()


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_keys_reach_the_box_and_the_results_and_clear(page: Page) -> None:
    box = page.locator("#query textarea")
    box.fill("invoice")
    page.wait_for_selector(".card")
    box.press("ArrowDown")
    expect(page.locator(".card summary").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".card summary").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".card details").nth(1)).to_have_attribute("open", "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.locator(".card summary").first.focus()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("invoice")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_none_of_these_is_sent_and_leads_to_the_support_desk(browser: Browser, serve: Serve) -> None:
    class Choosing(Echo):
        """Takes a choice, and asks back, or answers that there is nothing where it is none of these."""

        def ask(self, query: Query) -> Answer:
            return super().ask(Query(f"{query.text} " if query.choice == "none" else f"{query.text} ?"))

    with serve(create_app(Choosing(), SUPPORT)) as address:
        page = browser.new_page()
        page.goto(f"{address}/#q=invoice")
        page.get_by_role("button", name="None of these").click()
        expect(page.locator("#answer h2")).to_have_text("There is nothing more to suggest")
        expect(page.locator("#answer h2")).to_be_focused()
        expect(page.get_by_role("link", name="https://desk.example/")).to_be_visible()
        page.close()


def test_what_a_link_asks_is_told_with_its_filter(browser: Browser, serve: Serve, tmp_path: Path) -> None:
    with serve(create_app(Plain(), Settings(journal=tmp_path / "journal.sqlite", rate_limit=0))) as address:
        page = browser.new_page()
        with page.expect_request("**/api/feedback") as told:
            page.goto(f"{address}/#q=port&product=VPN&tag=network")
        assert told.value.post_data_json == {
            "kind": "asked",
            "query": "port",
            "product": "VPN",
            "tags": ["network"],
            "choice": None,
        }
        page.close()


def test_links_steps_and_the_ticket_can_be_copied(page: Page, echo_address: str) -> None:
    page.locator("#query textarea").fill("invoice")
    page.get_by_role("button", name="Copy link").first.click()
    expect(page.locator("#said")).to_have_text("Copied")
    assert clipboard(page) == f"{echo_address}/entries/invoice%23invoice"
    page.get_by_role("button", name="Copy steps for a ticket").first.click()
    page.wait_for_timeout(200)
    assert clipboard(page).startswith("invoice\n")
    assert clipboard(page).endswith("/entries/invoice%23invoice")
    page.locator("#query textarea").fill("printer ")
    page.get_by_role("button", name="Copy this text").click()
    page.wait_for_timeout(200)
    assert clipboard(page).startswith("I need help with this problem:\n\nprinter\n")


def test_the_page_works_under_a_path_of_its_own(browser: Browser, serve: Serve) -> None:
    settings = Settings(journal_days=0, root_path="/help")
    with serve(UnderHelp(create_app(Plain(), settings))) as address:
        page = browser.new_page()
        strays: list[str] = []
        page.on(
            "request", lambda sent: strays.append(sent.url) if not sent.url.startswith(f"{address}/help/") else None
        )
        page.goto(f"{address}/help/")
        page.locator("#query textarea").fill("port closed")
        expect(page.locator("h3.card-title")).to_have_text(ENTRY.title)
        assert strays == []
        page.close()


def test_a_lost_connection_is_said_and_mended(page: Page) -> None:
    page.locator("#query textarea").fill("invoice")
    page.wait_for_selector(".card")
    page.context.set_offline(True)
    page.locator("#query textarea").press_sequentially("s")
    expect(page.locator("#connection")).to_contain_text("connection is lost")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_have_text("", timeout=15_000)
    expect(page.locator("#query textarea")).to_have_value("invoices")
    expect(page.locator(".card").first).to_be_visible()
