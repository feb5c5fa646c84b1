"""The whole loop in a browser: asked in vain, seen by the editor, mended, tried, published, answered, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.journal import Journal
from assistant.notes import Kind, Note
from assistant.publishing.article_lint import lint_articles
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import Serve, WordEncoder
from tests.test_browser_editor import PRINTING, cells, opened
from tests.test_browser_safety import grave

WORDINGS = ("purple elephants trumpet loudly", "loudly trumpet purple elephants", "elephants purple trumpet so loudly")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "printing.md").write_text(PRINTING)
    return Settings(
        corpus=tmp_path / "articles",
        index=tmp_path / "built",
        cache=tmp_path,
        journal=tmp_path / "journal.sqlite",
        token="open sesame",
        rate_limit=0,
    )


@pytest.fixture
def address(settings: Settings, words: WordEncoder, serve: Serve) -> Iterator[str]:
    store = Store(settings.index)
    build(load_corpus(settings.corpus), words, store)
    with serve(create_app(Assistant(store, words), settings, editor=EditorSession(settings, lambda: words))) as address:
        yield address


def ask(page: Page, address: str, text: str) -> None:
    page.goto(f"{address}/")
    box = page.locator("#query textarea")
    box.fill(text)
    with page.expect_response(re.compile("/api/feedback")):
        box.press("Enter")


def groups(page: Page) -> list[str]:
    expect(page.locator("#asked-state")).to_contain_text(re.compile("open|Nothing"))
    return page.locator(".group h3").all_inner_texts()


def test_a_question_in_vain_becomes_a_symptom_that_is_answered_and_checked(
    browser: Browser, address: str, settings: Settings, words: WordEncoder
) -> None:
    reader = browser.new_page()
    for wording in WORDINGS:
        ask(reader, address, wording)
    page = opened(browser, address)
    assert len(groups(page)) == 1
    group = page.locator(".group")
    expect(group).to_contain_text("asked 3 times")
    group.get_by_role("button", name="Add as a symptom").click()
    page.get_by_label("Entry", exact=True).select_option("printing#no-ink")
    page.get_by_label("Symptom, in readers' words").fill("Purple elephants trumpet loudly.")
    words.may_go_on.clear()
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trying")).to_have_text(re.compile(r"\d+ of \d+ (passages encoded|questions asked)"))
    words.may_go_on.set()
    expect(page.locator("#outcome")).to_have_text("3 of 3 wordings would be answered. Nothing is written yet.")
    expect(page.locator("#trying")).to_be_empty()
    assert "+- Purple elephants trumpet loudly." in page.locator("#trial .diff").inner_text()
    expect(page.locator("#trial .cards")).to_contain_text("Change the cartridge.")
    expect(page.locator("#trial")).to_contain_text("3 would be answered differently")
    assert (settings.corpus / "printing.md").read_text() == PRINTING
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#outcome")).to_contain_text("Published. 3 of 3 wordings are answered", timeout=20_000)
    expect(page.locator(".group .state")).to_have_text("solved")
    ask(reader, address, WORDINGS[1])
    expect(reader.locator("#answer .card").first).to_have_attribute("data-entry", "printing#no-ink")
    reader.close()
    lint = lint_articles(settings.corpus, settings, open_encoder=lambda: words)
    assert "no-longer-answered" not in [each.rule for each in lint.findings]
    (settings.corpus / "printing.md").write_text(PRINTING)
    lint = lint_articles(settings.corpus, settings, open_encoder=lambda: words)
    assert [str(each.rule) for each in lint.findings].count("no-longer-answered") == 3
    page.get_by_role("button", name="What would change?").click()
    expect(page.locator("#report")).to_contain_text("Questions that were answered and would be no longer: 3")
    page.context.close()


def test_a_new_entry_marks_and_filters(browser: Browser, address: str, settings: Settings) -> None:
    journal = Journal(settings.journal, days=90)
    for query, decision in (("purple elephants", "none"), ("green giraffes", "none"), ("held job", "ambiguous")):
        journal.write(Note(Kind.ASKED, query, decision, "g1"))
    journal.write(Note(Kind.HELPED, "purple elephants", "none", "g1", "printing#no-ink"))
    page = opened(browser, address)
    assert sorted(groups(page)) == ["green giraffes", "held job", "purple elephants"]
    helped = page.locator(".group", has_text="purple elephants")
    expect(helped).to_contain_text("People who asked this were helped by No ink (once).")
    page.locator(".group", has_text="green giraffes").get_by_role("button", name="Not ours").click()
    expect(page.locator(".group .state", has_text="not ours")).to_have_count(1)
    page.get_by_label("Outcome").select_option("nearly")
    expect(page.locator(".group")).to_have_count(1)
    assert groups(page) == ["held job"]
    page.get_by_label("Outcome").select_option("unanswered")
    expect(page.locator(".group")).to_have_count(2)
    helped.get_by_role("button", name="New entry").click()
    page.get_by_label("Heading: what is wrong").fill("Elephants in the tray")
    page.get_by_label("Solution, in Markdown").fill("1. Shout.\n2. Wait.")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#outcome")).to_contain_text("1 of 1 wordings would be answered.")
    page.get_by_label("Solution, in Markdown").fill("1. Shout louder.\n2. Wait.")
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()  # what was tried is not what would be written
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("button", name="Publish")).to_be_enabled()
    (settings.corpus / "printing.md").write_text(PRINTING + "\n")
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("#outcome.failed")).to_contain_text("printing.md has changed since you looked at this change")
    page.context.close()


def test_what_was_published_is_shown_where_its_question_stands_now(
    browser: Browser, address: str, settings: Settings
) -> None:
    journal = Journal(settings.journal, days=90)
    for query in (*"lynx ibis otter newt finch mole wren boar".split(), "purple elephants"):  # the latest is the first
        journal.write(Note(Kind.ASKED, query, "none", "g1"))
    page = opened(browser, address)
    page.locator(".group", has_text="purple elephants").get_by_role("button", name="Add as a symptom").click()
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("button", name="Publish").click()
    solved = page.locator(".group.solved")
    expect(solved.locator("h3")).to_have_text("purple elephants", timeout=20_000)
    expect(solved).to_be_in_viewport()  # it is the last of nine now
    page.context.close()


def test_the_token_is_asked_once_a_session(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.reload()
    expect(page.locator("#findings table")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"{address}/editor")
    expect(other.get_by_label("Token")).to_be_visible()  # another tab knows nothing of it
    page.get_by_role("button", name="Forget the token").click()
    expect(page.get_by_label("Token")).to_be_visible()
    page.context.close()


def test_what_helped_belongs_to_the_question_that_led_there(browser: Browser, address: str, settings: Settings) -> None:
    page = browser.new_page()
    ask(page, address, "the lamp of the purple elephants")
    link = page.locator("#answer a[data-opens]").first
    page.locator("#contents summary").first.click()
    link = link if link.count() else page.locator("#contents a[data-opens]").first
    with page.expect_response(re.compile("/api/feedback")):
        link.click()
    card = page.locator("#answer .card")
    expect(card).to_have_count(1)
    with page.expect_response(re.compile("/api/feedback")):
        card.locator("button[data-feedback=helped]").click()
    with Journal(settings.journal, days=90).opened() as connection:
        notes = connection.execute("SELECT kind, query, entry IS NOT NULL FROM notes ORDER BY rowid").fetchall()
    question = "the lamp of the purple elephants"
    assert notes == [("asked", question, 0), ("opened", question, 1), ("helped", question, 1)]
    page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")], ids=["wide", "narrow"])
def test_everybody_can_mend_what_was_asked(
    browser: Browser, address: str, settings: Settings, width: int, scheme: str
) -> None:
    Journal(settings.journal, days=90).write(Note(Kind.ASKED, "purple elephants " * 20, "none", "g1"))
    page = opened(browser, address, width=width, scheme=scheme)
    page.locator(".group").get_by_role("button", name="Add as a symptom").click()
    page.get_by_label("Symptom, in readers' words").fill("<b>purple</b> elephants")
    page.get_by_role("button", name="Try it").click()
    expect(page.locator("#trial .cards .card")).to_be_visible()
    assert cells(page, "#trial")[0][0].startswith("purple elephants")
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
