"""The widget on another site's page: opened by a key, answering as one types, calm, and usable by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve
from tests.programs.host_site import HostSite

PAID = "client paid but xero says its more than whats outstanding"
MESSAGE = "Payment amount exceeds the amount outstanding on this document"
FIX = "Open the invoice in Xero and find out"
VAGUE = "xero error"
TOASTER = "my toaster is on fire"
WATCH = """
window.shifts = [];
const isOfPage = each => each.sources.some(source => source.node?.closest?.("main"));
new PerformanceObserver(list => window.shifts.push(...list.getEntries()
    .filter(each => !each.hadRecentInput || isOfPage(each)).map(each => each.value)))
    .observe({type: "layout-shift", buffered: true});
window.heard = [];
window.outcomes = [];
addEventListener("DOMContentLoaded", () => setTimeout(() => {
    const shadow = document.querySelector("assistant-widget").shadowRoot;
    new MutationObserver(() => {
        const said = shadow.querySelector("[role=status]")?.textContent;
        const outcome = shadow.querySelector(".results")?.dataset.outcome;
        if (said && window.heard.at(-1) !== said) window.heard.push(said);
        if (outcome && window.outcomes.at(-1) !== outcome) window.outcomes.push(outcome);
    }).observe(shadow, {childList: true, subtree: true, attributes: true, characterData: true});
}));
"""


@dataclass(frozen=True, slots=True)
class Sites:
    """A site that is listed, one that is not, and the help's own server."""

    host: HostSite
    listed: str
    other: str
    help: str


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder, serve: Serve) -> Iterator[Sites]:
    store = Store(tmp_path_factory.mktemp("widget") / "built")
    build(load_corpus(ARTICLES), encoder, store)
    host = HostSite()
    with serve(host.app) as listed, serve(host.app) as other:
        settings = Settings(sites=listed, journal_days=0, rate_limit=0, support_url="https://desk.example/new")
        with serve(create_app(Assistant(store, encoder), settings)) as help_address:
            host.help = help_address
            yield Sites(host, listed, other, help_address)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCH)
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert failures == []


def visited(page: Page, sites: Sites, kind: str = "", **attributes: str) -> Page:
    page.goto(sites.listed + sites.host.path(kind, **attributes))
    page.wait_for_selector("assistant-widget", state="attached")
    return page


def opened(page: Page, sites: Sites, kind: str = "", **attributes: str) -> Page:
    visited(page, sites, kind, **attributes).keyboard.press("Control+k")
    expect(box(page)).to_be_focused()
    return page


def box(page: Page) -> Locator:
    return page.locator("#box")


def results(page: Page, outcome: str) -> Locator:
    return page.locator(f".results[data-outcome={outcome}]:not([aria-busy])")


def requests_of(page: Page, sites: Sites) -> list[Request]:
    """Collect the requests to the help's server from now on."""
    collected: list[Request] = []
    page.on("request", lambda request: collected.append(request) if request.url.startswith(sites.help) else None)
    return collected


def body(request: Request) -> Any:
    return request.post_data_json


# --- the button and the key ---


def test_nothing_but_the_script_is_loaded_until_it_is_opened(page: Page, sites: Sites) -> None:
    requests = requests_of(page, sites)
    visited(page, sites, lang="de").get_by_role("button", name="Hilfe").wait_for()
    assert [request.url for request in requests] == [f"{sites.help}/widget.js"]
    page.keyboard.press("Control+k")
    expect(results(page, "start")).to_be_visible()
    paths = [f"{request.method} {request.url.removeprefix(sites.help)}" for request in requests[1:]]
    assert paths == ["GET /v1/widget/de.json", "POST /api/widget/v1"]


def test_it_is_opened_and_closed_and_gives_the_focus_back(page: Page, sites: Sites) -> None:
    visited(page, sites)
    dialog = page.get_by_role("dialog", name="What went wrong?")
    field = page.locator("#search")
    for close in ("Escape", "Control+k"):
        field.focus()
        page.keyboard.press("Control+k")
        expect(dialog).to_be_visible()
        expect(box(page)).to_be_focused()
        page.keyboard.press(close)
        expect(dialog).not_to_be_visible()
        expect(field).to_be_focused()
    button = page.get_by_role("button", name="Help", exact=True)
    button.click()
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_visible()
    expect(button).to_be_focused()
    button.click()
    page.mouse.click(20, 20)
    expect(dialog).not_to_be_visible()


