"""Harmful requests are refused: malformed or slow ones, those from another site, and those without the token."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.middleware.body_limit import BodyLimit
from tests.conftest import Serve
from tests.programs.stub_assistant import StubAssistant

SETTINGS = Settings(journal_days=0, rate_limit=0, token="open sesame")
TOKEN = {"Authorization": "Bearer open sesame"}
SEARCH = b'{"query": "port"}'


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    editor = EditorSession(SETTINGS, lambda: pytest.fail("encoded"))
    with serve(create_app(StubAssistant(), SETTINGS, editor=editor)) as address:
        yield address


def sent(address: str, head: str, body: bytes = b"") -> bytes:
    """Send bytes as they are; return what comes back until the server closes."""
    place = urlsplit(address)
    assert place.hostname is not None
    assert place.port is not None
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n" + body)
        parts = iter(lambda: connection.recv(65_536), b"")
        return b"".join(parts)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Gradio-Server"])
def test_the_page_never_uses_an_address_that_a_request_claims(address: str, name: str) -> None:
    for claim in ("evil.example", "http://evil.example", "http://[", "a b", "\u00e9"):
        response = httpx.get(address, headers={name.encode(): claim.encode()})
        assert response.status_code == 200, claim
        assert "evil" not in response.text


@pytest.mark.parametrize("host", ["evil.example", "[", "a b", "evil.example:99999", "<script>", ""])
def test_no_host_header_causes_an_internal_error(address: str, host: str) -> None:
    answer = sent(address, f"GET / HTTP/1.1\nHost: {host}\nConnection: close\n")
    assert status_of(answer) < 500
    assert b"<script>\n" not in answer


def test_http_1_0_and_upgrade_requests_are_answered(address: str) -> None:
    assert status_of(sent(address, "GET / HTTP/1.0\n")) == 200
    upgrade = "Upgrade: websocket\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13\n"
    for path, status in (("/gradio_api/queue/join", 404), ("/", 200)):
        head = f"GET {path} HTTP/1.1\nHost: a\n{upgrade}Connection: Upgrade, close\n"
        assert status_of(sent(address, head)) == status


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        ("Transfer-Encoding: chunked\n", b"11\r\n" + SEARCH + b"\r\n0\r\n\r\n", 200),
        ("Transfer-Encoding: chunked\n", b"zz\r\n", 400),
        ("Content-Length: 17\nContent-Length: 18\n", SEARCH, 400),
        ("Content-Length: -1\n", SEARCH, 400),
        ("Content-Length: 99999999999\n", b"", 413),
        ("Content-Length: 17\nX: a\x0bb\n", SEARCH, 400),
    ],
)
def test_a_body_whose_length_is_not_as_announced_is_refused(address: str, head: str, body: bytes, status: int) -> None:
    start = "POST /api/search HTTP/1.1\nHost: a\nContent-Type: application/json\nConnection: close\n"
    assert status_of(sent(address, start + head, body)) == status


def test_a_form_of_another_site_changes_nothing(address: str) -> None:
    for path in ("/api/feedback", "/api/search", "/api/rebuild", "/api/editor/rollback", "/api/editor/preview"):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            for origin in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
                headers = {"Content-Type": kind, **origin, **TOKEN}
                assert httpx.post(address + path, content=SEARCH, headers=headers).status_code == 403


def test_no_other_site_may_read_an_answer(address: str) -> None:
    headers = httpx.get(f"{address}/api/search?q=port", headers={"Origin": "http://evil.example"}).headers
    assert "access-control-allow-origin" not in headers
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_large_article_is_accepted_only_with_the_token(address: str) -> None:
    large = b"x" * 300_000
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "open sesame"}):
        response = httpx.post(f"{address}/api/editor/preview", content=large, headers=headers)
        assert response.status_code == 413
    assert httpx.post(f"{address}/api/editor/preview", content=large, headers=TOKEN).status_code == 200
    elsewhere = httpx.post(f"{address}/api/search", content=large, headers=TOKEN)
    assert elsewhere.status_code == 413


def test_a_body_that_does_not_arrive_in_time_is_refused() -> None:
    answers: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}  # a drop now and then, without end

    async def send(message: Message) -> None:
        answers.append(message)

    async def application(_: Scope, __: Receive, ___: Send) -> None:
        pytest.fail("a request without its body was passed on")

    scope = {"type": "http", "method": "POST", "path": "/api/search", "headers": []}
    asyncio.run(BodyLimit(application, timeout_s=0.2)(scope, receive, send))
    assert answers[0]["status"] == 408
    assert b"had not arrived after 0.2 seconds" in answers[1]["body"]
