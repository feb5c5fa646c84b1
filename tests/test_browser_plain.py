"""Without script, people browse, ask, open what fits and print it; nothing stands in the way of a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from tests.conftest import Serve
from tests.test_plain_pages import BOUNCED, CODES, MAIL, TUNNEL, assistant_over

PATHS = (
    "/",
    "/articles",
    "/articles/mail",
    "/entries/mail%23bounced",
    "/ask?q=Tunnel+cannot+be+established,+firewall+blocked+port",
    "/ask?q=Address+unknown,+message+returned+to+sender",
    "/ask?q=zebra",
    "/entries/nowhere",
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return assistant_over(tmp_path_factory.mktemp("browser"), mail=MAIL, tunnel=TUNNEL, codes=CODES)


@pytest.fixture(scope="module")
def address(assistant: Assistant, serve: Serve) -> Iterator[str]:
    with serve(create_app(assistant, Settings(journal_days=0, rate_limit=0))) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def test_a_question_asked_on_the_start_page_is_answered_and_leads_on(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_text("the page is loading")).to_be_hidden()
    page.get_by_role("textbox", name="What went wrong?").fill(BOUNCED)
    page.get_by_role("button", name="Find the solution").click()
    expect(page).to_have_url(f"{address}/ask?q=Address+unknown%2C+message+returned+to+sender")
    expect(page.get_by_role("heading", level=2).nth(1)).to_have_text("Which of these do you see?")
    choice = page.locator("details.choice").filter(has_text="It came back")
    expect(choice.get_by_text("Use another address.")).to_be_hidden()
    choice.locator("summary").click()
    expect(choice.get_by_text("Use another address.")).to_be_visible()
    page.get_by_role("link", name="None of these").click()
    expect(page.locator(".results-heading")).to_have_text("There is nothing more to suggest")


def test_near_topics_and_lists_lead_to_an_entry(page: Page, address: str) -> None:
    page.goto(f"{address}/articles")
    page.get_by_role("link", name="T (1)").click()
    page.get_by_role("link", name="The tunnel is blocked").click()
    expect(page).to_have_url(f"{address}/entries/tunnel%23blocked")
    expect(page.get_by_role("heading", level=1)).to_have_text("The tunnel is blocked")
    page.get_by_role("link", name="Tunnel", exact=True).first.click()
    expect(page).to_have_url(f"{address}/articles/tunnel")


def test_a_link_to_a_place_on_an_article_shows_that_entry(page: Page, address: str) -> None:
    page.goto(f"{address}/articles/mail")
    page.locator(".toc").get_by_role("link", name="It came back").click()
    expect(page.locator("#entry-back h2")).to_be_in_viewport()


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_wider_than_a_narrow_screen(page: Page, address: str, path: str) -> None:
    page.goto(f"{address}{path}")
    assert page.locator("html").evaluate("each => each.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, address: str, scheme: Literal["light", "dark"]) -> None:
    """Axe itself is a script; these pages have none that it could change."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in PATHS[1:]:
        page.goto(f"{address}{path}")
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == [], path
    context.close()


def test_what_is_folded_is_printed_and_the_form_is_not(page: Page, address: str) -> None:
    page.goto(f"{address}/ask?q=Address+unknown,+message+returned+to+sender")
    folded = page.locator("details.choice").filter(has_text="It came back").get_by_text("Use another address.")
    form = page.locator(".question-form")
    assert (folded.is_visible(), form.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (folded.is_visible(), form.is_visible()) == (True, False)


def test_a_link_to_an_entry_leads_to_its_page_without_script_and_is_shown_in_place_with_it(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{address}/#q=zebra")
    link = page.locator("[data-state=none] .topics a").first
    target = link.get_attribute("data-opens") or ""
    assert link.get_attribute("href") == f"./entries/{target.replace('#', '%23')}"
    with context.expect_page() as opened:
        link.click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(link.inner_text())
    link.click()
    expect(page).to_have_url(f"{address}/#q=zebra&entry={target.replace('#', '%23')}")
    page.wait_for_selector("[data-state=entry]")
    context.close()
