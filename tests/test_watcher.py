"""A saved article is indexed within seconds; temporary files, broken files and a missing folder do no harm."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.publishing.watcher import FolderScan, Retry, watch
from assistant.publishing.watcher_process import watcher_process
from assistant.settings import Settings
from index.errors import BuildError, BusyError, EngineError, SearchIndexError
from index.storage.entry_table import EntryTable
from index.storage.store import Store
from tests.conftest import WordEncoder

TIMEOUT_S = 30


class Watch:
    """A watch in a thread, and the lines it has printed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.printed: list[str] = []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=watch, args=(settings, WordEncoder, self.printed.append, self.stop))

    def ids(self) -> list[str]:
        try:
            with Store(self.settings.index).current() as generation:
                return [entry.entry_id for entry in EntryTable(generation)]
        except SearchIndexError:
            return []

    def built(self) -> int:
        return sum("generation" in line for line in self.printed)


def write(settings: Settings, name: str, entry: str) -> None:
    (settings.corpus / f"{name}.md").write_text(f"## {entry}\n\nRestart it.\n", encoding="utf-8")


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "articles").mkdir()
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "articles" / "built")
    write(settings, "a", "printer")
    return settings


@pytest.fixture
def watching(settings: Settings) -> Iterator[Watch]:
    """A watch that has built once; the index lies in the watched folder, which must not start a build."""
    watching = Watch(settings)
    watching.thread.start()
    wait_for(lambda: watching.ids() == ["a#printer"] and watching.built() == 1)
    yield watching
    watching.stop.set()
    watching.thread.join(TIMEOUT_S)
    assert not watching.thread.is_alive()


def test_a_build_is_tried_again_after_what_passes_without_an_edit() -> None:
    now = 0.0
    again = Retry(lambda: now)
    assert not again.is_due()
    for error in (EngineError("dead"), BusyError("busy")):
        again.note(error)
        assert not again.is_due()
        now += 5
        assert again.is_due()
        again.note(None)
        assert not again.is_due()
    again.note(BuildError("no entry"))
    now += 5
    assert not again.is_due()


def test_an_edit_a_new_file_and_a_removed_one_are_indexed(watching: Watch) -> None:
    write(watching.settings, "a", "scanner")
    wait_for(lambda: watching.ids() == ["a#scanner"])
    write(watching.settings, "b", "fax")
    wait_for(lambda: watching.ids() == ["a#scanner", "b#fax"])
    (watching.settings.corpus / "a.md").unlink()
    wait_for(lambda: watching.ids() == ["b#fax"] and watching.built() >= 4)  # it prints after it has published
    assert watching.built() == 4


def test_the_generation_records_that_the_watch_built_it(watching: Watch) -> None:
    (listed,) = Store(watching.settings.index).generations()
    assert (listed.facts["by"], listed.facts["changes"]) == ("watch", {"added": 1, "changed": 0, "removed": 0})


def test_an_editor_that_replaces_the_file_and_leaves_temporary_files_starts_one_build(watching: Watch) -> None:
    folder = watching.settings.corpus
    for name in (".a.md.swp", "a.md~", "4913", "#a.md#", "a.md.tmp"):
        (folder / name).write_text("## junk\n\njunk\n", encoding="utf-8")
    (folder / "a.md.tmp").write_text("## scanner\n\nRestart it.\n", encoding="utf-8")
    (folder / "a.md.tmp").rename(folder / "a.md")
    wait_for(lambda: watching.ids() == ["a#scanner"])
    time.sleep(1)
    assert watching.built() == 2


def test_many_saves_in_a_row_are_few_builds(watching: Watch) -> None:
    for number in range(30):
        write(watching.settings, "a", f"printer {number}")
        time.sleep(0.01)
    wait_for(lambda: watching.ids() == ["a#printer-29"])
    assert watching.built() <= 4


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_indexed(watching: Watch) -> None:
    os.mkfifo(watching.settings.corpus / "pipe.md")
    (watching.settings.corpus / "bytes.md").write_bytes(b"\xff")
    write(watching.settings, "b", "fax")
    wait_for(lambda: watching.ids() == ["a#printer", "b#fax"])
    wait_for(lambda: any("pipe.md is not a regular file" in line.replace(":", "") for line in watching.printed))
    assert any("bytes.md:1: is not UTF-8" in line for line in watching.printed)