def test_the_key_is_the_one_that_the_tag_names(page: Page, sites: Sites) -> None:
    visited(page, sites, key="ctrl+shift+h", button="none")
    assert page.locator("assistant-widget .opener").count() == 0
    page.keyboard.press("Control+k")
    page.keyboard.press("Control+h")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    page.keyboard.press("Control+Shift+h")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_key_without_ctrl_is_left_to_whoever_writes_and_none_is_no_key(page: Page, sites: Sites) -> None:
    visited(page, sites, "plain", key="?")
    page.locator("#search").press("?")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(page.locator("#search")).to_have_value("?")
    page.locator("#search").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    visited(page, sites, key="none")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    assert page.locator(".opener").get_attribute("aria-keyshortcuts") is None


def test_a_shortcut_that_the_page_handles_itself_opens_nothing(page: Page, sites: Sites) -> None:
    visited(page, sites)
    page.evaluate("document.addEventListener('keydown', event => event.preventDefault())")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).not_to_be_visible()


def test_the_focus_stays_in_the_dialog(page: Page, sites: Sites) -> None:
    opened(page, sites)
    expect(results(page, "start")).to_be_visible()
    seen: list[str] = []
    for _ in range(9):
        seen.append(
            page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent.slice(0, 12) ?? 'out'")
        )
        page.keyboard.press("Tab")
    assert "out" not in seen
    assert seen[0] == seen[7] == ""  # the box, the cross, four examples, the link, and round
    assert seen[8] == seen[1] == "esc"
    box(page).focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("link", name="Open the help page")).to_be_focused()


# --- answers as one types ---


def test_an_answer_comes_as_one_types_with_message_cause_steps_and_source(page: Page, sites: Sites) -> None:
    opened(page, sites)
    box(page).press_sequentially(PAID, delay=10)
    expect(results(page, "answer").locator(".heading")).to_have_text("1 solution found")
    card = page.locator(".card").first
    expect(card).to_have_attribute("data-entry", re.compile("#payment-exceeds-outstanding$"))
    expect(card.locator(".message")).to_contain_text("Payment amount exceeds the amount outstanding")
    expect(card).to_contain_text("Why it happens")
    expect(card).to_contain_text(FIX)
    expect(card.locator(".certainty")).to_have_text("Very likely")
    expect(card.get_by_role("note")).to_contain_text("A voided invoice cannot be revived")
    expect(card.locator(".from")).to_contain_text("From ")
    page.locator(".tick input").first.check()
    box(page).press("End")
    page.keyboard.type(" now")
    expect(results(page, "answer")).to_be_visible()
    page.wait_for_timeout(400)
    expect(page.locator(".tick input").first).to_be_checked()


def test_what_comes_from_the_article_says_its_language_and_a_day_is_written_in_the_readers(
    page: Page, sites: Sites
) -> None:
    opened(page, sites, lang="de")
    box(page).fill(PAID)
    card = page.locator(".card").first
    expect(card.locator(".title")).to_have_attribute("lang", "en")
    expect(card.locator(".block").first).to_have_attribute("lang", "en")
    expect(card.locator(".tick").first).to_have_attribute("lang", "de")
    expect(card.locator("h5").first).to_have_text("Woran es liegt")
    expect(card.locator(".from")).to_contain_text("aktualisiert am 23. November 2026")


A_KEY, A_PAUSE = 200, 1_000  # milliseconds: time enough for a request to be sent, and for what is typed to be whole

TYPE = """(box, text) => [...text].forEach((letter) => {
  box.value += letter;
  box.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true }));
})"""  # without a pause, however busy the machine is


def test_one_request_is_sent_for_each_pause_and_the_one_before_is_given_up(page: Page, sites: Sites) -> None:
    opened(page, sites)
    expect(results(page, "start")).to_be_visible()
    waiting: list[Route] = []
    page.route("**/api/widget/v1", lambda route: waiting.insert(len(waiting), route))
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(body(request)["query"]))
    box(page).evaluate(TYPE, "client paid")
    while not waiting:
        page.wait_for_timeout(20)
    box(page).evaluate(TYPE, " but")
    while len(waiting) < 2:
        page.wait_for_timeout(20)
    assert [body(route.request)["query"] for route in waiting] == ["client paid", "client paid but"]
    assert failed == ["client paid"]
    assert [body(route.request)["typing"] for route in waiting] == [True, True]


