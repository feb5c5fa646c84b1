"""Queries are kept masked and for a limited time, and shown to editors."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from assistant.answering.query import Query
from assistant.cli import main
from assistant.journal import Journal
from assistant.masking import mask
from assistant.notes import Count, Kind, Note, Refusal
from assistant.search_notes import SearchNotes
from assistant.settings import Searches, Settings
from assistant.web.app import create_app
from tests.conftest import Serve
from tests.programs.processor_time import in_time
from tests.programs.stub_assistant import StubAssistant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def asked(query: str, decision: str = "answer") -> Note:
    return Note(Kind.ASKED, query, decision, "g1")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("write to jane.doe+x@firm.example please", "write to [e-mail] please"),
        ("Hi Jane Doe, it fails", "Hi [name], it fails"),
        ("Dear Ms. O'Neil the bill", "Dear Ms. [name] the bill"),
        (
            "> From: Karen Lee\nTo:  O'Neil <a@b.example>\nfrom: here",
            "> From: [name]\nTo:  [name] <[e-mail]>\nfrom: here",
        ),
        ("From: Zorvex Quimbley\nit fails", "From: [name]\nit fails"),  # no given name that is known
        ("see www.firm.example/kb now", "see [address] now"),
        ("my name is Zorvex Quimbley", "my name is [name]"),
        ("sent from Zorvex's phone", "sent from [name]'s phone"),
        ("my password is tiger lily garden", "my password is [secret]"),
        ("key ssh-rsa bbbb+cccc/dddd", "key ssh-rsa [secret]"),
        ("the lorry AB12 CDE is late", "the lorry [plate] is late"),
        ("pay to GB33 BUKB 2020 1555 5555 55", "pay to [number]"),
        ("account 48213 is closed", "account [number] is closed"),
        ("ask J\u00f6rg M\u00fcller or \u00c9lodie Dupont", "ask [name] or [name]"),
        ("paid $1,200.50 of 300 EUR and 45.10", "paid [amount] of [amount] and [amount]"),
        ("invoice INV-20391 is stuck", "invoice [id] is stuck"),
        ("call +44 20 7946 0958 or 123456", "call [number] or [number]"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "id [id]"),
        ("see https://firm.example/a?b=c now", "see [address] now"),
        ("Error 400 in Xero V2, account code '200'", "Error 400 in Xero V2, account code '200'"),
        ("payment from Xero was 50 percent", "payment from Xero was 50 percent"),
    ],
)
def test_what_identifies_a_person_is_masked_and_codes_stay(text: str, kept: str) -> None:
    assert mask(text) == kept


def rows(kind: str) -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "data" / "private_texts.tsv").read_text("utf-8").splitlines()[1:]
    found = [line.split("\t") for line in lines]
    return [
        (re.sub(r"\\(.)", lambda c: {"n": "\n"}.get(c[1], c[1]), text), private)
        for of, text, private in found
        if of == kind
    ]


def test_every_private_text_is_masked_but_for_words_that_nothing_tells_from_others() -> None:
    """Each text stands for a rule: a share of them would not show that a rule is gone."""
    kept = {private for text, private in rows("private") if private in mask(text)}
    assert kept == {"correct horse", "Ndlovu", "Kowalczyk"}


def test_at_least_95_of_100_private_texts_are_masked_and_2_of_100_harmless_words_are_lost() -> None:
    kept = [text for text, private in rows("private") if private in mask(text)]
    harmless = [word for text, _ in rows("harmless") for word in text.split()]
    lost = [word for text, _ in rows("harmless") for word in text.split() if word not in mask(text)]
    recall = 1 - len(kept) / len(rows("private"))
    print(f"masked {recall:.1%} of {len(rows('private'))} private texts; lost {len(lost)} of {len(harmless)} words")
    assert len(rows("private")) >= 200
    assert recall >= 0.95, kept
    assert len(lost) <= 0.02 * len(harmless), lost


@pytest.mark.parametrize(
    "text",
    [
        "ORA-01017: invalid username or password",
        "SQLSTATE 42703: There is no column",
        "550 5.1.1 mailbox unavailable",
        "Error 0x80070005: access is denied",
        "Error E-2041 while printing",
        "HTTP 503 Service Unavailable",
        "Hi, I'm stuck. Good morning. My trouble is this",
        "version 2.14.3 of Practice Management",
    ],
)
def test_codes_and_the_beginnings_of_sentences_stay(text: str) -> None:
    assert mask(text) == text


def test_masking_blank_lines_takes_no_longer_than_other_text() -> None:
    assert in_time(0.5, lambda: mask("\n" * 20_000 + "from")) == "\n" * 20_000 + "from"


@pytest.mark.parametrize(
    "unit",
    [
        "a:",
        "my name is A",
        "Thanks\nA",
        "12 A ",
        "A ",
        "::",
        "password is ",
        "a@",
        "/home/",
        "Aa, Bb & ",
        "a.b/",
        "John ",
        "12 rue de la ",
        "client Aa ",
        "E0-",
        "A-",
    ],
)
def test_masking_takes_no_longer_where_a_pattern_nearly_matches_everywhere(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    assert in_time(0.4, lambda: mask(text))


def test_queries_are_counted_and_unanswered_ones_separately(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "journal.sqlite", days=90)
    for note in (asked("Token lost"), asked("token lost"), asked("printer", "none"), asked("mail a@b.example", "none")):
        journal.write(note, now=NOON)
    summary = journal.summary()
    assert summary.queries[0].times == 2
    assert summary.queries[0].text.casefold() == "token lost"
    assert summary.unanswered == (Count("mail [e-mail]", 1), Count("printer", 1))
    assert "mail [e-mail]" not in journal.repeatable_queries()


def test_what_was_asked_and_what_did_not_help_are_kept_together_and_a_later_reason_joins_them(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    no = Note(Kind.DID_NOT_HELP, "mail a@b.example", "answer", "g1", "mail#full")
    journal.write(no, now=NOON)
    journal.write(replace(no, reason="call 123456"), now=NOON)
    journal.write(replace(no, entry=None, decision="ambiguous"), now=NOON + timedelta(seconds=1))
    summary = journal.summary()
    assert summary.refusals == (
        Refusal("mail [e-mail]", "", ""),
        Refusal("mail [e-mail]", "mail#full", "call [number]"),
    )
    assert summary.unhelpful == (Count("mail#full", 1),)


def test_notes_are_deleted_when_their_days_are_over(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    journal.write(asked("old"), now=NOON - timedelta(days=91))
    journal.write(asked("new"), now=NOON)
    assert [each.text for each in journal.summary().queries] == ["new"]


def test_nothing_is_kept_for_zero_days(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite", days=0).write(asked("x"))
    assert not (tmp_path / "journal.sqlite").exists()


def test_the_command_shows_and_purges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(tmp_path / "journal.sqlite"))
    assert main(["journal"]) == 0
    assert "yet" in capsys.readouterr().err
    Journal(tmp_path / "journal.sqlite", days=90).write(asked("printer jams", "none"), now=NOON)
    assert main(["journal"]) == 0
    assert "     1  printer jams" in capsys.readouterr().out
    assert main(["journal", "purge", "--before", "2026-11-24"]) == 0
    assert capsys.readouterr().out == "notes deleted: 1\n"
    assert main(["journal", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        name: [] for name in ("queries", "unanswered", "unhelpful", "refusals", "clients")
    }


def test_programs_get_json_also_while_there_is_no_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(tmp_path / "journal.sqlite"))
    assert main(["journal", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["queries"] == []
    Journal(tmp_path / "journal.sqlite", days=90).write(asked("printer jams"), now=NOON)
    assert main(["journal", "purge", "--before", "2026-11-24", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"deleted": 1}


def lock(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    return other


def overwrite(path: Path) -> None:
    path.write_bytes(b"\x17" * 20_000)


def link_to_a_full_disk(path: Path) -> None:
    path.symlink_to("/dev/full")


@pytest.mark.parametrize("spoil", [lock, overwrite, Path.mkdir, link_to_a_full_disk])
def test_a_journal_that_cannot_be_used_is_reported_and_every_query_is_answered(
    tmp_path: Path,
    spoil: Callable[[Path], object],
    serve: Serve,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "journal.sqlite"
    held = spoil(path)
    feedback = {"kind": "asked", "query": "port"}
    with serve(create_app(StubAssistant(), Settings(journal=path))) as address, httpx.Client(base_url=address) as http:
        answered = http.post("/api/feedback", json=feedback)
        assert (answered.status_code, answered.json()["error"]["code"]) == (503, "no_journal")
        assert str(path) not in answered.text
        assert http.post("/api/search", json={"query": "port"}).json()["decision"] == "answer"
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(path))
    assert main(["journal"]) == 1
    expected = rf"assistant: the journal {path} cannot be used \(.+\); repair or remove that file, name another in "
    assert re.match(expected, capsys.readouterr().err)
    if isinstance(held, sqlite3.Connection):
        held.close()


def test_control_characters_of_visitors_are_shown_and_never_obeyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(tmp_path / "journal.sqlite"))
    note = Note(Kind.DID_NOT_HELP, "q", "answer", "g1", "a#b", "\x1b]0;owned\x07 \x9b2J \x7f")
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    journal.write(note)
    journal.write(asked("\x1b[31m printer\x08"))
    assert main(["journal"]) == 0
    shown = capsys.readouterr().out
    assert "q | a#b | \\u001b]0;owned\\u0007 \\u009b2J \\u007f\n" in shown
    assert "\\u001b[31m printer\\u0008\n" in shown
    assert main(["journal", "--json"]) == 0
    printed = capsys.readouterr().out
    assert "\x7f" not in printed
    assert json.loads(printed)["refusals"] == [{"query": "q", "entry": "a#b", "reason": note.reason}]


def test_control_characters_in_an_error_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "/nowhere/\x1b[2J"]) == 1
    assert "/nowhere/\\u001b[2J does not exist" in capsys.readouterr().err


def test_only_its_owner_reads_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    Journal(path, days=90).write(asked("x"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)  # as an older version made it
    Journal(path, days=90).write(asked("x"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_deleted_notes_are_overwritten_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, days=90)
    journal.write(asked("a query about a zeppelin"), now=NOON)
    assert b"zeppelin" in path.read_bytes()
    journal.purge(before=NOON + timedelta(days=1))
    assert b"zeppelin" not in path.read_bytes()


def test_a_text_is_masked_before_it_is_cut_to_the_longest_note(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    journal.write(asked("x" * 1_990 + " jane.doe@firm.example"), now=NOON)
    journal.write(replace(asked("y"), kind=Kind.DID_NOT_HELP, reason="x " * 246 + "jane.doe@firm.example"), now=NOON)
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        kept = connection.execute("SELECT query, reason FROM notes").fetchall()
    assert kept == [("x" * 1_990 + " [e-mail]", None), ("y", "x " * 246 + "[e-mail]")]
    journal.write(asked("w " * 3_000), now=NOON)
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        assert connection.execute("SELECT max(length(query)) FROM notes").fetchone() == (2_000,)


def test_journal_days_below_zero_keep_nothing(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.sqlite", days=-1).write(asked("x"))
    assert not (tmp_path / "journal.sqlite").exists()


def test_when_the_notes_take_too_much_room_the_oldest_go(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path, days=90, max_size=100_000)
    for number in range(60):
        journal.write(asked(f"query {number} {'word ' * 400}"), now=NOON + timedelta(seconds=number))
    with sqlite3.connect(path) as connection:
        kept = [int(text.split()[1]) for (text,) in connection.execute("SELECT query FROM notes ORDER BY at")]
    assert kept == list(range(60 - len(kept), 60))
    assert 20 <= len(kept) <= 24  # each of them takes a page of 4,096 bytes
    assert path.stat().st_size <= 110_000


@pytest.mark.parametrize(("searches", "kept"), [(Searches.ALL, {"blocked": 2}), (Searches.PAGE, {})])
def test_searches_over_http_are_kept_masked_unless_the_setting_says_no(
    tmp_path: Path, serve: Serve, searches: Searches, kept: dict[str, int]
) -> None:
    settings = Settings(journal=tmp_path / "journal.sqlite", journal_searches=searches)
    with serve(create_app(StubAssistant(), settings)) as address, httpx.Client(base_url=address) as http:
        assert http.post("/api/search", json={"query": "blocked"}).status_code == 200
        assert http.get("/api/search", params={"q": "blocked"}).status_code == 200
        assert http.post("/api/search", json={"query": " "}).status_code == 200
        http.get("/healthz")  # a note is written after its answer
        deadline = time.monotonic() + 10
        journal = Journal(settings.journal, days=1)
        while sum(each.times for each in journal.summary().queries) < sum(kept.values()):
            assert time.monotonic() < deadline
    assert {each.text: each.times for each in journal.summary().queries} == kept


def test_a_search_is_answered_while_the_journal_cannot_be_written(tmp_path: Path, serve: Serve) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"damaged" * 100)
    settings = Settings(journal=tmp_path / "journal.sqlite")
    with serve(create_app(StubAssistant(), settings)) as address:
        for _ in range(20):
            assert httpx.post(f"{address}/api/search", json={"query": "blocked"}).json()["query"] == "blocked"


def test_the_programs_that_asked_are_counted_by_the_name_that_they_give(
    tmp_path: Path, serve: Serve, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite"
    with serve(create_app(StubAssistant(), Settings(journal=path))) as address:
        for client in ("slack bot", "slack bot", "for a@b.example"):
            httpx.post(f"{address}/api/search", json={"query": "port"}, headers={"X-Assistant-Client": client})
        httpx.get(f"{address}/api/search", params={"q": "port"})
        httpx.get(f"{address}/ask", params={"q": "port"})
        long = httpx.get(f"{address}/api/search", params={"q": "x"}, headers={"X-Assistant-Client": "x" * 101})
        assert (long.status_code, long.json()["error"]["code"]) == (422, "invalid_request")
    journal = Journal(path, days=90)
    until = time.monotonic() + 20
    while (found := journal.summary().queries) != (Count("port", 5),) and time.monotonic() < until:
        time.sleep(0.05)
    assert found == (Count("port", 5),)
    assert journal.summary().clients == (Count("slack bot", 2), Count("a program", 1), Count("for [e-mail]", 1))
    monkeypatch.setenv("ASSISTANT_JOURNAL", str(path))
    assert main(["journal"]) == 0
    assert "asked by programs\n     2  slack bot\n     1  a program\n" in capsys.readouterr().out


def test_a_journal_of_an_earlier_version_is_read_and_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE notes (at TEXT NOT NULL, kind TEXT NOT NULL, query TEXT NOT NULL, masked INTEGER NOT NULL, "
            "decision TEXT NOT NULL, generation TEXT NOT NULL, entry TEXT, reason TEXT)"
        )
        connection.execute(
            "INSERT INTO notes VALUES (?, 'asked', 'old', 0, 'none', 'g1', NULL, NULL)", (NOON.isoformat(),)
        )
    journal = Journal(path, days=90)
    journal.write(replace(asked("new"), client="bot"), now=NOON)
    assert journal.summary().queries == (Count("new", 1), Count("old", 1))
    assert journal.summary().clients == (Count("bot", 1),)


class SlowJournal(Journal):
    """Writes nothing before it may."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, days=90)
        self.go_on = threading.Event()
        self.written: list[str] = []

    def write(self, note: Note, *, now: datetime | None = None) -> None:
        assert self.go_on.wait(60)
        super().write(note, now=now)
        self.written.append(note.query)


def test_while_notes_wait_to_be_written_no_more_than_eight_do(tmp_path: Path) -> None:
    journal = SlowJournal(tmp_path / "journal.sqlite")
    notes = SearchNotes(journal)
    assistant = StubAssistant()
    for number in range(12):
        notes.keep(assistant.ask(Query(f"port {number}")), "a program")
    journal.go_on.set()
    until = time.monotonic() + 20
    while len(journal.written) < 8 and time.monotonic() < until:
        time.sleep(0.01)
    notes.keep(assistant.ask(Query("port at last")), "a program")
    while "port at last" not in journal.written and time.monotonic() < until:
        time.sleep(0.01)
    assert journal.written == [*(f"port {number}" for number in range(8)), "port at last"]
