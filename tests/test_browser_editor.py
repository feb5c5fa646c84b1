"""The editor's page in a browser: what is searched, what to mend, a rebuild, what it would change, and going back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import Serve, WordEncoder
from tests.test_browser_safety import grave

PRINTING = """# Printing

## No paper {#no-paper}

**Message:** Job 7 is held: no paper.

**Symptoms:**

- The lamp blinks.

**Cause:** The tray is empty.

**Solution:**

1. Fill the tray.
2. Press the green button.

## No ink {#no-ink}

**Message:** Job 7 is held: no ink.

**Symptoms:**

- The lamp blinks.

**Cause:** The cartridge is empty.

**Solution:** Change the cartridge.
"""
DRAFT = "# VPN\n\n## It fails {#fails}\n\n**Message:** Error 809\n\n**Solution:**\n\n1. Restart <b>it</b>.\n2. Wait.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "printing.md").write_text(PRINTING)
    folder = Settings(
        corpus=tmp_path / "articles", index=tmp_path / "built", cache=tmp_path, journal=tmp_path / "journal.sqlite"
    )
    return replace(folder, token="open sesame", rate_limit=0)


@pytest.fixture
def address(settings: Settings, words: WordEncoder, serve: Serve) -> Iterator[str]:
    store = Store(settings.index)
    build(load_corpus(settings.corpus), words, store)
    with serve(create_app(Assistant(store, words), settings, editor=EditorSession(settings, lambda: words))) as address:
        yield address


def opened(browser: Browser, address: str, *, width: int = 1280, scheme: str = "light") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/editor")
    page.get_by_label("Token").fill("open sesame")
    page.keyboard.press("Enter")
    expect(page.locator("#findings table")).to_be_visible()
    expect(page.locator("#searching")).to_be_empty()
    return page


def edit(settings: Settings, old: str, new: str) -> None:
    path = settings.corpus / "printing.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def cells(page: Page, table: str) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator(f"{table} tbody tr").all()]


def test_a_wrong_token_opens_nothing(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/editor")
    page.get_by_label("Token").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#outcome")).to_have_text("The token is missing or wrong.")
    expect(page.locator("#opened")).to_be_hidden()
    assert "wrong" not in page.url
    page.close()


def test_it_says_what_is_searched_and_what_to_mend(browser: Browser, address: str, settings: Settings) -> None:
    (settings.corpus / "ink.md").write_text("## It fails\n\n**Message:** No ink\n\n**Solution:** Fill it.\n")
    page = opened(browser, address)
    assert page.locator("#status dd").first.inner_text() == "2 in 1 article"
    assert page.locator("#status dd").last.inner_text() == "words"
    ink, printing = cells(page, "#findings")
    assert ink[:2] == ["ink.md", "1"]
    assert 'line 1: "It fails" has no cause; say why it happens' in ink[2]
    assert printing[:2] == ["printing.md", "2"]
    assert 'the symptom "The lamp blinks." finds printing#no-paper first' in printing[2]  # which only a search can tell
    page.context.close()


def test_a_rebuild_shows_how_far_it_is_and_what_it_did(
    browser: Browser, address: str, settings: Settings, words: WordEncoder
) -> None:
    page = opened(browser, address)
    edit(settings, "the green button", "the purple lever")
    (settings.corpus / "broken.md").write_bytes(b"\xff")
    words.may_go_on.clear()
    page.get_by_role("button", name="Rebuild now").click()
    expect(page.locator("#running")).to_have_text(re.compile(r"\d+ of \d+ passages encoded"))
    words.may_go_on.set()
    expect(page.locator("#outcome")).to_have_text("Done.", timeout=20_000)
    expect(page.locator("#running")).to_be_empty()
    expect(page.locator("#report")).to_contain_text("0 added, 1 changed, 0 removed")
    assert cells(page, "#report") == [["changed", "printing#no-paper"]]
    (left_out,) = cells(page, "#articles")
    assert left_out[:2] == ["broken.md", "broken.md:1: is not UTF-8 from here on; save it as UTF-8"]
    expect(page.locator("#log tbody tr")).to_have_count(2)
    assert [line[1] for line in cells(page, "#log")] == ["build (page)", "build (command)"]
    page.context.close()


def test_what_would_change_is_seen_before_readers_see_it(browser: Browser, address: str, settings: Settings) -> None:
    folder = settings.corpus.parent / "judgments"
    folder.mkdir()
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "Job 7 is held: no ink."}\n')
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tprinting#no-ink\t1\n")
    page = opened(browser, address)
    edit(settings, PRINTING[PRINTING.index("## No ink") :], "")
    page.get_by_role("button", name="What would change?").click()
    expect(page.locator("#report")).to_contain_text("1 query asked, 1 would be answered differently")
    assert cells(page, "#report table:nth-of-type(2)")[0][:2] == [
        "Job 7 is held: no ink.",
        "printing#no-ink",
    ]
    assert page.locator("#status dd").first.inner_text() == "2 in 1 article"
    page.get_by_role("button", name="Rebuild now").click()
    expect(page.locator("#status dd").first).to_have_text("1 in 1 article")
    page.context.close()


def test_one_can_go_back_and_forth(browser: Browser, address: str, settings: Settings) -> None:
    page = opened(browser, address)
    first = page.locator("#generations td").first.inner_text()
    edit(settings, "the green button", "the purple lever")
    page.get_by_role("button", name="Rebuild now").click()
    expect(page.locator("#generations tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Answer from this").click()
    expect(page.locator("#generations tbody tr").last).to_contain_text("current")
    assert cells(page, "#generations")[1][::3] == [first, "current"]
    expect(page.locator("#log tbody tr").first).to_contain_text("go back")
    assert cells(page, "#log")[0][1:] == ["go back", f"generation {first}"]
    page.context.close()


def test_a_preview_of_a_paste_and_of_a_file(browser: Browser, address: str, tmp_path: Path) -> None:
    page = opened(browser, address)
    page.get_by_label("Paste an article").fill(DRAFT)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#outcome")).to_have_text("1 problem in this article.")
    assert page.locator("#entries .step-text").all_inner_texts() == ["Restart <b>it</b>.", "Wait."]
    assert page.locator("#mend li").all_inner_texts() == ['line 3: "It fails" has no cause; say why it happens']
    page.get_by_label("Paste an article").fill("")
    table = tmp_path / "printer.csv"
    table.write_text("message,solution\nNo ink,Fill it.\nNo paper,Add some.\n")
    page.get_by_label("File of an article").set_input_files(table)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#outcome")).to_have_text("2 problems in this article.")
    assert page.locator("#entries .card-title").all_inner_texts() == ["No ink", "No paper"]
    alien = tmp_path / "alien.md"
    alien.write_bytes(b"# A\n")
    page.get_by_label("File of an article").set_input_files(alien)
    expect(page.get_by_label("Paste an article")).to_have_value("# A\n")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#outcome.failed")).to_contain_text("alien.md")
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")], ids=["wide", "narrow"])
def test_everybody_can_use_the_editors_page(browser: Browser, address: str, width: int, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{address}/editor")
    assert grave(page) == []
    page.close()
    page = opened(browser, address, width=width, scheme=scheme)
    page.get_by_label("Paste an article").fill(DRAFT)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#entries .card")).to_be_visible()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()
