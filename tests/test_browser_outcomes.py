"""What one is told: an answer, a question whose choices open in place, or nothing; and what a "No" leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.journal import Journal
from assistant.notes import Refusal
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve

PAID = "client paid but xero says its more than whats outstanding"
PERHAPS = "payment problem"
NO = "did_not_help"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("outcomes")


@pytest.fixture(scope="module")
def address(folder: Path, encoder: Encoder, serve: Serve) -> Iterator[str]:
    store = Store(folder / "built")
    build(load_corpus(ARTICLES), encoder, store)
    settings = Settings(journal=folder / "journal.sqlite", rate_limit=0)
    with serve(create_app(Assistant(store, encoder), settings)) as address:
        yield address


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["wide", "narrow"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    width, scheme = request.param
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    expect(page.locator("#page-footer time")).to_be_visible()
    yield page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
    assert complaints == []


def ask(page: Page, query: str) -> None:
    page.locator("#query textarea").fill(query)
    page.locator("#query textarea").press("Enter")


def state(page: Page, expected: str) -> None:
    expect(page.locator("#answer .results")).to_have_attribute("data-state", expected)


def entries(page: Page) -> list[str | None]:
    return [card.get_attribute("data-entry") for card in page.locator("#answer .card").all()]


def test_a_choice_opens_in_place_without_a_request(page: Page) -> None:
    ask(page, PERHAPS)
    expect(page.locator("#answer h2")).to_have_text("Is it one of these?")
    expect(page.locator("#said")).to_have_text("Is it one of these? 4 to choose from")
    card = page.locator(".card").first
    expect(card.locator(".symptom")).to_contain_text("When I post a payment")
    expect(card.locator(".solution")).not_to_be_visible()
    page.wait_for_timeout(500)  # Enter asks a second time
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    card.locator("summary").click()
    expect(card.locator(".solution")).to_be_visible()
    expect(card.locator("[data-feedback=helped]")).to_be_visible()
    page.wait_for_timeout(300)
    assert [url for url in sent if "predict" in url] == []


def test_none_of_the_choices_leads_to_the_support_note(page: Page) -> None:
    ask(page, PERHAPS)
    page.get_by_role("button", name="None of these").click()
    state(page, "none")
    expect(page.locator("#answer h2")).to_have_text("There is nothing more to suggest")
    expect(page.locator("#answer h2")).to_be_focused()
    expect(page.locator(".ticket")).to_contain_text(f"I need help with this problem:\n\n{PERHAPS}")


def test_where_several_fit_none_of_them_leads_to_the_next_choices(page: Page) -> None:
    ask(page, "the invoice is not in xero")
    expect(page.locator("#answer h2")).to_have_text("Which of these do you see?")
    first = entries(page)
    page.get_by_role("button", name="None of these").click()
    expect(page.locator("#answer h2")).to_have_text("Is it one of these?")
    assert set(first).isdisjoint(entries(page))
    page.get_by_role("button", name="None of these").click()
    state(page, "none")


def test_words_that_say_too_little_get_a_question_and_the_list(page: Page) -> None:
    ask(page, "help")
    state(page, "too_little_said")
    expect(page.locator("#answer h2")).to_have_text("What do you see?")
    expect(page.locator(".ticket, .topics:visible")).to_have_count(0)
    page.get_by_role("button", name="Look through all problems").click()
    expect(page.locator("#contents .topics a").first).to_be_visible()
    expect(page.locator("#contents summary")).to_be_focused()


def test_a_no_leads_to_the_next_choices_then_to_the_support_note_and_is_kept(page: Page, folder: Path) -> None:
    ask(page, "xero refuses my bill")
    state(page, "answer")
    tried = entries(page)
    page.locator(f".card [data-feedback={NO}]").first.click()
    state(page, "question")
    assert entries(page) == tried[1:5]
    page.get_by_label("What was missing?").fill("a picture")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".missing")).to_have_text(re.compile("Thank you"))
    for entry in entries(page):
        card = page.locator(f".card[data-entry='{entry}']")
        card.locator("summary").click()
        card.locator(f"[data-feedback={NO}]").click()
        expect(card).to_have_count(0)
    state(page, "none")
    expect(page.locator(".ticket")).to_contain_text(
        "I tried this from the help articles, and it did not help:\n- The ref"
    )
    page.wait_for_timeout(300)
    kept = Journal(folder / "journal.sqlite", days=90).summary().refusals
    assert Refusal("xero refuses my bill", str(tried[0]), "a picture") in kept
    assert {refusal.entry for refusal in kept} >= set(tried)


WATCH = """
const state = () => document.querySelector(".results")?.dataset.state;
window.told = [state()]; window.heard = []; window.dimmed = false; window.rested = 0;
let key = 0;
document.addEventListener("input", event => {
    if (event.target.closest("#query")) key = performance.now();
}, true);
new MutationObserver(() => {
    window.dimmed ||= document.querySelector("#answer").ariaBusy === "true";
    if (window.told.at(-1) === state()) return;
    window.told.push(state());
    window.rested = performance.now() - key;
}).observe(document.querySelector("#answer"), {childList: true, subtree: true, attributes: true});
new MutationObserver(() => {
    const text = document.querySelector("#said").textContent;
    if (text && text !== "Looking for an answer" && window.heard.at(-1) !== text) window.heard.push(text);
}).observe(document.querySelector("#said"), {childList: true, subtree: true, characterData: true});
"""


def test_while_one_types_nothing_is_refused_or_taken_back_and_a_screen_reader_is_spared(page: Page) -> None:
    page.evaluate(WATCH)
    page.locator("#query textarea").press_sequentially(PAID, delay=30)
    page.wait_for_function("document.querySelector('.card')?.dataset.entry.endsWith('#payment-exceeds-outstanding')")
    expect(page.locator("#said")).to_have_text("1 solution found")
    told = page.evaluate("window.told")
    assert [each for each in told if each != "question"] == ["start", "answer"]
    assert told[-1] == "answer"
    assert page.evaluate("window.heard") == ["1 solution found"]


def test_a_refusal_waits_for_a_pause_and_what_was_shown_is_dimmed_until_then(page: Page) -> None:
    ask(page, PAID)
    state(page, "answer")
    expect(page.locator("#said")).to_have_text("1 solution found")
    page.evaluate(WATCH)
    page.locator("#query textarea").fill("the coffee machine is ")
    page.locator("#query textarea").press_sequentially("leaking water again", delay=60)
    state(page, "none")
    expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#said")).to_have_text("Nothing in the articles is near this")
    assert page.evaluate("[window.told, window.heard]") == [
        ["answer", "none"],
        ["Nothing in the articles is near this"],
    ]
    assert page.evaluate("window.dimmed")
    assert page.evaluate("window.rested") >= 700


def test_enter_does_not_wait_for_a_pause(page: Page) -> None:
    requests = page.evaluate("""() => {
        const [box, request] = ["#query textarea", "#request textarea"].map(name => document.querySelector(name));
        box.value = "port";
        box.dispatchEvent(new Event("input", {bubbles: true}));
        const typing = request.value;
        box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
        return [typing, request.value];
    }""")
    assert requests == ['{"typing":true}', ""]
