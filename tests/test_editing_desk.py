"""From a question that was asked in vain to an article that answers it, over HTTP, and what can go wrong on the way."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.answering.assistant import Assistant
from assistant.publishing.answered_questions import answered_file
from assistant.publishing.article_lint import lint_articles
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import WordEncoder

Serve = Callable[[ASGIApp], AbstractContextManager[str]]
TOKEN = {"Authorization": "Bearer open sesame"}
OFFICE = """# Office

## No tone {#tone}

**Message:** Fax error 3: no tone.

**Cause:** The line is loose.

**Solution:** Plug it in.

## Paper jam {#jam}

**Message:** Printer error 17: paper jam.

**Symptoms:**

- The sheet is stuck.

**Cause:** Dust.

**Solution:** Open the lid.
"""
WORDS = "purple elephants trumpet loudly downstairs"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "office.md").write_text(OFFICE, encoding="utf-8")
    return Settings(
        corpus=folder,
        index=tmp_path / "built",
        cache=tmp_path / "cache",
        journal=tmp_path / "journal.sqlite",
        token="open sesame",
    )


@pytest.fixture
def http(settings: Settings, words: WordEncoder, serve: Serve) -> Iterator[httpx.Client]:
    store = Store(settings.index)
    build(load_corpus(settings.corpus), words, store)
    application = create_app(Assistant(store, words), settings, editor=EditorSession(settings, lambda: words))
    with serve(application) as address, httpx.Client(base_url=address, timeout=60, headers=TOKEN) as client:
        yield client


def symptom(entry: str = "tone", text: str = WORDS, **more: Any) -> dict[str, Any]:
    return {"source": "office.md", "entry_id": f"office#{entry}", "symptom": text, "questions": [WORDS], **more}


def article(settings: Settings) -> Path:
    return settings.corpus / "office.md"


def ask(http: httpx.Client, text: str) -> None:
    assert http.post("/api/feedback", json={"kind": "asked", "query": text}).status_code == 204


def test_a_change_is_tried_then_published_and_then_checked_for_ever(
    http: httpx.Client, settings: Settings, words: WordEncoder
) -> None:
    ask(http, WORDS)
    (group,) = http.get("/api/editor/questions").json()["groups"]
    assert (group["text"], group["times"], group["state"]) == (WORDS, 1, "open")
    before = http.get("/api/status").json()["generation"]["id"]
    assert http.post("/api/editor/change/prepare").status_code == 204
    tried = http.post("/api/editor/change/try", json=symptom()).json()
    assert (tried["asked"], tried["left_out"]) == (1, 0)
    assert tried["answers"] == [
        {"query": WORDS, "before": group["outcome"].replace("unanswered", "none"), "after": "answer", "place": 1}
        | {"is_answered": True}
    ]
    added = [line for line in tried["diff"] if line.startswith("+")][1:]
    assert [line for line in added if line != "+"] == ["+**Symptoms:**", f"+- {WORDS}"]
    assert "Plug it in." in tried["html"]
    assert [each["query"] for each in tried["differing"]] == [WORDS]
    assert article(settings).read_text("utf-8") == OFFICE
    assert http.get("/api/status").json()["generation"]["id"] == before
    done = http.post("/api/editor/change/publish", json=symptom(digest=tried["digest"])).json()
    assert (done["report"]["changed"], done["answered"], done["warning"]) == (["office#tone"], 1, None)
    assert http.post("/api/search", json={"query": WORDS}).json()["decision"] == "answer"
    (group,) = http.get("/api/editor/questions").json()["groups"]
    assert (group["state"], group["answered_by"]) == ("solved", "office#tone")
    assert [json.loads(line) for line in answered_file(settings.corpus).read_text("utf-8").splitlines()] == [
        {"query": WORDS, "entry_id": "office#tone"}
    ]
    rules = [finding.rule for finding in lint_articles(settings.corpus, settings, open_encoder=lambda: words).findings]
    assert "no-longer-answered" not in rules
    article(settings).write_text(OFFICE, encoding="utf-8")
    (lost,) = (
        finding
        for finding in lint_articles(settings.corpus, settings, open_encoder=lambda: words).findings
        if finding.rule == "no-longer-answered"
    )
    assert str(lost).startswith(f'office.md: error: "{WORDS}" was answered by office#tone and is no longer;')
    assert http.post("/api/editor/compare", json={}).json()["broken"] == [{"query": WORDS, "entry_id": "office#tone"}]


def test_a_new_entry_is_published_with_its_card(http: httpx.Client, settings: Settings) -> None:
    form = {"title": "It trumpets", "symptoms": [WORDS], "cause": "Elephants.", "solution": "1. Shout.\n2. Wait."}
    change = {"source": "office.md", "entry": form, "questions": [WORDS]}
    tried = http.post("/api/editor/change/try", json=change).json()
    assert (tried["entry_id"], tried["answers"][0]["is_answered"]) == ("office#it-trumpets", True)
    assert "Shout." in tried["html"]
    done = http.post("/api/editor/change/publish", json={**change, "digest": tried["digest"]}).json()
    assert done["report"]["added"] == ["office#it-trumpets"]
    assert article(settings).read_text("utf-8").startswith(OFFICE)


def rename(path: Path) -> None:
    path.rename(path.with_name("other.md"))


def edit(path: Path) -> None:
    path.write_text(OFFICE.replace("Dust", "Fluff"), encoding="utf-8")


def damage(path: Path) -> None:
    path.write_bytes(b"\xff")


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def make_unreadable(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)  # which nobody can follow, whatever the permissions of who runs this


@pytest.mark.parametrize(
    ("meanwhile", "status"),
    [(edit, 409), (Path.unlink, 422), (rename, 422), (damage, 422), (replace_by_folder, 422), (make_unreadable, 422)],
)
def test_a_file_that_changed_after_the_trial_is_not_overwritten(
    http: httpx.Client, settings: Settings, meanwhile: Callable[[Path], object], status: int
) -> None:
    tried = http.post("/api/editor/change/try", json=symptom()).json()
    meanwhile(article(settings))
    held = {path.name: path.read_bytes() for path in settings.corpus.rglob("*") if path.is_file()}
    refused = http.post("/api/editor/change/publish", json=symptom(digest=tried["digest"]))
    assert refused.status_code == status
    assert "office.md" in refused.json()["error"]["message"]
    assert {path.name: path.read_bytes() for path in settings.corpus.rglob("*") if path.is_file()} == held


def test_of_two_editors_on_one_file_one_is_told_of_the_other(http: httpx.Client, settings: Settings) -> None:
    digest = hashlib.sha256(OFFICE.encode()).hexdigest()
    statuses: list[int] = []

    def publish(number: int) -> None:
        change = symptom(text=f"{WORDS} number {number}", digest=digest)
        statuses.append(
            httpx.post(f"{http.base_url}/api/editor/change/publish", json=change, headers=TOKEN).status_code
        )

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409, 409, 409]
    assert article(settings).read_text("utf-8").count(WORDS) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"source": "../office.md", "entry_id": "office#tone", "symptom": "x"}, "office.md"),
        ({"source": "office.md", "entry_id": "office#gone", "symptom": "x"}, "has no entry office#gone any more"),
        ({"source": "office.md", "entry_id": "office#tone", "symptom": ""}, "a symptom is a sentence"),
        ({"source": "office.md"}, "either entry_id with symptom, or entry"),
        ({"source": "no.md", "entry_id": "no#a", "symptom": "x"}, "no.md"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(http: httpx.Client, change: dict[str, Any], message: str) -> None:
    refused = http.post("/api/editor/change/try", json=change)
    assert refused.status_code == 422
    assert message in refused.json()["error"]["message"]


def test_a_symptom_in_an_imported_format_names_the_file_to_change(http: httpx.Client, settings: Settings) -> None:
    (settings.corpus / "page.html").write_text("<h1>Desk</h1><h2>It wobbles</h2><p>Solution: fold a paper.</p>")
    http.post("/api/rebuild")
    editable = {each["source"]: each["is_editable"] for each in http.get("/api/editor/entries").json()["entries"]}
    assert editable == {"office.md": True, "page.html": False}
    change = {"source": "page.html", "entry_id": "page#it-wobbles", "symptom": "x"}
    message = http.post("/api/editor/change/try", json=change).json()["error"]["message"]
    assert "page.html is not Markdown" in message
    assert "assistant import page.html" in message


def test_questions_are_marked(http: httpx.Client) -> None:
    ask(http, WORDS)
    request = {"questions": [WORDS], "mark": "not_ours"}
    assert http.post("/api/editor/questions/mark", json=request).status_code == 204
    assert [each["state"] for each in http.get("/api/editor/questions").json()["groups"]] == ["not_ours"]


def lock_journal(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    return connection


def damage_journal(path: Path) -> None:
    path.write_bytes(b"damaged" * 1000)


@pytest.mark.parametrize("spoil", [lock_journal, damage_journal])
def test_a_locked_or_damaged_journal_is_told_to_the_editor_and_answers_go_on(
    http: httpx.Client, settings: Settings, spoil: Callable[[Path], sqlite3.Connection | None]
) -> None:
    connection = spoil(settings.journal)
    refused = http.get("/api/editor/questions")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "no_journal")
    marked = http.post("/api/editor/questions/mark", json={"questions": [WORDS], "mark": "done"})
    assert (marked.status_code, marked.json()["error"]["code"]) == (503, "no_journal")
    assert http.post("/api/search", json={"query": "Printer error 17: paper jam."}).json()["decision"] == "answer"
    tried = http.post("/api/editor/change/try", json=symptom()).json()
    assert (tried["asked"], tried["answers"][0]["is_answered"]) == (0, True)
    assert "the journal" in tried["warning"]
    if connection is not None:
        connection.close()
        assert http.get("/api/editor/questions").status_code == 200


def test_the_routes_need_the_token(http: httpx.Client) -> None:
    for method, path in (
        ("GET", "questions"),
        ("GET", "entries"),
        ("POST", "questions/mark"),
        ("POST", "change/prepare"),
        ("POST", "change/try"),
        ("POST", "change/publish"),
    ):
        assert httpx.request(method, f"{http.base_url}/api/editor/{path}", json=symptom()).status_code == 401
