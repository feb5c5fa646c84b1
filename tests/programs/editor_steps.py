"""What each step of the editor's loop takes, in seconds of processor and of the clock.

    python -m tests.programs.editor_steps --entries 1000 --notes 100000

The articles are made up beside the shipped ones, and so are the notes of the journal; the judged queries are those of
the shipped set.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.editing.changes import Change
from assistant.editing.desk import EditingDesk
from assistant.journal import Journal
from assistant.notes import Kind, Note
from assistant.publishing.editor_session import EditorSession
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from index.storage.store import Store
from tests.conftest import ARTICLES

T = TypeVar("T")
_NOUNS = (
    *("printer", "calendar", "mailbox", "folder", "scanner", "budget", "screen", "cable", "backup", "licence"),
    *("password", "report", "account", "export", "import", "contact", "ledger", "report", "keyboard", "camera"),
)
_SYMPTOM = Change(
    "xero-error-messages.md",
    ("payslips will not send",),
    "xero-error-messages#failed-to-renew-token",
    "Payslips cannot be sent.",
)


def step(name: str, call: Callable[[], T]) -> T:
    """Do something, and print what it took."""
    clock, processor = time.perf_counter(), time.process_time()
    result = call()
    print(
        f"  {name}: {time.process_time() - processor:.2f} s, {time.perf_counter() - clock:.2f} s by the clock",
        flush=True,
    )
    return result


def write_articles(folder: Path, entries: int, seed: random.Random) -> None:
    shutil.copytree(ARTICLES, folder)
    shutil.copytree(ARTICLES.parent / "judgments", folder.parent / "judgments")
    for number in range((entries - 10) // 10):
        parts = [f"# Article {number}\n"]
        for own in range(10):
            one, two, three, four = seed.sample(_NOUNS, 4)
            parts += [
                f"## The {one} {own} of the {two} fails {{#e{own}}}\n",
                f"**Message:** Error {number}-{own}: {one} {three} not found.\n",
                f"**Solution:** Renew the {four} of {two} {number}.\n",
            ]
        (folder / f"a{number}.md").write_text("\n".join(parts), encoding="utf-8")


def write_notes(journal: Journal, path: Path, count: int, seed: random.Random) -> None:
    """Write notes, a first one as the server does, and the others at once."""
    journal.write(Note(Kind.ASKED, "the printer is broken", "none", "g"))
    now = datetime.now(UTC)
    rows = [
        (
            (now - timedelta(seconds=number)).isoformat(),
            Kind.ASKED.value if number % 10 else Kind.DID_NOT_HELP.value,
            f"{' '.join(seed.sample(_NOUNS, 3))} is broken {seed.randrange(200)}",
            0,
            ("none", "ambiguous", "answer")[number % 3],
            "g",
            None,
            None,
            None,
        )
        for number in range(count - 1)
    ]
    with sqlite3.connect(path) as connection:
        connection.executemany("INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def measure(folder: Path, entries: int, notes: int) -> None:
    seed = random.Random(1)
    write_articles(folder / "articles", entries, seed)
    settings = Settings(corpus=folder / "articles", index=folder / "built", journal=folder / "journal.sqlite")
    encoder = open_encoder(settings)
    print(f"{entries} entries, {notes:,} notes:")
    step("the first build", lambda: rebuild(settings, lambda: encoder))
    journal = Journal(settings.journal, days=90)
    write_notes(journal, settings.journal, notes, seed)
    editor = EditorSession(settings, lambda: encoder)
    desk = EditingDesk(settings, editor, journal, Assistant(Store(settings.index), encoder), lambda: encoder)
    step("what was asked in vain", desk.questions)
    step("what was asked in vain, again", desk.questions)
    step("a change is opened (asked meanwhile)", desk.prepare)
    step("try a first symptom", lambda: desk.tried(replace(_SYMPTOM, symptom="Payslips will not go out.")))
    tried = step("try another wording", lambda: desk.tried(_SYMPTOM))
    step(f"try that again ({tried.asked} queries)", lambda: desk.tried(_SYMPTOM))
    step("publish it", lambda: desk.published(_SYMPTOM, tried.digest))
    step("try another symptom", lambda: desk.tried(replace(_SYMPTOM, symptom="Nobody gets a payslip.")))
    step("what was asked in vain, after that", desk.questions)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=10)
    parser.add_argument("--notes", type=int, default=200)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        measure(Path(place), given.entries, given.notes)