def test_a_folder_that_goes_away_is_waited_for(watching: Watch, tmp_path: Path) -> None:
    watching.settings.corpus.rename(tmp_path / "away")
    wait_for(lambda: any("waiting for it" in line for line in watching.printed))
    shutil.copytree(tmp_path / "away", watching.settings.corpus)
    write(watching.settings, "b", "fax")
    wait_for(lambda: watching.built() == 2)
    assert watching.ids() == ["a#printer", "b#fax"]


def test_an_article_that_is_emptied_stays_as_it_was(watching: Watch) -> None:
    """Many programs empty a file before they write it anew."""
    (watching.settings.corpus / "a.md").write_text("", encoding="utf-8")
    wait_for(lambda: any("a.md: has no entry" in line for line in watching.printed))
    assert watching.ids() == ["a#printer"]


def test_a_corpus_without_entries_is_reported_and_the_index_stays(watching: Watch) -> None:
    (watching.settings.corpus / "a.md").unlink()
    wait_for(lambda: any("not rebuilt: there is no entry to index" in line for line in watching.printed))
    assert watching.ids() == ["a#printer"]
    write(watching.settings, "a", "fax")
    wait_for(lambda: watching.ids() == ["a#fax"])


def test_a_change_that_the_system_does_not_report_is_found_by_a_scan(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a network folder, or with more folders than the system watches."""
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    monkeypatch.setenv("WATCHFILES_POLL_DELAY_MS", "100000000")
    watching = Watch(settings)
    watching.thread.start()
    wait_for(lambda: watching.built() == 1)
    (settings.corpus / "deep").mkdir()
    write(settings, "deep/b", "fax")
    wait_for(lambda: watching.built() == 2)
    assert watching.ids() == ["a#printer", "deep/b#fax"]
    watching.stop.set()
    watching.thread.join(TIMEOUT_S)


def test_a_scan_differs_when_a_file_was_added_removed_or_written_and_not_otherwise(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    scan = FolderScan(tmp_path, lambda path: not path.endswith("~"))
    assert not scan.differs()
    (tmp_path / "deep" / "a~").write_text("1")
    assert not scan.differs()
    path = tmp_path / "deep" / "a"
    path.write_text("1")
    assert scan.differs()
    before = path.stat()
    path.write_text("22")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert scan.differs()
    path.write_text("33")
    second = 1_000_000_000
    os.utime(
        path,
        ns=(before.st_atime_ns, before.st_mtime_ns - before.st_mtime_ns % second + (before.st_mtime_ns + 1) % second),
    )
    assert scan.differs()
    path.rename(tmp_path / "a")
    assert scan.differs()
    (tmp_path / "a").unlink()
    assert scan.differs()
    assert not scan.differs()
    assert not scan.is_due()


def test_the_watcher_process_is_of_low_priority_and_ends_with_its_server(tmp_path: Path) -> None:
    """A killed server can close nothing itself; the system closes the watcher's input."""
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "built")
    program = (
        "import sys, time; from pathlib import Path; from assistant.settings import Settings\n"
        "from assistant.publishing import watcher_process as p\n"
        f"process = p._start(Settings(corpus=Path({str(settings.corpus)!r}), index=Path({str(settings.index)!r})))\n"
        "print(process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        watcher_id = int(server.stdout.readline())
        low = min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
        wait_for(lambda: os.getpriority(os.PRIO_PROCESS, watcher_id) == low)
        server.kill()
    wait_for(lambda: not _runs(watcher_id))


def test_the_watcher_of_a_server_ends_when_the_server_ends(tmp_path: Path) -> None:
    before = threading.active_count()
    with watcher_process(Settings(corpus=tmp_path, index=tmp_path / "built")):
        pass
    assert threading.active_count() == before


def _runs(process_id: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")
