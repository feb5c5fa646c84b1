"""What is computed of texts is taken over for unchanged entries, and is that of a build from nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing.rebuild import read_corpus
from corpus.article import Entry
from index.analysis.terms import TermList
from index.builder import build
from index.entry_changes import carried_rows, code_fingerprint, entry_changes
from index.storage.entry_table import EntryTable
from index.storage.generation import PLACES, Generation
from index.storage.store import Store
from tests.conftest import WordEncoder, columns_of

SHARED = "The backup printer was disconnected from the spooler"
Edit = Callable[[Path], object]


def article(*messages: str) -> str:
    entries = (
        f"## {text}\n\n**Message:** {text}\n\n**Solution:** Restart number {at}.\n" for at, text in enumerate(messages)
    )
    return "\n".join(entries)


def write(folder: Path, **articles: Sequence[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, messages in articles.items():
        (folder / f"{name}.md").write_text(article(*messages), encoding="utf-8")


def remove(folder: Path, *names: str) -> None:
    for name in names:
        (folder / f"{name}.md").unlink(missing_ok=True)


OTHERS = (
    *(
        "Tray 4 is empty",
        "Error 809: no tunnel could be opened",
        "Job 17 was cancelled by the user",
        "The scanner lamp is cold",
    ),
    *(
        "The ink of the printer is low",
        "The cable is loose",
        "Paper size A4 is not in the feeder",
        "The door of the finisher is open",
    ),
)
BEFORE = {"a": OTHERS, "d": (SHARED, "PRN-2041 paper jam in the duplex unit"), "e": (f"Copying failed: {SHARED}",)}
BEFORE["f"] = (f"Sending failed: {SHARED}",)
EDITS: dict[str, Edit] = {
    "another entry has a shared clause, too": lambda folder: write(folder, x=[f"Printing failed: {SHARED}"]),
    "another entry has a clause that was one entry's": lambda folder: write(folder, x=[f"Copying: {OTHERS[-1]}"]),
    "another entry has the words of a clause, not the clause": lambda folder: write(
        folder, x=["Is open the finisher, of door"]
    ),
    "an entry before it has it, too": lambda folder: write(folder, b=[f"Printing failed: {SHARED}"]),
    "the first of those that shared it is gone": lambda folder: remove(folder, "e"),
    "all that shared it are gone": lambda folder: remove(folder, "e", "f"),
    "the entry whose clause was shared is gone": lambda folder: remove(folder, "d"),
    "an entry in the middle": lambda folder: write(folder, c=["A new error E-7 in the log", "Error 809: no tunnel"]),
    "a code and a word are nobody's any more": lambda folder: write(folder, a=OTHERS[2:]),
    "entries have changed places": lambda folder: write(folder, a=(OTHERS[3], *OTHERS[:3], *OTHERS[4:])),
    "most have a word that few had": lambda folder: write(folder, g=[f"Spooler {each} backup" for each in "abcdefgh"]),
}


class Pair:
    """An index that is built again after an edit, and one that is built from nothing."""

    def __init__(self, root: Path) -> None:
        self.articles, self.root = root / "articles", root
        self.store, self.words = Store(root / "built"), WordEncoder()
        write(self.articles, **BEFORE)
        self.build(self.store)

    def build(self, store: Store) -> Generation:
        build(read_corpus(self.articles, store), self.words, store)
        return store.current()

    def both(self) -> tuple[Generation, Generation]:
        return self.build(self.store), self.build(Store(self.root / "fresh"))


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_build_after_an_edit_writes_the_bytes_of_one_from_nothing(pair: Pair, edit: Edit) -> None:
    edit(pair.articles)
    edited, fresh = pair.both()
    ours, theirs = contents(edited), contents(fresh)
    assert ours.keys() == theirs.keys()
    assert [name for name in theirs if ours[name] != theirs[name]] == []


def test_only_what_an_edit_touches_is_reported(pair: Pair) -> None:
    remove(pair.articles, "f")
    write(pair.articles, d=(SHARED, "PRN-2042 paper jam in the duplex unit", "Another error"))
    assert pair.build(pair.store).facts["changes"] == {"added": 2, "changed": 0, "removed": 2}
    write(pair.articles, a=(*OTHERS[:-1], OTHERS[-1].replace("finisher", "cabinet")))
    assert pair.build(pair.store).facts["changes"] == {"added": 1, "changed": 0, "removed": 1}


def test_the_files_that_an_edit_undoes_are_those_before_it(pair: Pair) -> None:
    before = contents(pair.store.current())
    for edit in EDITS.values():
        edit(pair.articles)
        pair.build(pair.store)
    for path in pair.articles.iterdir():
        path.unlink()
    write(pair.articles, **BEFORE)
    after = pair.build(pair.store)
    assert contents(after) == before


def contents(generation: Generation) -> dict[str, bytes]:
    files = {name: bytes(generation.bytes_of(name)) for name in set(generation.names) - {PLACES}}
    return {**files, **{name: array.tobytes() for name, array in columns_of(generation).items()}}


def carried(
    pair: Pair, entries: Sequence[Entry], *, code: str = code_fingerprint()
) -> tuple[list[int], list[int]] | None:
    previous = pair.store.current()
    found = carried_rows(entry_changes(entries, EntryTable(previous)).before, previous, code=code)
    return None if found is None else (found.rows.tolist(), found.new.tolist())


def test_entries_that_did_not_change_are_carried_over_in_their_order(pair: Pair) -> None:
    entries = list(EntryTable(pair.store.current()))
    changed = replace(entries[2], cause="Another cause.")
    assert carried(pair, [*entries[:2], changed, *entries[3:]]) == ([0, 1, -1, *range(3, 12)], [2])
    assert carried(pair, entries[1:]) == ([-1, *range(11)], [])
    assert carried(pair, [entries[3], *entries[:3], *entries[4:]]) == ([-1, -1, -1, 0, *range(4, 12)], [1, 2, 3])


def test_nothing_is_carried_over_from_other_code_or_where_most_is_new(pair: Pair) -> None:
    entries = list(EntryTable(pair.store.current()))
    assert carried(pair, entries, code="of another version") is None
    new = [replace(each, cause="Another cause.") for each in entries[:7]]
    assert carried(pair, [*new, *entries[7:]]) is None


def test_a_term_that_the_last_entry_loses_is_in_no_list_any_more(pair: Pair) -> None:
    write(pair.articles, a=OTHERS[1:])
    arrays = pair.build(pair.store).arrays("postings.safetensors")
    terms = TermList(arrays["terms"], arrays["term_starts"])
    assert [terms.row(term) for term in ("tray", "empti", "no-such-term")] == [None, None, None]
    tunnel = terms.row("tunnel")
    assert tunnel is not None
    assert arrays["entries"][int(arrays["starts"][tunnel]) : int(arrays["starts"][tunnel + 1])].tolist() == [0]