def types(page: Page, sites: Sites, text: str) -> None:
    """Type on a page whose clock stands: each key is asked and answered before the next, and no pause passes."""
    asked, answered = list[Request](), list[Request]()
    page.on("request", lambda request: asked.append(request) if request.url.startswith(sites.help) else None)
    for event in ("requestfinished", "requestfailed"):
        page.on(event, lambda request: answered.append(request) if request in asked else None)
    for letter in text:
        box(page).press_sequentially(letter)
        before = len(asked)
        page.clock.run_for(A_KEY)
        while len(asked) == before or len(answered) < len(asked):
            page.wait_for_timeout(5)
    page.wait_for_timeout(50)  # what the last answer leads to is drawn


def test_nothing_is_taken_back_and_nothing_said_to_be_missing_while_somebody_types(page: Page, sites: Sites) -> None:
    page.clock.install()
    opened(page, sites)
    expect(results(page, "start")).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    types(page, sites, f"{PAID} zz qq")
    assert page.evaluate("window.outcomes") == ["start", "question", "answer"]  # and nothing weaker again
    box(page).fill("")
    expect(results(page, "start")).to_be_visible()
    types(page, sites, TOASTER)
    assert page.evaluate("window.outcomes.includes('none')") is False
    page.clock.run_for(A_PAUSE)
    expect(results(page, "none").locator(".heading")).to_have_text("Nothing in the articles is near this")


def test_a_screen_reader_hears_settled_results_only(page: Page, sites: Sites) -> None:
    page.clock.install()
    opened(page, sites)
    expect(results(page, "start")).to_be_visible()
    page.clock.pause_at(page.evaluate("Date.now()") + 60_000)
    types(page, sites, PAID)
    assert page.evaluate("window.heard") == []
    page.clock.resume()
    page.wait_for_function("window.heard.length")
    box(page).fill(TOASTER)
    page.wait_for_function("window.heard.length > 1")
    assert page.evaluate("window.heard") == ["1 solution found", "Nothing in the articles is near this"]
    assert page.locator(".results [aria-live], .results [role=status]").count() == 0


def test_enter_answers_at_once_and_what_is_pasted_keeps_its_lines(page: Page, sites: Sites) -> None:
    opened(page, sites)
    requests = requests_of(page, sites)
    box(page).fill(f"Hello,\n\n{MESSAGE}\nWhat now?")
    page.keyboard.press("Enter")
    expect(results(page, "answer")).to_be_visible()
    assert body(requests[0])["query"] == f"Hello,\n\n{MESSAGE}\nWhat now?"
    assert body(requests[0])["typing"] is False
    assert box(page).input_value().endswith("What now?")


# --- the question, none, and what follows ---


def test_a_question_opens_its_choices_in_place_and_none_of_them_leads_on(page: Page, sites: Sites) -> None:
    opened(page, sites)
    box(page).fill(VAGUE)
    expect(results(page, "question").locator(".heading")).to_have_text("Is it one of these?")
    choice = page.locator(".choice").first
    expect(choice.locator(".telling").first).to_contain_text("Message: ")
    expect(choice.locator(".body")).not_to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(choice.locator(".body")).to_contain_text("What to do")
    before = page.locator(".choice").all_text_contents()
    page.get_by_role("button", name="None of these").click()
    expect(page.locator(".heading")).to_be_focused()
    assert page.locator(".choice").all_text_contents() != before


