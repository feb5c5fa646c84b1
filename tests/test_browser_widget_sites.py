"""Which sites the widget answers on, under which policies, and what it says when the help is gone or refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from assistant.settings import Settings
from assistant.web.app import create_app
from tests.conftest import Serve
from tests.programs.host_site import HostSite
from tests.programs.stub_assistant import StubAssistant

OUT_OF_REACH = "The help cannot be reached."


@dataclass(frozen=True, slots=True)
class Sites:
    """A site that is listed, one that is not, the help's own server, and what answers in it."""

    host: HostSite
    listed: str
    other: str
    help: str
    stub: StubAssistant


@pytest.fixture(scope="module")
def sites(serve: Serve) -> Iterator[Sites]:
    host, stub = HostSite(), StubAssistant()
    with ExitStack() as running:
        listed, other = (running.enter_context(serve(host.app)) for _ in range(2))
        settings = Settings(sites=listed, journal_days=0, rate_limit=0)
        host.help = running.enter_context(serve(create_app(stub, settings)))
        yield Sites(host, listed, other, host.help, stub)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    yield page
    context.close()
    assert failures == []


def asked(page: Page, address: str, query: str = "port closed") -> Page:
    """Open the widget on the page at an address and type a query."""
    page.goto(address)
    page.wait_for_selector("assistant-widget", state="attached")
    page.keyboard.press("Control+k")
    page.locator("#box").fill(query)
    return page


def test_a_listed_site_gets_answers(page: Page, sites: Sites) -> None:
    asked(page, sites.listed)
    expect(page.locator(".card .title")).to_have_text("Error 809")
    assert page.locator(".card em").inner_text() == "port"


@pytest.mark.parametrize("path", ["/", "/plain"])
def test_another_site_gets_nothing(page: Page, sites: Sites, path: str) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    before = len(sites.stub.asked)
    asked(page, f"{sites.other}{path}")
    expect(page.locator(".alarm")).to_contain_text(OUT_OF_REACH)
    assert page.locator(".card").count() == 0
    assert len(sites.stub.asked) == before
    assert any(f"Is {sites.other} in its ASSISTANT_SITES" in each for each in told)
    expect(page.get_by_role("link", name="Open the help page")).to_have_attribute(
        "href", f"{sites.help}/#q=port%20closed"
    )


def test_an_origin_without_a_name_gets_nothing(page: Page, sites: Sites, tmp_path: Path) -> None:
    before = len(sites.stub.asked)
    page.goto(f"{sites.listed}/framed?sandbox&of={quote(sites.listed + '/plain')}")
    frame = page.frame_locator("iframe")
    frame.locator(".opener").click()
    frame.locator("#box").fill("port closed")
    expect(frame.locator(".alarm")).to_contain_text(OUT_OF_REACH)
    saved = tmp_path / "saved.html"
    saved.write_text(f'<!doctype html><script src="{sites.help}/widget.js"></script>', encoding="utf-8")
    asked(page, saved.as_uri())
    expect(page.locator(".alarm")).to_contain_text(OUT_OF_REACH)
    assert len(sites.stub.asked) == before


def test_listed_sites_alone_may_frame_the_page(page: Page, sites: Sites) -> None:
    for site, seen in ((sites.listed, 1), (sites.other, 0)):
        page.goto(f"{site}/framed?of={quote(sites.help + '/')}")
        page.wait_for_timeout(500)
        inner = page.frames[-1]
        if seen:
            inner.wait_for_selector("#page-header")
        assert inner.locator("#page-header").count() == seen


def test_it_works_where_the_sites_policy_allows_the_helps_scripts_and_requests_alone(page: Page, sites: Sites) -> None:
    page.add_init_script(
        "window.broken = [];addEventListener('securitypolicyviolation', event => window.broken.push(event.blockedURI));"
    )
    asked(page, f"{sites.listed}/strict?lang=fr&accent=%23336699")
    expect(page.locator(".card .title")).to_have_text("Error 809")
    assert page.locator(".opener").evaluate("each => getComputedStyle(each).position") == "fixed"
    assert (
        page.locator("#box").get_attribute("placeholder") == "Décrivez le problème ou collez le message d\u2019erreur"
    )
    ours = [each for each in page.evaluate("window.broken") if each == "inline" or each.startswith(sites.help)]
    assert ours == []


def test_it_leaves_nothing_in_the_browser_and_asks_nobody_else(page: Page, sites: Sites) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    asked(page, sites.listed)
    expect(page.locator(".card")).to_be_visible()
    stored = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert (stored, page.context.cookies()) == ([0, 0, ""], [])
    assert {address.split("/")[2] for address in addresses} == {sites.listed.split("/")[2], sites.help.split("/")[2]}


def test_the_pages_shortcuts_and_changed_lists_do_not_reach_it(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.listed}/?tags=a,b")
    page.evaluate("window.keepsFocus = true")
    page.keyboard.press("Control+k")
    page.evaluate("window.seen.length = 0")
    with page.expect_request("**/api/widget/v1") as sent:
        page.keyboard.type("port jk/")
    expect(page.locator("#box")).to_have_value("port jk/")
    expect(page.locator("#box")).to_be_focused()
    assert page.evaluate("window.seen") == []
    body: Any = sent.value.post_data_json
    assert body["tags"] == ["a", "b"]
    page.locator(".card summary").click()
    expect(page.locator(".card .body")).not_to_be_visible()


