"""A screenshot is pasted, dropped or chosen, its text appears in the box, and the answer to it below."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from assistant.answering.assistant import Assistant
from assistant.pictures.picture_reader import PictureReader
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import Serve
from tests.programs.screen_pages import FONTS, SCREENS
from tests.programs.screenshots import Screenshot, articles_folder, asked, screenshots

GIVE = """([event, type, content]) => {
    const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "screen", {type}));
    const options = {bubbles: true, cancelable: true};
    const made = event === "paste"
        ? new ClipboardEvent(event, {...options, clipboardData: transfer})
        : new DragEvent(event, {...options, dataTransfer: transfer});
    return document.querySelector("#query textarea").dispatchEvent(made);
}"""


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    with closing(PictureReader()) as reader:
        yield reader


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Store:
    folder = tmp_path_factory.mktemp("pictures")
    store = Store(folder / "built")
    build(load_corpus(articles_folder(folder)), encoder, store)
    return store


@pytest.fixture(scope="module")
def assistant(store: Store, encoder: Encoder) -> Assistant:
    return Assistant(store, encoder)


@pytest.fixture(scope="module")
def made(assistant: Assistant, browser: Browser) -> list[Screenshot]:
    """Six of the sixty screenshots of `python -m tests.programs.screenshots`: each kind of screen, font and size."""
    contents = [(entry, article) for article, entries in assistant.contents() for entry in entries]
    return list(screenshots(browser, contents, count=6, seed=1))


@pytest.fixture(scope="module")
def address(assistant: Assistant, reader: PictureReader, serve: Serve) -> Iterator[str]:
    settings = Settings(journal_days=0, rate_limit=0)
    with serve(create_app(assistant, settings, reader=reader)) as address:
        yield address


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(address)
    page.wait_for_selector("#answer .announcement", state="attached")
    return page


def give(page: Page, event: str, picture: Screenshot, kind: str = "image/png") -> bool:
    """Return whether the browser would go on with the event itself."""
    return bool(page.evaluate(GIVE, [event, kind, base64.b64encode(picture.content).decode()]))


def expect_answered(page: Page, picture: Screenshot) -> None:
    entry = page.locator(".card").first
    expect(page.locator("#picture-state")).to_have_text("This is what was read. Correct it if a word is wrong.")
    expect(entry).to_be_visible()
    assert entry.get_attribute("data-entry") in picture.entry_ids
    box = page.locator("#query textarea")
    assert picture.shown.split()[-1] in box.input_value()
    expect(box).to_be_focused()


def test_the_sample_meets_each_kind_of_screen_and_font(made: list[Screenshot]) -> None:
    names = " ".join(each.name for each in made)
    assert [each for each in (*SCREENS, *FONTS, "dark", "light", "1x", "2x", "jpeg", "png") if each not in names] == []


def test_the_right_entry_is_first_for_a_sample_of_screenshots(
    made: list[Screenshot], assistant: Assistant, reader: PictureReader
) -> None:
    outcomes = [(each, asked(assistant, reader, each.content)) for each in made]
    wrong = [(each.name, outcome.text) for each, outcome in outcomes if outcome.first not in each.entry_ids]
    assert wrong == []


@pytest.mark.parametrize("event", ["paste", "drop"])
def test_a_screenshot_is_pasted_or_dropped(browser: Browser, address: str, made: list[Screenshot], event: str) -> None:
    page = opened(browser, address)
    assert give(page, event, made[0]) is False
    expect_answered(page, made[0])
    page.close()


def test_a_screenshot_is_chosen_stands_beside_what_was_typed_and_gives_way_to_another(
    browser: Browser, address: str, made: list[Screenshot], tmp_path: Path
) -> None:
    page = opened(browser, address)
    box = page.locator("#query textarea")
    box.fill("when I print")
    for number in (0, 5):
        file = tmp_path / f"{number}.png"
        file.write_bytes(made[number].content)
        page.set_input_files("#picture-file", file)
        expect(box).to_have_value(f"when I print\n\n{asked_text(page)}")
        assert box.input_value().count("when I print") == 1
    page.close()


def asked_text(page: Page) -> str:
    expect(page.locator("#picture-state")).to_contain_text("This is what was read")
    return page.locator("#query textarea").input_value().partition("\n\n")[2]


def test_what_cannot_be_read_is_said_and_the_box_keeps_its_text(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.locator("#query textarea").fill("port closed")
    damaged = Screenshot("damaged", b"\x89PNG\r\n\x1a\n" + bytes(99), "", frozenset())
    assert give(page, "paste", damaged) is False
    expect(page.locator("#picture-state")).to_have_text(
        "The picture is damaged or was cut off; take the screenshot again."
    )
    assert give(page, "drop", damaged, "text/plain") is False  # the browser would open the file
    expect(page.locator("#picture-state")).to_contain_text("choose a PNG, JPEG or WebP file")
    expect(page.locator("#query textarea")).to_have_value("port closed")
    page.close()
