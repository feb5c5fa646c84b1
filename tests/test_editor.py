"""The editor's page rebuilds, previews, compares and rolls back, only with the token."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.answering.assistant import Assistant
from assistant.journal import Journal
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store

Serve = Callable[[ASGIApp], AbstractContextManager[str]]
TOKEN = {"Authorization": "Bearer open sesame"}


@pytest.fixture
def settings(articles: Path, tmp_path: Path) -> Settings:
    return Settings(corpus=articles, index=tmp_path / "built", journal=tmp_path / "journal.sqlite", token="open sesame")


@pytest.fixture
def http(settings: Settings, words: Encoder, serve: Serve) -> Iterator[httpx.Client]:
    store = Store(settings.index)
    build(load_corpus(settings.corpus), words, store)
    editor = EditorSession(settings, lambda: words)
    application = create_app(Assistant(store, words), settings, editor=editor)
    with serve(application) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def edit(settings: Settings, old: str, new: str) -> None:
    path = settings.corpus / "xero-error-messages.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic open sesame"}, {"Authorization": "open sesame"}],
)
def test_without_the_token_every_route_is_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    for method, path in (
        ("GET", "/api/editor/articles"),
        ("GET", "/api/editor/overview"),
        ("POST", "/api/rebuild"),
        ("POST", "/api/editor/compare"),
        ("POST", "/api/editor/preview"),
        ("POST", "/api/editor/rollback"),
    ):
        response = http.request(method, path, headers=headers, json={"generation_id": "x"})
        assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized"), path
    assert http.post("/api/rebuild?token=open%20sesame").status_code == 401


def test_without_a_token_in_the_settings_there_is_no_editors_page(settings: Settings, serve: Serve) -> None:
    class Unasked:
        """Is never asked."""

        ask = entry = contents = status = None

    bare = Settings(corpus=settings.corpus, index=settings.index, journal_days=0)
    with serve(create_app(Unasked(), bare, editor=EditorSession(bare, lambda: pytest.fail("encoded")))) as address:  # type: ignore[arg-type]
        assert httpx.get(f"{address}/editor").status_code == 404
        assert httpx.post(f"{address}/api/rebuild", headers=TOKEN).status_code in {404, 405}


def test_a_rebuild_returns_its_report_and_is_logged(http: httpx.Client, settings: Settings) -> None:
    edit(settings, "then select Reconnect", "then press the purple lever")
    report = http.post("/api/rebuild", headers=TOKEN).json()
    assert report["changed"] == ["xero-error-messages#failed-to-renew-token"]
    assert "purple lever" in http.post("/api/search", json={"query": "failed to renew token"}).text
    overview = http.get("/api/editor/overview", headers=TOKEN).json()
    assert overview["log"][0]["outcome"].endswith("0 added, 1 changed, 0 removed")
    assert [line["action"] for line in overview["log"]] == ["build (HTTP)", "build (command)"]
    assert [each["current"] for each in overview["generations"]] == [True, False]


def test_an_earlier_generation_can_be_searched_again(http: httpx.Client, settings: Settings) -> None:
    first = http.get("/api/status").json()["generation"]["id"]
    edit(settings, "then select Reconnect", "then press the purple lever")
    http.post("/api/rebuild", headers=TOKEN)
    assert http.post("/api/editor/rollback", headers=TOKEN, json={"generation_id": first}).status_code == 200
    assert http.get("/api/status").json()["generation"]["id"] == first
    unknown = http.post("/api/editor/rollback", headers=TOKEN, json={"generation_id": "nine"})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")


def test_a_preview_shows_the_entries_or_the_problem(http: httpx.Client) -> None:
    article = "# VPN\n\n## It fails {#fails}\n\n**Solution:** Restart <script>alert(1)</script> it.\n"
    preview = http.post("/api/editor/preview?name=vpn.md", headers=TOKEN, content=article).json()
    assert (preview["problem"], preview["entries"]) == (None, 1)
    assert "Restart &lt;script&gt;" in preview["html"]
    broken = http.post("/api/editor/preview?name=vpn.md", headers=TOKEN, content="# VPN\n").json()
    assert broken["problem"].startswith("vpn.md")
    alien = http.post("/api/editor/preview", headers=TOKEN, content=b"\xff").json()
    assert alien["problem"] == "preview.md:1: is not UTF-8 from here on; save it as UTF-8"
    assert http.post("/api/editor/preview", headers=TOKEN, content=b"x" * 300_000).status_code == 200
    assert http.post("/api/editor/preview", headers=TOKEN, content=b"x" * 10_000_001).status_code == 413


def test_a_preview_reads_every_format_by_the_files_name_and_shows_the_findings(http: httpx.Client) -> None:
    page = "<html><body><h2>It fails</h2><p><b>Message:</b> No ink</p><p><b>Solution:</b> Fill it.</p></body></html>"
    preview = http.post("/api/editor/preview?name=printer.html", headers=TOKEN, content=page).json()
    assert (preview["problem"], preview["entries"]) == (None, 1)
    assert "<p>No ink</p>" in preview["html"]
    assert [line for line in preview["findings"] if "has no cause" in line] == [
        'line 1: "It fails" has no cause; say why it happens'
    ]
    table = "message,solution\nNo ink,Fill it.\nNo paper,Add some.\n"
    assert http.post("/api/editor/preview?name=printer.csv", headers=TOKEN, content=table).json()["entries"] == 2
    unknown = http.post("/api/editor/preview?name=printer.exe", headers=TOKEN, content=b"MZ").json()
    assert "no supported format has" in unknown["problem"]


def test_the_articles_are_listed_with_their_findings(http: httpx.Client, settings: Settings) -> None:
    (settings.corpus / "broken.md").write_bytes(b"\xff")
    (settings.corpus / "ink.md").write_text("## It fails\n\n**Message:** No ink\n\n**Solution:** Fill it.\n")
    listed = http.get("/api/editor/articles", headers=TOKEN).json()["articles"]
    articles = {each["source"]: (each["entries"], each["findings"]) for each in listed}
    assert articles["broken.md"] == (0, ["line 1: is not UTF-8 from here on; save it as UTF-8"])
    assert articles["ink.md"] == (
        1,
        [
            'line 1: "It fails" has no cause; say why it happens',
            'line 1: "It fails" has no symptoms; write how people describe the problem',
        ],
    )
    assert articles["xero-error-messages.md"][0] == 10


def test_a_comparison_asks_the_judged_queries_beside_the_articles(http: httpx.Client, settings: Settings) -> None:
    folder = settings.corpus.parent / "judgments"
    folder.mkdir()
    (folder / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "failed to renew token"}\n{"_id": "q2", "text": "x"}\n'
    )
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tlong-gone#entry\t1\n")
    (folder / "oos_ids.txt").write_text("q2\n")
    comparison = http.post("/api/editor/compare", headers=TOKEN, json={"queries": ["access denied"]}).json()
    assert comparison["asked"] == 3


def test_a_comparison_asks_no_more_than_a_thousand_queries_those_of_the_editor_first(
    http: httpx.Client, settings: Settings, words: Encoder
) -> None:
    http.post("/api/feedback", json={"kind": "asked", "query": "failed to renew token"})
    text = (settings.corpus / "xero-error-messages.md").read_text(encoding="utf-8")
    start, end = text.index("## The connection to Xero is lost"), text.index("## Access is denied")
    (settings.corpus / "xero-error-messages.md").write_text(text[:start] + text[end:], encoding="utf-8")
    editor, journal = EditorSession(settings, lambda: words), Journal(settings.journal, days=90)
    told = [editor.compare(journal, ["one thing", "another thing"], most=most) for most in (2, 3)]
    assert [each.asked for each in told] == [2, 3]
    assert [[each.query for each in one.differing] for one in told] == [[], ["failed to renew token"]]
    assert inspect.signature(EditorSession.compare).parameters["most"].default == 1_000


def test_a_comparison_lists_the_queries_whose_first_answer_changes_and_publishes_nothing(
    http: httpx.Client, settings: Settings
) -> None:
    before = http.get("/api/status").json()["generation"]["id"]
    http.post("/api/feedback", json={"kind": "asked", "query": "failed to renew token"})
    text = (settings.corpus / "xero-error-messages.md").read_text(encoding="utf-8")
    start, end = text.index("## The connection to Xero is lost"), text.index("## Access is denied")
    (settings.corpus / "xero-error-messages.md").write_text(text[:start] + text[end:], encoding="utf-8")
    comparison = http.post(
        "/api/editor/compare", headers=TOKEN, json={"queries": ["access denied to the resource"]}
    ).json()
    assert comparison["report"]["removed"] == ["xero-error-messages#failed-to-renew-token"]
    assert comparison["asked"] == 2
    assert [each["query"] for each in comparison["differing"]] == ["failed to renew token"]
    assert comparison["differing"][0]["before"] == "xero-error-messages#failed-to-renew-token"
    generations = http.get("/api/editor/overview", headers=TOKEN).json()["generations"]
    assert [each["id"] for each in generations] == [before]  # nothing was left to take the place of an earlier one
    assert http.get("/api/status").json()["generation"]["id"] == before


def test_the_page_runs_only_its_own_script(http: httpx.Client) -> None:
    response = http.get("/editor")
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert "base-uri 'none';" in response.headers["content-security-policy"]  # no <base> leads it to another site's
    assert "<script>" not in response.text
