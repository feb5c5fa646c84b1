"""What only a browser shows: typing, reading the cards, links, keys, and an edit that arrives without a restart."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.types import ASGIApp

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store

PAID = "client paid but xero says its more than whats outstanding"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the articles, and an index beside it."""
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(Path(__file__).parent.parent / "corpus" / "articles", folder / "articles")
    return folder


@pytest.fixture(scope="module")
def address(folder: Path, encoder: Encoder, serve: Callable[[ASGIApp], AbstractContextManager[str]]) -> Iterator[str]:
    store = Store(folder / "built")
    build(load_corpus(folder / "articles"), encoder, store)
    with serve(create_app(Assistant(store, encoder), Settings())) as address:
        yield address


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.set_default_timeout(60_000)  # a busy machine must not fail a test
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda sent: complaints.append(sent.url) if not sent.url.startswith(address) else None)
    page.goto(address)
    expect(page.locator(".examples a").first).to_be_visible()
    yield page
    context.close()
    assert complaints == []


def first_card(page: Page) -> str | None:
    return page.locator(".card").first.get_attribute("data-entry")


def test_results_follow_typing_and_the_right_one_stands_first(page: Page) -> None:
    page.get_by_label("Describe the problem, or paste the error message").press_sequentially(PAID, delay=5)
    expect(page.locator("#answer h2")).to_contain_text("solution")
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#payment-exceeds-outstanding')")
    expect(page.locator(".card").first.locator(".step")).to_have_count(4)
    assert page.locator(".card details").first.get_attribute("open") is not None
    assert page.locator(".card details[open]").count() == 1


def test_the_page_fits_its_width_and_holds_still_while_one_types(page: Page) -> None:
    box = page.locator("#query textarea")
    before = box.bounding_box()
    box.press_sequentially(PAID, delay=5)
    page.wait_for_selector(".card")
    page.wait_for_timeout(300)
    after = box.bounding_box()
    assert before is not None
    assert after is not None
    assert (before["x"], before["y"], before["width"]) == (after["x"], after["y"], after["width"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_enter_and_the_button_ask_too(page: Page) -> None:
    box = page.locator("#query textarea")
    asks: list[Callable[[], None]] = [
        lambda: box.press("Enter"),
        lambda: page.get_by_role("button", name="Find the solution").click(),
    ]
    for ask in asks:
        box.fill("failed to renew token")
        ask()
        page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#failed-to-renew-token')")
        assert box.input_value() == "failed to renew token"
        box.fill("")
        expect(page.locator(".examples a").first).to_be_visible()


def test_pasting_asks_as_typing_does(page: Page) -> None:
    page.locator("#query textarea").evaluate(
        "(box, text) => { box.focus(); document.execCommand('insertText', false, text) }",
        "Xero V2: Failed to renew token.",
    )
    expect(page.locator(".card").first).to_have_attribute("data-entry", re.compile("#failed-to-renew-token$"))


def test_an_example_fills_the_box_and_back_empties_it(page: Page) -> None:
    example = page.locator(".examples a").nth(1)
    text = example.inner_text()
    example.click()
    expect(page.locator("#query textarea")).to_have_value(text)
    expect(page.locator(".card").first).to_be_visible()
    page.go_back()
    expect(page.locator("#query textarea")).to_have_value("")
    expect(page.locator(".examples a").first).to_be_visible()


def test_a_link_opens_the_same_state_for_anyone(page: Page, address: str) -> None:
    page.goto("about:blank")
    page.goto(f"{address}/#q=access%20denied")
    expect(page.locator("#query textarea")).to_have_value("access denied")
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#access-denied')")
    page.goto("about:blank")
    page.goto(f"{address}/#entry=xero-error-messages%23token-response-url")
    expect(page.locator("h2.card-title")).to_have_text(
        "No valid Token Response URL, so the invoice does not reach Xero"
    )
    page.goto("about:blank")
    page.goto(f"{address}/#entry=nowhere")
    expect(page.locator("#answer h2")).to_have_text("This link leads to no entry")


def test_all_entries_can_be_browsed(page: Page) -> None:
    page.locator("#contents summary").click()
    expect(page.locator("#contents .topics a")).to_have_count(10)
    page.locator("#contents .topics a").last.click()
    expect(page.locator("h2.card-title")).to_have_text("Access is denied when setting up Xero")
    assert re.search(r"#entry=xero-error-messages%23access-denied$", page.url)


def test_ticks_stay_with_their_entry(page: Page) -> None:
    box = page.locator("#query textarea")
    box.fill(PAID)
    page.wait_for_selector(".card .step")
    page.locator(".card").first.get_by_label("Step 2 done").check()
    box.fill("bank account has no code")
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#bank-account-code-missing')")
    assert page.locator(".card").first.locator(".tick input:checked").count() == 0
    box.fill(PAID)
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#payment-exceeds-outstanding')")
    assert page.locator(".card").first.locator(".tick input:checked").count() == 1


def test_an_edited_article_is_answered_from_after_a_build(page: Page, folder: Path, encoder: Encoder) -> None:
    article = folder / "articles" / "xero-error-messages.md"
    before = article.read_text(encoding="utf-8")
    try:
        article.write_text(before.replace("then select Reconnect", "then press the purple lever"), encoding="utf-8")
        build(load_corpus(folder / "articles"), encoder, Store(folder / "built"))
        page.locator("#query textarea").fill("failed to renew token")
        expect(page.locator(".card").first).to_contain_text("then press the purple lever")
    finally:
        article.write_text(before, encoding="utf-8")
        build(load_corpus(folder / "articles"), encoder, Store(folder / "built"))