def test_a_second_tag_is_passed_over(page: Page, sites: Sites) -> None:
    page.goto(f"{sites.listed}/plain")
    page.add_script_tag(url=f"{sites.help}/v1/widget.js")
    assert page.locator("assistant-widget").count() == 1
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_server_that_is_gone_is_said_to_be_and_asked_again(page: Page, sites: Sites) -> None:
    asked(page, sites.listed)
    expect(page.locator(".card")).to_be_visible()
    page.route("**/api/widget/v1", lambda route: route.abort())
    page.locator("#box").fill("port open")
    expect(page.locator(".alarm")).to_contain_text(OUT_OF_REACH)
    expect(page.locator(".results.old .card")).to_be_visible()
    page.unroute("**/api/widget/v1")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".alarm")).to_be_empty()
    expect(page.locator(".results.old")).to_have_count(0)


def test_a_server_that_is_asked_too_often_is_asked_again_later(page: Page, sites: Sites) -> None:
    answers = [429]

    def refuse_once(route: Route) -> None:
        allowed = {"Access-Control-Allow-Origin": sites.listed, "Access-Control-Expose-Headers": "Retry-After"}
        if answers:
            route.fulfill(status=answers.pop(), headers={**allowed, "Retry-After": "1"}, body="{}")
        else:
            route.continue_()

    asked(page, sites.listed, "")
    page.wait_for_selector(".results:not([aria-busy])")
    page.route("**/api/widget/v1", refuse_once)
    page.locator("#box").fill("port closed")
    expect(page.locator(".alarm")).to_contain_text("It goes on in a moment.")
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".alarm")).to_be_empty()


def test_a_server_that_knows_this_version_no_more_leaves_the_way_to_its_page(page: Page, sites: Sites) -> None:
    allowed = {"Access-Control-Allow-Origin": sites.listed}
    page.route("**/api/widget/v1", lambda route: route.fulfill(status=404, headers=allowed, body="{}"))
    asked(page, sites.listed)
    expect(page.locator(".heading")).to_have_text("This part of the page is older than the help")
    expect(page.locator(".results a")).to_have_attribute("href", f"{sites.help}/#q=port%20closed")


def test_an_outcome_that_only_a_newer_server_has_leaves_the_way_to_its_page(page: Page, sites: Sites) -> None:
    allowed = {"Access-Control-Allow-Origin": sites.listed}
    body = '{"version": 1, "outcome": "song"}'
    page.route("**/api/widget/v1", lambda route: route.fulfill(headers=allowed, body=body))
    asked(page, sites.listed)
    page.keyboard.press("Enter")
    expect(page.locator(".heading")).to_have_text("This part of the page is older than the help")


def test_articles_that_cannot_be_searched_are_said_to_be(page: Page, sites: Sites) -> None:
    sites.stub.built = False
    try:
        asked(page, sites.listed)
        expect(page.locator(".alarm")).to_contain_text("The articles cannot be searched at the moment.")
    finally:
        sites.stub.built = True


def test_a_slow_answer_is_waited_for_in_sight(page: Page, sites: Sites) -> None:
    held: list[Route] = []
    asked(page, sites.listed, "")
    page.wait_for_selector(".results:not([aria-busy])")
    page.route("**/api/widget/v1", lambda route: held.insert(0, route))
    page.locator("#box").fill("port closed")
    expect(page.locator("dialog.late")).to_be_visible()
    expect(page.locator("[role=status]")).to_have_text("Looking for an answer")
    held[-1].continue_()
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator("dialog.late")).to_have_count(0)


def test_an_article_says_nothing_that_runs(page: Page, sites: Sites) -> None:
    text = "<img src=x onerror=alert(1)>"
    card = {
        "entry_id": f'"{text}',
        "rank": 1,
        "part": 0,
        "title": [text, ["script", {}, "alert(1)"]],
        "certainty": None,
        "messages": [[["a", {"href": "javascript:alert(1)", "onclick": "alert(1)"}, "go"]]],
        "alignment": [],
        "differs": False,
        "telling": None,
        "symptom": None,
        "context": [],
        "cause": [
            ["iframe", {"src": "javascript:alert(1)"}, "in"],
            ["img", {"src": "/i.png", "alt": text, "onerror": "alert(1)"}],
        ],
        "solutions": [],
        "article": {"title": text, "url": "javascript:alert(1)", "updated": text},
        "being_edited": False,
    }
    view = {"version": 1, "outcome": "entry", "cards": [card]}
    allowed = {"Access-Control-Allow-Origin": sites.listed}
    page.route("**/api/widget/v1", lambda route: route.fulfill(headers=allowed, json=view))
    page.add_init_script("window.fired = []; window.alert = what => window.fired.push(what);")
    asked(page, sites.listed)
    page.keyboard.press("Enter")
    expect(page.locator(".card .title")).to_have_text(f"{text}alert(1)")
    names = page.locator(".card").evaluate(
        "card => [...card.querySelectorAll('script, iframe, a, [onclick], [onerror]')].map(each => each.outerHTML)"
    )
    assert names == []
    assert page.locator(".card img").get_attribute("src") == f"{sites.help}/i.png"
    assert page.evaluate("window.fired") == []
