"""Programs are answered over HTTP, and only the listed routes can be reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.answering.answer import json_value
from assistant.answering.query import Query
from assistant.journal import Journal
from assistant.notes import Count
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from tests.programs.stub_assistant import ENTRY, StubAssistant


@pytest.fixture(scope="module")
def shared() -> StubAssistant:
    return StubAssistant()


@pytest.fixture(scope="module")
def address(shared: StubAssistant, serve: Callable[[ASGIApp], AbstractContextManager[str]]) -> Iterator[str]:
    with serve(create_app(shared, Settings(journal_days=0))) as address:
        yield address


@pytest.fixture
def http(shared: StubAssistant, address: str) -> Iterator[httpx.Client]:
    shared.built, shared.broken = True, False
    shared.asked.clear()
    with httpx.Client(base_url=address) as client:
        yield client


def error_of(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "id"}
    return response.status_code, body["error"]["code"]


Serve = Callable[[ASGIApp], AbstractContextManager[str]]


def test_feedback_is_kept_masked_with_the_decision(tmp_path: Path, serve: Serve) -> None:
    settings = Settings(journal=tmp_path / "journal.sqlite")
    report = {
        "kind": "did_not_help",
        "query": "port 1234567 closed",
        "entry_id": ENTRY.entry_id,
        "reason": "for a@b.example",
    }
    with serve(create_app(StubAssistant(), settings)) as address:
        assert (
            httpx.post(f"{address}/api/feedback", json={"kind": "asked", "query": "no such thing"}).status_code == 204
        )
        assert httpx.post(f"{address}/api/feedback", json=report).status_code == 204
        assert httpx.post(f"{address}/api/feedback", json=report | {"entry_id": "made/up"}).status_code == 204
        assert error_of(httpx.post(f"{address}/api/feedback", json={"kind": "x", "query": ""})) == (
            422,
            "invalid_request",
        )
    summary = Journal(settings.journal, days=90).summary()
    assert summary.unanswered == (Count("no such thing", 1),)
    assert summary.unhelpful == (Count(ENTRY.entry_id, 1),)
    assert [(each.entry, each.reason) for each in summary.refusals] == [(ENTRY.entry_id, "for [e-mail]")]


def test_feedback_repeats_the_query_with_its_filter_and_choice(tmp_path: Path, serve: Serve) -> None:
    assistant = StubAssistant()
    beside = {"product": "VPN", "tags": ["network"], "choice": "none"}
    with serve(create_app(assistant, Settings(journal=tmp_path / "journal.sqlite"))) as address:
        report = {"kind": "asked", "query": "port", **beside}
        assert httpx.post(f"{address}/api/feedback", json=report).status_code == 204
    assert assistant.asked == [Query("port", product="VPN", tags=("network",), choice="none")]


def test_a_client_over_the_rate_limit_is_refused(serve: Serve) -> None:
    with (
        serve(create_app(StubAssistant(), Settings(rate_limit=3, journal_days=0))) as address,
        httpx.Client() as client,
    ):
        answers = [client.get(f"{address}/api/status").status_code for _ in range(4)]
        assert answers == [200, 200, 200, 429]
        assert client.get(f"{address}/site/page.css").status_code == 200


def test_a_search_gives_the_same_json_as_the_command_line(http: httpx.Client, shared: StubAssistant) -> None:
    response = http.post("/api/search", json={"query": "port closed", "k": 3, "tags": ["vpn"], "product": "P"})
    assert response.json() == json_value(shared.ask(Query("port closed", k=3)))
    assert shared.asked[0] == Query("port closed", 3, "P", ("vpn",))


def test_a_short_query_may_stand_in_the_address(http: httpx.Client, shared: StubAssistant) -> None:
    assert http.get("/api/search", params={"q": "port", "k": 2}).json()["hits"][0]["entry_id"] == ENTRY.entry_id
    assert shared.asked == [Query("port", k=2)]


@pytest.mark.parametrize("query", ["", "   ", "\U0001f600", "\x00\x07", "x" * 20_001, "\u202eabc", "<script>"])
def test_any_text_is_answered(http: httpx.Client, query: str) -> None:
    response = http.post("/api/search", json={"query": query})
    assert (response.status_code, response.json()["decision"]) == (200, "none")


@pytest.mark.parametrize(
    "body",
    [
        *(
            b"",
            b"{",
            b"[]",
            b"null",
            b'{"query": 1}',
            b'{"query": "x", "k": 0}',
            b'{"query": "x", "k": 51}',
            b'{"k": 1}',
        ),
        *(b'{"query": "x", "more": 1}', b'{"query": "\\ud800"}', b'{"query": "x", "tags": "a"}', b"\xff\xfe"),
        b"[" * 90_000,
    ],
)
def test_a_malformed_request_is_refused_with_a_reason(http: httpx.Client, body: bytes) -> None:
    response = http.post("/api/search", content=body, headers={"Content-Type": "application/json"})
    status, code = error_of(response)
    assert (status in {400, 422}, code) == (True, "invalid_request")


def test_a_body_over_256_kb_is_refused_before_it_is_parsed(http: httpx.Client, shared: StubAssistant) -> None:
    fits = json.dumps({"query": "x" * 255_000})
    assert http.post("/api/search", content=fits, headers={"Content-Type": "application/json"}).status_code == 200
    assert error_of(http.post("/api/search", json={"query": "x" * 256_000})) == (413, "too_large")
    unannounced = http.post("/api/search", content=(b"x" * 1000 for _ in range(300)))
    assert error_of(unannounced) == (413, "too_large")
    assert len(shared.asked) == 1


@pytest.mark.parametrize(
    "data", [["\ud800", "", ""], ["x", "{", ""], ["x", "[1]", ""], [None, None, None], ["x" * 30_000, "[" * 9000, ""]]
)
def test_malformed_input_of_the_page_is_no_internal_error(http: httpx.Client, data: list[str | None]) -> None:
    body = json.dumps({"data": data, "fn_index": 0, "session_hash": "s"})  # escapes lone surrogates
    response = http.post("/gradio_api/run/predict", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code < 500


def test_an_entry_is_returned_for_its_percent_encoded_id(http: httpx.Client) -> None:
    assert http.get("/api/entries/help/vpn%23error-809").json()["entry_title"] == "Error 809"
    assert http.get("/api/entries/help%2Fvpn%23error-809").json()["entry_title"] == "Error 809"
    assert error_of(http.get("/api/entries/help/vpn%23other")) == (404, "not_found")


def test_status_names_the_generation_and_the_rejected_articles(http: httpx.Client) -> None:
    assert http.get("/api/status").json() == {
        "generation": {"id": "g1", "built_at": "2026-11-23T03:40:00+00:00"},
        "articles": 1,
        "entries": 1,
        "passages": 2,
        "encoder": "words",
        "rejected": [{"source": "broken.md", "message": "broken.md:3: no title", "entries": 4, "being_edited": 0}],
        "problem": None,
        "more_rejected": 0,
    }


def test_health_names_the_problem_and_only_a_missing_index_makes_it_unready(
    http: httpx.Client, shared: StubAssistant
) -> None:
    health = http.get("/healthz").json()
    assert (health["status"], health["more_rejected"]) == ("degraded", 0)
    assert http.get("/readyz").status_code == 200
    shared.built = False
    assert (http.get("/healthz").status_code, http.get("/healthz").json()["status"]) == (200, "no_index")
    assert http.get("/readyz").status_code == 503


def test_without_an_index_every_answer_names_the_command(http: httpx.Client, shared: StubAssistant) -> None:
    shared.built = False
    for response in (http.post("/api/search", json={"query": "x"}), http.get("/api/status")):
        assert error_of(response) == (503, "no_index")
        assert 'run "assistant build"' in response.json()["error"]["message"]


def test_an_internal_error_shows_an_id_and_nothing_of_the_exception(http: httpx.Client, shared: StubAssistant) -> None:
    shared.broken = True
    response = http.post("/api/search", json={"query": "x"})
    assert error_of(response) == (500, "internal")
    assert "secret" not in response.text
    page = http.post("/gradio_api/run/predict", json={"data": ["x", "", None], "fn_index": 0, "session_hash": "s"})
    assert page.status_code == 200
    assert "Something went wrong on our side" in page.text
    assert "secret" not in page.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", f"/gradio_api/{path}") for path in ("queue/data", "upload_progress", "file=/etc/passwd", "runs")),
        *(("POST", f"/gradio_api/{path}") for path in ("upload", "queue/join", "call/respond", "run/respond", "reset")),
        *(("GET", path) for path in ("/monitoring", "/monitoring/summary", "/redoc", "/login_check")),
        *(("GET", path) for path in ("/gradio_api/proxy=https://example.org", "/gradio_api/deep_link", "/svelte/x")),
        *(("POST", path) for path in ("/", "/login", "/api/status", "/gradio_api/component_server")),
        *(("PUT", "/api/search"), ("DELETE", "/api/search"), ("OPTIONS", "/api/search"), ("TRACE", "/")),
        *(("GET", path) for path in ("/static/../../etc/passwd", "/assets/%2e%2e/%2e%2e/config", "/site/..%2fapi.py")),
    ],
)
def test_a_route_outside_the_list_cannot_be_reached(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, path).status_code == 404


def test_every_response_has_the_security_headers(http: httpx.Client) -> None:
    for path in ("/", "/api/status", "/site/page.css", "/nowhere", "/theme.css"):
        headers = http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "server" not in headers


def test_scripts_of_the_page_run_only_with_this_responses_nonce(http: httpx.Client) -> None:
    first, second = http.get("/"), http.get("/")
    nonce = first.headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert first.text.count("<script") == first.text.count(f'<script nonce="{nonce}"') > 3
    assert nonce not in second.text
    assert "unsafe-inline" not in first.headers["content-security-policy"].split("style-src")[0]


def test_the_document_has_our_title_and_no_links_to_other_sites(http: httpx.Client) -> None:
    document = http.get("/").text
    assert "<title>Troubleshooting assistant</title>" in document
    assert "og:" not in document
    assert "twitter:" not in document


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_a_cross_site_post_is_refused(http: httpx.Client, headers: dict[str, str]) -> None:
    assert error_of(http.post("/api/search", json={"query": "x"}, headers=headers)) == (403, "cross_site")


def test_openapi_lists_every_error_of_every_route(http: httpx.Client) -> None:
    paths = http.get("/openapi.json").json()["paths"]
    described = {(verb, path): paths[path][verb]["responses"] for path in paths for verb in paths[path]}
    statuses = {operation: " ".join(sorted(responses)) for operation, responses in described.items()}
    assert statuses == {
        ("post", "/api/search"): "200 400 403 408 413 422 429 500 503",
        ("get", "/api/search"): "200 422 429 500 503",
        ("post", "/api/picture"): "200 403 408 413 422 429 500 503",
        ("post", "/api/search/picture"): "200 400 403 408 413 422 429 500 503",
        ("get", "/api/entries"): "200 304 404 409 422 429 500 503",
        ("get", "/api/entries/{entry_id}"): "200 304 404 422 429 500 503",
        ("get", "/api/products"): "200 304 429 500 503",
        ("get", "/api/tags"): "200 304 429 500 503",
        ("get", "/api/status"): "200 429 500 503",
        ("post", "/api/feedback"): "204 400 403 408 413 422 429 500 503",
        ("get", "/healthz"): "200 500",
        ("get", "/readyz"): "200 500 503",
    }
    bodies = {
        response["content"]["application/json"]["schema"]["$ref"]
        for (_, path), responses in described.items()
        for status, response in responses.items()
        if status >= "400" and path != "/readyz"
    }
    assert bodies == {"#/components/schemas/ErrorBody"}


def test_openapi_says_what_every_route_of_the_editor_answers_and_refuses(serve: Serve) -> None:
    settings = Settings(token="open sesame", journal_days=0)
    editor = EditorSession(settings, lambda: pytest.fail("encoded"))
    with serve(create_app(StubAssistant(), settings, editor=editor)) as address:
        described = httpx.get(f"{address}/openapi.json").json()
    assert described["paths"].keys() > {"/api/rebuild", "/api/search"}
    answers: dict[str, tuple[str, str]] = {}
    for path, verbs in described["paths"].items():
        for operation in verbs.values():
            if "security" in operation:
                succeeded = next(each for status, each in operation["responses"].items() if status < "300")
                schema = succeeded.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
                answers[path] = (schema.rpartition("/")[2], " ".join(sorted(operation["responses"])))
                assert {
                    response["content"]["application/json"]["schema"]["$ref"]
                    for status, response in operation["responses"].items()
                    if status >= "400"
                } == {"#/components/schemas/ErrorBody"}
    assert answers == {
        "/api/rebuild": ("BuildReport", "200 401 403 408 413 429 500 503"),
        "/api/editor/articles": ("Articles", "200 401 422 429 500 503"),
        "/api/editor/change/prepare": ("", "204 401 403 408 413 429 500 503"),
        "/api/editor/change/publish": ("PublishedChange", "200 400 401 403 408 409 413 422 429 500 503"),
        "/api/editor/change/try": ("TriedChange", "200 400 401 403 408 409 413 422 429 500 503"),
        "/api/editor/compare": ("Compared", "200 400 401 403 408 413 422 429 500 503"),
        "/api/editor/entries": ("DeskEntries", "200 401 429 500 503"),
        "/api/editor/overview": ("Overview", "200 401 429 500 503"),
        "/api/editor/preview": ("Preview", "200 401 403 408 413 422 429 500 503"),
        "/api/editor/questions": ("AskedInVain", "200 401 422 429 500 503"),
        "/api/editor/questions/mark": ("", "204 400 401 403 408 413 422 429 500 503"),
        "/api/editor/rollback": ("RolledBack", "200 400 401 403 404 408 413 422 429 500 503"),
    }
    report = described["components"]["schemas"]["BuildReport"]
    assert report["description"] == "The result of a build."
    assert report["properties"]["added"]["description"] == "Ids of entries that the generation before did not have."


def test_openapi_names_the_path_that_a_proxy_serves_it_under(serve: Serve) -> None:
    with serve(create_app(StubAssistant(), Settings(root_path="/help", journal_days=0))) as address:
        assert httpx.get(f"{address}/openapi.json").json()["servers"] == [{"url": "/help"}]


def test_openapi_lists_every_route_and_every_field_of_the_answer(http: httpx.Client) -> None:
    described = http.get("/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/search",
        "/api/search/picture",
        "/api/picture",
        "/api/entries",
        "/api/entries/{entry_id}",
        "/api/products",
        "/api/status",
        "/api/tags",
        "/api/feedback",
        "/healthz",
        "/readyz",
    }
    hit = described["components"]["schemas"]["AnswerHit"]["properties"]
    answer = json_value(StubAssistant().ask(Query("port")))
    assert set(hit) == set(answer["hits"][0])
    assert set(described["components"]["schemas"]["Answer"]["properties"]) == set(answer)
