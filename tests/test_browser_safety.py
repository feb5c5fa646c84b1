"""No text of an article or a person runs in the page, and everybody can use it.

With ASSISTANT_TORTURE set, all payloads are tried rather than every fifth or so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from assistant.answering.answer import Answer, AnswerHit, Choice, EntryInfo, GenerationInfo, Question, Status
from assistant.answering.query import Query
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.build_report import Rejected
from index.decision import Decision, QuestionKind, Reason
from index.hit import Aligned, Correction, Hit, Why
from tests.conftest import Serve
from tests.programs.payloads import payloads

EVERY = 1 if os.environ.get("ASSISTANT_TORTURE") else 6
WATCH = "window.fired = []; for (const name of ['fire', 'alert']) window[name] = what => window.fired.push(what);"
FOREIGN = """() => [...document.querySelectorAll('#answer *, #contents *, #filter *, #page-footer *')].filter(
    element => /^(script|iframe|object|embed|svg|math|style|link|meta|base|form|template|video|audio|marquee)$/i.test(
        element.tagName)
    || [...element.attributes].some(each => /^on/i.test(each.name)
        || /^(href|src|action|formaction|xlink:href)$/i.test(each.name)
        && /^\\s*(javascript|data|vbscript):/i.test(each.value))
).map(element => element.outerHTML)"""


class Echo:
    """Puts what it is asked into every field that the page shows.

    What ends in a space finds no answer, what ends in " ?" is asked back.
    """

    def __init__(self) -> None:
        self.text = "start"

    def ask(self, query: Query) -> Answer:
        assert query == Query(query.text)
        self.text = text = query.text.strip()
        alignment = tuple(Aligned(kind, text, text) for kind in ("same", "different", "yours"))
        words = tuple(text.split())
        aligned = Hit(f"{text}#{text}", 1, 0.9, 0.9, Why(text, Field.MESSAGE, words, alignment))
        plain = replace(aligned, rank=2, why=replace(aligned.why, alignment=None))
        hits = tuple(AnswerHit.from_hit(hit, *self.found()) for hit in (aligned, plain))
        answer = Answer(query.text, Decision.AMBIGUOUS, None, 0.5, self.generation(), 0.1, hits=hits)
        if query.text.endswith(" "):
            none = replace(answer, decision=Decision.NONE, hits=(), near_misses=hits)
            return replace(none, reason=Reason.CODE_NOT_DOCUMENTED, unknown_codes=(text,))
        answer = replace(answer, corrections=(Correction(text, text),))
        if query.text.endswith(" ?"):
            choices = (Choice(text, text, text, (f"{text}#{text}",)), Choice("none", "None of these", None, ()))
            return replace(answer, question=Question(QuestionKind.PERHAPS, text, choices))
        return replace(answer, decision=Decision.ANSWER)

    def found(self) -> tuple[Entry, Article]:
        text = self.text
        article = Article(text, text, f"https://a.example/{text}", text, (text, "a"), text, None, (), False, text)
        blocks = tuple(Block(kind, text) for kind in BlockKind)
        solutions = (Solution(text, blocks), Solution(None, blocks))
        span = Span(None, None, text)
        return Entry(f"{text}#{text}", text, (text, "x"), (text,), text, solutions, text, (text,), span), article

    def generation(self) -> GenerationInfo:
        return GenerationInfo(hashlib.sha256(self.text.encode()).hexdigest(), self.text)

    def entry(self, entry_id: str, /) -> EntryInfo | None:
        return EntryInfo.from_entry(*self.found()) if entry_id else None

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        entry, article = self.found()
        return ((article, (entry,)), (replace(article, product="other", tags=()), (entry,)))

    def status(self) -> Status:
        text = self.text
        return Status(self.generation(), 1, 1, 1, text, (Rejected(text, text, 1),), problem=text)

    def check_ready(self) -> None:
        self.status()


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    with serve(create_app(Echo(), Settings(journal_days=0, rate_limit=0))) as address:
        yield address


@pytest.mark.parametrize("bypass_csp", [True, False], ids=["without the policy", "with it"])
def test_no_text_of_an_article_or_a_query_runs(browser: Browser, address: str, *, bypass_csp: bool) -> None:
    context = browser.new_context(bypass_csp=bypass_csp)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#page-footer time")).to_be_visible()
    tried = payloads()[:: EVERY if bypass_csp else 6 * EVERY]
    assert len(tried) >= (60 if bypass_csp else 10)
    for number, payload in enumerate(tried):
        for state, query in (("answer", payload), ("question", f"{payload} ?"), ("none", f"{payload} ")):
            page.locator("#query textarea").fill(f"try {number} {query}")
            page.locator("#query textarea").press("Enter")
            page.wait_for_function(
                "([state, start]) => document.querySelector('.results')?.dataset.state === state"
                " && document.querySelector('.results').textContent.includes(start)",
                arg=[state, f"try {number} "],
            )
            assert page.evaluate(FOREIGN) == [], payload
            assert page.evaluate("window.fired") == [], payload
    context.close()


def test_a_link_that_carries_a_script_runs_nothing(browser: Browser, address: str) -> None:
    context = browser.new_context(bypass_csp=True)
    context.add_init_script(WATCH)
    for name in ("q", "entry", "product", "tag"):
        page = context.new_page()
        page.goto(f"{address}/#{name}=%3Cimg%20src%3Dx%20onerror%3Dfire(1)%3E")
        page.wait_for_selector(".results")
        page.wait_for_timeout(300)
        assert page.evaluate("window.fired") == []
        assert page.evaluate(FOREIGN) == []
        page.close()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_each_state_of_the_page(browser: Browser, address: str, scheme: str, tmp_path: Path) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 360, "height": 800})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    for query, state in (("", "start"), ("invoice", "answer"), ("invoice ?", "question"), ("invoice ", "none")):
        page.locator("#query textarea").fill(query)
        page.wait_for_selector(f"[data-state={state}]")
        expect(page.locator("#answer")).not_to_have_attribute("aria-busy", "true")
        for closed in page.locator(".choice:not([open]) > summary").all():
            closed.click()
        assert grave(page) == [], state
    page.goto(f"{address}/#entry=a")
    page.wait_for_selector("[data-state=entry]")
    assert grave(page) == []
    context.close()


def grave(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:300]}" for each in found if each["impact"] in {"serious", "critical"}
    ]