def test_what_did_not_help_leads_to_the_next_and_then_to_the_support_desk(page: Page, sites: Sites) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, sites)
    box(page).fill(PAID)
    expect(results(page, "answer")).to_be_visible()
    page.locator(".card").first.get_by_role("button", name="Still stuck?").click()
    expect(page.locator(".heading")).to_be_focused()
    expect(page.locator("[data-entry$='#payment-exceeds-outstanding']")).to_have_count(0)
    while page.get_by_role("button", name="None of these").count():
        page.get_by_role("button", name="None of these").click()
        expect(page.locator(".results:not([aria-busy])")).to_be_visible()
        page.wait_for_timeout(200)
    expect(page.locator(".heading")).to_have_text("There is nothing more to suggest")
    ticket = page.locator(".support pre").inner_text()
    assert "- The payment is more than what is still owed on the invoice" in ticket
    expect(page.locator(".support a")).to_have_attribute("href", "https://desk.example/new")
    page.get_by_role("button", name="Copy this text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == ticket


def test_a_topic_near_by_is_followed_and_one_comes_back(page: Page, sites: Sites) -> None:
    opened(page, sites)
    box(page).fill(TOASTER)
    topic = results(page, "none").locator(".row").first
    title = topic.inner_text()
    topic.click()
    expect(page.locator(".card .title")).to_have_text(title)
    expect(page.locator(".card summary")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    expect(results(page, "none").locator(".heading")).to_be_focused()
    expect(box(page)).to_have_value(TOASTER)


def test_steps_and_a_link_are_copied(page: Page, sites: Sites) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page, sites)
    box(page).fill(PAID)
    page.get_by_role("button", name="Copy steps").first.click()
    expect(page.get_by_role("button", name="Copied").first).to_be_visible()
    steps = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert steps[0] == "The payment is more than what is still owed on the invoice"
    assert any(line.startswith(FIX) for line in steps)
    assert any(line.startswith("Note: A voided invoice") for line in steps)
    assert any(line.startswith("2. ") for line in steps)
    link = f"{sites.help}/entries/xero-error-messages%23payment-exceeds-outstanding"
    assert steps[-1] == link
    page.get_by_role("button", name="Copy link").first.click()
    page.wait_for_function("async address => await navigator.clipboard.readText() === address", arg=link)


# --- what the site says ---


def test_the_site_gives_a_text_to_begin_with_and_a_filter(page: Page, sites: Sites) -> None:
    requests = requests_of(page, sites)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    opened(page, sites, query=MESSAGE, product="Xerox", tags="xero , accounts")
    expect(box(page)).to_have_value(MESSAGE)
    expect(results(page, "answer")).to_be_visible()
    sent = body(requests[-1])
    assert (sent["product"], sent["tags"], sent["query"]) == ("Xerox", ["xero", "accounts"], MESSAGE)
    assert any('There is no product "Xerox"' in each for each in told)


def test_an_element_of_the_page_opens_it_with_a_text(page: Page, sites: Sites) -> None:
    visited(page, sites, "plain").get_by_role("button", name="Help with this error").click()
    expect(box(page)).to_have_value(MESSAGE)
    expect(page.locator(".card").first).to_contain_text(FIX)
    page.keyboard.press("Escape")
    expect(page.locator("#ask")).to_be_focused()


def test_texts_are_the_sites_own_where_it_gives_them(page: Page, sites: Sites) -> None:
    opened(page, sites, **{"text-button": "Stuck?", "text-box": "Say it", "text-copy-steps": "Take them", "lang": "xx"})
    assert page.locator(".opener").inner_text().startswith("Stuck?")
    expect(box(page)).to_have_attribute("placeholder", "Say it")
    box(page).fill(PAID)
    expect(page.get_by_role("button", name="Take them").first).to_be_visible()


def test_another_language_is_written_from_right_to_left(page: Page, sites: Sites) -> None:
    opened(page, sites, lang="ar")
    expect(page.get_by_role("dialog", name="ما المشكلة؟")).to_have_attribute("dir", "rtl")
    box(page).fill(PAID)
    expect(results(page, "answer").locator(".heading")).to_have_text("وُجد حل واحد")
    cross, field = page.locator(".close").bounding_box(), box(page).bounding_box()
    opener = page.locator(".opener").bounding_box()
    assert cross is not None
    assert field is not None
    assert opener is not None
    assert (cross["x"] < field["x"], opener["x"] < 100) == (True, True)
    assert page.locator(".card .title").evaluate("each => getComputedStyle(each).direction") == "ltr"


# --- looks: any page, any size, any scheme ---


def test_the_pages_own_style_does_not_reach_it(page: Page, sites: Sites) -> None:
    def looks() -> list[object]:
        box(page).fill(PAID)
        expect(results(page, "answer")).to_be_visible()
        return [
            page.locator(name).first.evaluate(
                # where it stands, not its margins: of an `auto` one the browser says now and then that it is 0
                "each => { const style = getComputedStyle(each), place = each.getBoundingClientRect();"
                " const around = each.parentElement?.getBoundingClientRect();"
                " return [style.font, style.color, place.left - (around?.left ?? 0), style.padding,"
                " style.letterSpacing, style.textTransform, style.cursor, style.opacity,"
                " style.visibility, place.width, place.height]; }"
            )
            for name in (
                ".opener",
                ".panel",
                "#box",
                ".close",
                ".heading",
                ".card .title",
                ".message",
                ".step",
                ".foot button",
            )
        ]

    opened(page, sites, "plain")
    plain = looks()
    opened(page, sites)
    assert looks() == plain


@pytest.mark.parametrize(
    ("scheme", "theme", "paper"),
    [
        ("light", "", "255, 255, 255"),
        ("dark", "", "17, 24, 26"),
        ("dark", "light", "255, 255, 255"),
        ("light", "dark", "17, 24, 26"),
    ],
)
def test_it_is_dark_where_the_reader_or_the_site_wants_it(
    page: Page, sites: Sites, scheme: Any, theme: str, paper: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    opened(page, sites, theme=theme)
    assert page.locator(".panel").evaluate("each => getComputedStyle(each).backgroundColor") == f"rgb({paper})"


@pytest.mark.parametrize("accent", ["#ffcc00", "#036", "red"])
def test_the_sites_colour_can_always_be_read(page: Page, sites: Sites, accent: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        opened(page, sites, "plain", accent=accent)
        expect(results(page, "start")).to_be_visible()
        ratios = page.evaluate(
            """() => {
                const shadow = document.querySelector("assistant-widget").shadowRoot;
                const light = text => text.match(/[\\d.]+/g).slice(0, 3).map(each => each / 255)
                    .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
                    .reduce((sum, each, at) => sum + each * [0.2126, 0.7152, 0.0722][at], 0);
                const ratio = (one, other) => { const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
                    return (high + 0.05) / (low + 0.05); };
                const style = name => getComputedStyle(shadow.querySelector(name));
                return [ratio(style(".row").color, style(".panel").backgroundColor),
                    ratio(style(".opener").color, style(".opener").backgroundColor)];
            }"""
        )
        assert min(ratios) >= 4.5


def test_it_fits_a_telephone(page: Page, sites: Sites) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    for query, outcome in (("", "start"), (PAID, "answer"), (VAGUE, "question"), (TOASTER, "none")):
        opened(page, sites)
        box(page).fill(query)
        expect(results(page, outcome)).to_be_visible()
        sizes = page.evaluate(
            "() => { const shadow = document.querySelector('assistant-widget').shadowRoot;"
            " const [panel, results] = ['.panel', '.results'].map(name => shadow.querySelector(name));"
            " return [panel.offsetWidth, panel.offsetHeight, results.scrollWidth - results.clientWidth]; }"
        )
        assert sizes == [360, 640, 0], outcome


def test_nothing_moves_where_the_reader_wants_no_motion(page: Page, sites: Sites) -> None:
    moves = "each => [getComputedStyle(each).animationName, getComputedStyle(each).transitionDuration]"
    opened(page, sites)
    assert page.locator(".panel").evaluate(moves) == ["rise", "0s"]
    page.emulate_media(reduced_motion="reduce")
    opened(page, sites)
    assert page.locator(".panel").evaluate(moves) == ["none", "0s"]
    assert page.locator(".opener").evaluate(moves) == ["none", "0s"]


@pytest.mark.parametrize("width", [1280, 360])
def test_the_page_does_not_move(page: Page, sites: Sites, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    opened(page, sites)
    box(page).press_sequentially(VAGUE, delay=30)
    expect(results(page, "question")).to_be_visible()
    places = "() => ['#text', '#search', '#ask'].map(name => document.querySelector(name).getBoundingClientRect().top)"
    before = page.evaluate(places)
    page.mouse.move(5, 5)
    page.mouse.wheel(0, 300)
    page.wait_for_timeout(200)
    page.keyboard.press("Escape")
    assert page.evaluate(places) == before
    assert page.evaluate("window.shifts") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_each_outcome(page: Page, sites: Sites, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    visited(page, sites, "plain")
    assert violations(page) == []
    page.keyboard.press("Control+k")
    for query, outcome in (
        ("", "start"),
        (PAID, "answer"),
        (MESSAGE, "answer"),
        (VAGUE, "question"),
        (TOASTER, "none"),
    ):
        box(page).fill(query)
        expect(results(page, outcome)).to_be_visible()
        page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        assert violations(page) == [], outcome


def violations(page: Page) -> list[str]:
    """Everything that axe-core finds in the widget, best practices too."""
    found = Axe().run(page, context={"include": [["assistant-widget"]]}).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:300]}" for each in found]
