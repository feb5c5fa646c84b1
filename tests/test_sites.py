"""Pages of listed sites may read answers and frame our pages; all others, and all changes, are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.errors import UsageError
from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from tests.conftest import Serve
from tests.programs.stub_assistant import StubAssistant

SITE = "https://app.example"
SITES = f"{SITE},http://localhost:8080"
STRANGERS = ["https://evil.example", "null", "https://app.example.evil.example", "http://app.example", "*", ""]
ENTRY = "/api/entries/help%2Fvpn%23error-809"


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    journal = tmp_path_factory.mktemp("sites") / "journal.sqlite"
    settings = Settings(sites=SITES, token="open sesame", journal=Path(journal), rate_limit=0)
    editor = EditorSession(settings, lambda: pytest.fail("encoded"))
    with serve(create_app(StubAssistant(), settings, editor=editor)) as address:
        yield address


def cors(response: httpx.Response) -> dict[str, str]:
    """Return the headers by which a browser decides what a page of another site may do."""
    return {name: value for name, value in response.headers.items() if name.startswith("access-control")}


def preflight(address: str, path: str, *, origin: str = SITE, method: str = "POST") -> httpx.Response:
    wanted = {"Origin": origin, "Access-Control-Request-Method": method}
    return httpx.options(f"{address}{path}", headers={**wanted, "Access-Control-Request-Headers": "content-type"})


@pytest.mark.parametrize("text", ["", SITE, SITES, "http://[::1]:8080", "https://xn--bcher-kva.example", "http://help"])
def test_origins_are_taken_as_browsers_write_them(text: str) -> None:
    assert Settings.from_environment({"ASSISTANT_SITES": text}).sites == text


@pytest.mark.parametrize(
    "text",
    [
        *("*", "null", "app.example", "https://", "https://*.app.example", "https://app.example/", "ftp://app.example"),
        *("https://App.example", "https://app.example:443", "http://app.example:80", "https://me@app.example"),
        *("https://a.example, https://b.example", "https://a.example,", "https://a.example;https://b.example"),
        *("https://app.example:0", "https://app.example'", "https://app.example\n", "https://b\u00fccher.example"),
        "https://a.example,https://b.example:443",
    ],
)
def test_what_is_no_origin_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.from_environment({"ASSISTANT_SITES": text})
    assert str(refused.value) == (
        f"environment variable ASSISTANT_SITES: {text!r} is not a list of origins with commas between them, as "
        "browsers write them (in small letters, without a path, a slash at the end or a usual port), such as "
        '"https://app.example,http://localhost:8080"'
    )


@pytest.mark.parametrize("origin", SITES.split(","))
def test_a_listed_site_reads_answers_and_entries(address: str, origin: str) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    expected = {"access-control-allow-origin": origin, "access-control-expose-headers": "Retry-After"}
    for response in (
        httpx.post(f"{address}/api/search", json={"query": "port closed"}, headers=headers),
        httpx.get(f"{address}/api/search?q=port", headers=headers),
        httpx.get(f"{address}{ENTRY}", headers=headers),
    ):
        assert (response.status_code, cors(response)) == (200, expected)
        assert "Origin" in response.headers["vary"]


@pytest.mark.parametrize("origin", STRANGERS)
def test_another_site_reads_nothing(address: str, origin: str) -> None:
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site"}
    asked = httpx.post(f"{address}/api/search", json={"query": "port closed"}, headers=headers)
    assert (asked.status_code, asked.json()["error"]["code"], cors(asked)) == (403, "cross_site", {})
    read = httpx.get(f"{address}{ENTRY}", headers=headers)
    assert (cors(read), read.headers["vary"]) == ({}, "Origin")
    assert read.headers["cross-origin-resource-policy"] == "same-origin"
    refused = preflight(address, "/api/search", origin=origin)
    assert (refused.status_code, refused.json()["error"]["code"], cors(refused)) == (403, "cross_site", {})


def test_a_browser_may_ask_once_for_two_hours_whether_it_may_send_a_query(address: str) -> None:
    response = preflight(address, "/api/search")
    assert (response.status_code, response.content) == (204, b"")
    assert cors(response) == {
        "access-control-allow-origin": SITE,
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": "Content-Type",
        "access-control-max-age": "7200",
        "access-control-expose-headers": "Retry-After",
    }


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/api/search", "DELETE", 403),
        ("/api/search", "", 403),
        ("/api/feedback", "POST", 404),
        ("/api/rebuild", "POST", 404),
        ("/api/editor/articles", "GET", 404),
        ("/gradio_api/run/predict", "POST", 404),
        ("/", "GET", 404),
    ],
)
def test_a_listed_site_may_ask_for_nothing_else(address: str, path: str, method: str, status: int) -> None:
    response = preflight(address, path, method=method)
    assert (response.status_code, "access-control-allow-methods" in response.headers) == (status, False)


@pytest.mark.parametrize("path", ["/api/feedback", "/api/rebuild", "/gradio_api/run/predict"])
def test_a_listed_site_changes_nothing(address: str, path: str) -> None:
    headers = {"Origin": SITE, "Sec-Fetch-Site": "cross-site", "Authorization": "Bearer open sesame"}
    response = httpx.post(f"{address}{path}", json={"kind": "helped", "query": "port"}, headers=headers)
    assert (response.status_code, response.json()["error"]["code"], cors(response)) == (403, "cross_site", {})


def test_listed_sites_may_frame_the_page_but_not_the_editors(address: str) -> None:
    page, editor = httpx.get(f"{address}/").headers, httpx.get(f"{address}/editor").headers
    assert f"frame-ancestors http://localhost:8080 {SITE};" in page["content-security-policy"]
    assert "x-frame-options" not in page
    assert "frame-ancestors 'none'" in editor["content-security-policy"]
    assert editor["x-frame-options"] == "DENY"


def test_a_refusal_can_be_read_by_the_site_that_is_refused_and_preflights_count(serve: Serve) -> None:
    settings = Settings(sites=SITE, rate_limit=2, journal_days=0)
    with serve(create_app(StubAssistant(), settings)) as address:
        responses = [preflight(address, "/api/search") for _ in range(3)]
        assert [each.status_code for each in responses] == [204, 204, 429]
        assert responses[2].headers["retry-after"] == "30"
        assert cors(responses[2])["access-control-allow-origin"] == SITE


def test_without_a_list_no_site_may_do_anything(serve: Serve) -> None:
    with serve(create_app(StubAssistant(), Settings(rate_limit=0, journal_days=0))) as address:
        assert preflight(address, "/api/search").status_code == 404
        asked = httpx.post(f"{address}/api/search", json={"query": "port"}, headers={"Origin": SITE})
        assert (asked.status_code, cors(asked), "vary" in asked.headers) == (403, {}, False)
        page = httpx.get(f"{address}/").headers
        assert page["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in page["content-security-policy"]
