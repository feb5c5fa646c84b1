"""Screenshots of documented messages, made with Chromium, read and asked: is the right entry first, how soon?

python -m tests.programs.screenshots --count 60 --seed 1
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.errors import PictureError
from assistant.pictures.picture_reader import PictureReader
from assistant.settings import Settings
from corpus.article import Article, Entry
from corpus.loader import load_corpus
from index.analysis.paste_cleanup import message_text
from index.builder import build
from index.storage.store import Store
from tests.programs.paste_values import other_value, pieces
from tests.programs.screen_pages import FONTS, SCREENS, Look, screen

ROOT = Path(__file__).parent.parent.parent
FOLDERS = (ROOT / "corpus" / "articles", ROOT / "tests" / "data" / "messages")
UNDOCUMENTED = (
    "The calendar of the meeting room is shown in another time zone.",
    "Your colour printer was added to the list of favourites.",
    "The holiday request was passed on to your manager.",
    "A new version of the map has been downloaded.",
    "The microphone of this headset is muted.",
    "The slide show has been saved as a film.",
)


@dataclass(frozen=True, slots=True)
class Screenshot:
    """A picture and what it shows.

    Attributes:
        name: How it was made.
        content: The file.
        shown: The message in it.
        entry_ids: Of the entries with this message; empty where nobody has documented it.
    """

    name: str
    content: bytes
    shown: str
    entry_ids: frozenset[str]


def articles_folder(folder: Path) -> Path:
    """Copy the shipped and the test articles into one folder, and return it."""
    for source in FOLDERS:
        for path in source.glob("*.md"):
            shutil.copy(path, folder)
    return folder


def screenshots(
    browser: Browser, contents: Sequence[tuple[Entry, Article]], *, count: int, seed: int
) -> Iterator[Screenshot]:
    """Yield screenshots, one in ten of them of something that nobody has documented; the same ones for the same seed.

    Every look is met: kind of screen, font, light and dark, 1 and 2 pixels a point, PNG, and JPEG at a quality of 60.
    """
    chance = random.Random(seed)
    shown = [(each, message, article) for each, article in contents for message in each.messages]
    shown = chance.sample(shown, min(count, len(shown)))
    kinds = list(SCREENS)
    for number in range(count):
        scale, is_jpeg = 1 + number % 2, bool(number // 2 % 2)
        look = Look(FONTS[number % len(FONTS)], bool(number // 4 % 2), kinds[number % len(kinds)])
        _, message, article = shown[number % len(shown)]
        text, ids = _filled(message_text(message), chance), _with_message(message, contents)
        if number % 10 == 9:
            text, ids = UNDOCUMENTED[number // 10 % len(UNDOCUMENTED)], frozenset()
        page = browser.new_page(viewport={"width": 1000, "height": 640}, device_scale_factor=scale)
        page.set_content(screen(text, article.product or "Xero", look, chance))
        content = page.screenshot(type="jpeg", quality=60) if is_jpeg else page.screenshot()
        page.close()
        name = f"{number:02} {look.kind} {look.font} {'dark' if look.is_dark else 'light'} {scale}x"
        yield Screenshot(f"{name} {'jpeg' if is_jpeg else 'png'}", content, text, ids)


def _filled(message: str, chance: random.Random) -> str:
    return "".join(other_value(text, chance) if value else text for text, value in pieces(message))


def _with_message(message: str, contents: Sequence[tuple[Entry, Article]]) -> frozenset[str]:
    return frozenset(entry.entry_id for entry, _ in contents if message in entry.messages)


@dataclass
class Outcome:
    """What became of a screenshot: its text, the first entry, and how long reading took.

    Attributes:
        took_s: Seconds by the clock.
        cpu_s: Seconds of the processor, of the reading process.
    """

    text: str
    decision: str
    first: str
    took_s: float
    cpu_s: float


def asked(assistant: Assistant, reader: PictureReader, content: bytes) -> Outcome:
    """Read a picture and ask about its text."""
    start, before = time.perf_counter(), _cpu_s(reader.process_id)
    try:
        text = reader.read(content)
    except PictureError as error:
        return Outcome(str(error), "unread", "", time.perf_counter() - start, 0.0)
    answer = assistant.ask(Query(text))
    took = time.perf_counter() - start
    first = answer.hits[0].entry_id if answer.hits else ""
    return Outcome(text, str(answer.decision), first, took, _cpu_s(reader.process_id) - before)


def _cpu_s(process_id: int | None) -> float:
    stat = Path(f"/proc/{process_id}/stat")
    if process_id is None or not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chromium", default=os.environ.get("ASSISTANT_CHROMIUM") or shutil.which("chromium"))
    parser.add_argument("--keep", type=Path, help="a folder for the pictures")
    parser.add_argument("--show", action="store_true", help="print each text that was read")
    options = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    with tempfile.TemporaryDirectory() as folder, closing(PictureReader()) as reader, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"])
        corpus = load_corpus(articles_folder(Path(folder)))
        encoder = open_encoder(settings)
        store = Store(Path(folder) / "built")
        build(corpus, encoder, store)
        assistant = Assistant(store, encoder)
        articles = {article.article_id: article for article in corpus.articles}
        contents = [(entry, articles[entry.entry_id.partition("#")[0]]) for entry in corpus.entries]
        made = list(screenshots(browser, contents, count=options.count, seed=options.seed))
        browser.close()
        right, documented, times, cpu, refused = 0, 0, [], [], 0
        for number, each in enumerate(made):
            if options.keep:
                options.keep.mkdir(exist_ok=True, parents=True)
                (options.keep / f"{each.name.replace(' ', '-')}.{each.name[-4:].strip()}").write_bytes(each.content)
            outcome = asked(assistant, reader, each.content)
            if number:  # the first one starts the process
                times.append(outcome.took_s)
                cpu.append(outcome.cpu_s)
            else:
                print(f"first picture, with the start of the process: {outcome.took_s:.1f} s")
            is_right = outcome.first in each.entry_ids if each.entry_ids else outcome.decision != "answer"
            documented += bool(each.entry_ids)
            right += is_right and bool(each.entry_ids)
            refused += is_right and not each.entry_ids
            if options.show or not is_right:
                print(f"{'ok' if is_right else 'WRONG'} {each.name}: {outcome.decision} {outcome.first}")
                print(f"   shown {each.shown!r}\n   read  {outcome.text!r}\n   {sorted(each.entry_ids)}")
        print(f"right entry first: {right} of {documented} ({right / documented:.1%})")
        print(f"not documented, and not answered: {refused} of {len(made) - documented}")
        for what, values in (("seconds", times), ("processor seconds", cpu)):
            ranks = statistics.quantiles(values, n=20)
            print(f"{what}: median {statistics.median(values):.2f}, p95 {ranks[18]:.2f}, most {max(values):.2f}")
        print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
