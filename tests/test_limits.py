"""The middleware's limits: requests and wrong tokens of a client, sizes of bodies, names of the server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import pytest
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.settings import Settings
from assistant.web.middleware.body_limit import BodyLimit, holds_token
from assistant.web.middleware.fault_ids import FaultIds
from assistant.web.middleware.rate_limit import Allowance, RateLimit, WrongTokens
from assistant.web.middleware.responses import error_body, route_path
from assistant.web.middleware.security import AllowedRoutes, ForwardedHost, SameSite, SecurityHeaders
from assistant.web.middleware.stack import middleware_stack

TOKEN = "open sesame"


async def ok(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with status 200 and the number of bytes of the body."""
    size = len((await receive()).get("body", b""))
    await send({"type": "http.response.start", "status": 200, "headers": [(b"size", str(size).encode())]})
    await send({"type": "http.response.body", "body": b""})


def sent(
    application: ASGIApp,
    path: str = "/api/search",
    headers: Mapping[str, str] | None = None,
    *,
    client: str = "192.0.2.1",
    body: tuple[bytes, ...] = (b"",),
    method: str = "POST",
) -> Message:
    """Send a body in parts; return the start of the response."""
    parts = list(body)
    messages: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Message) -> None:
        messages.append(message)

    named = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named, "client": (client, 1)}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return messages[0]


def test_an_ipv6_client_is_limited_with_all_addresses_of_its_network() -> None:
    limited = RateLimit(ok, per_minute=2, clock=lambda: 0)
    addresses = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:2::3", "2001:db8:1:3::1"]
    assert [sent(limited, client=each)["status"] for each in addresses] == [200, 200, 429, 200]


def test_an_ipv4_address_written_as_ipv6_is_the_same_client() -> None:
    limited = RateLimit(ok, per_minute=1, clock=lambda: 0)
    assert [sent(limited, client=each)["status"] for each in ("192.0.2.1", "::ffff:192.0.2.1")] == [200, 429]


@pytest.mark.parametrize(
    ("path", "status"), [("/editor", 429), ("/gradio_api/run/predict", 429), ("/api/x", 429), ("/theme.css", 200)]
)
def test_routes_that_cost_something_are_limited(path: str, status: int) -> None:
    limited = RateLimit(ok, per_minute=1, clock=lambda: 0)
    assert [sent(limited, path)["status"] for _ in range(2)] == [200, status]


@pytest.mark.parametrize(("per_minute", "wait_s"), [(7, "9"), (60, "1")])
def test_a_client_that_is_refused_is_told_when_there_is_one_more(per_minute: int, wait_s: str) -> None:
    limited = RateLimit(ok, per_minute=per_minute, clock=lambda: 0)
    start = [sent(limited) for _ in range(per_minute + 1)][-1]
    assert (start["status"], Headers(raw=start["headers"])["retry-after"]) == (429, wait_s)


@pytest.mark.parametrize(("setting", "notes"), [(1200, 60), (5, 5), (0, 70)])
def test_one_client_may_note_sixty_times_a_minute(setting: int, notes: int) -> None:
    stack = middleware_stack(
        Settings(rate_limit=setting),
        page_head="",
        page_waiting="",
        error_page=lambda *_: "",
        page_headers={},
        body_limits={},
        at_once=2,
    )
    application: ASGIApp = ok
    for kind, _, options in map(tuple, reversed(stack)):
        if kind is RateLimit:
            application = RateLimit(application, **options)
    statuses = [sent(application, "/api/feedback")["status"] for _ in range(70)]
    assert statuses == [200] * notes + [429] * (70 - notes)
    assert sent(application, "/api/search", client="192.0.2.2")["status"] == 200


def test_what_a_client_has_used_comes_back_evenly() -> None:
    seconds = [0.0]
    allowance = Allowance(60, lambda: seconds[0])
    assert [allowance.take("a") for _ in range(61)] == [True] * 60 + [False]
    seconds[0] = 1.0
    assert [allowance.take("a") for _ in range(2)] == [True, False]


def test_of_too_many_clients_those_not_seen_for_longest_are_forgotten() -> None:
    allowance = Allowance(1, lambda: 0)
    assert allowance.take("first")
    assert allowance.take("second")
    for number in range(9_998):
        allowance.take(str(number))
    assert not allowance.take("first")
    assert allowance.take("one more")  # the 10,001st
    assert (allowance.has_any("first"), allowance.has_any("second")) == (False, True)
    assert not allowance.has_any("9997")


def test_wrong_tokens_are_logged_and_after_ten_every_token_of_that_client_is_refused(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    guarded = WrongTokens(ok, token=TOKEN, clock=lambda: now[0])
    wrong, right = {"authorization": "Bearer guess"}, {"authorization": f"Bearer {TOKEN}"}
    assert [sent(guarded, headers=right)["status"] for _ in range(20)] == [200] * 20
    with caplog.at_level(logging.WARNING):
        assert [sent(guarded, headers=wrong)["status"] for _ in range(11)] == [200] * 10 + [429]
    assert caplog.messages[0] == "a wrong token from '192.0.2.1' for '/api/search'"
    assert len(caplog.messages) == 10
    assert "guess" not in caplog.text
    refused = sent(guarded, headers=right)
    assert (refused["status"], Headers(raw=refused["headers"])["retry-after"]) == (429, "60")
    assert sent(guarded, headers=right, client="192.0.2.2")["status"] == 200
    assert sent(guarded)["status"] == 200
    now[0] = 60
    assert sent(guarded, headers=right)["status"] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example:7860", 403),
        ("127.0.0.1:7860", 200),
        ("[::1]:7860", 200),
        ("localhost:7860", 200),
        ("Help.Example.com", 200),
        ("", 403),
        ("[", 403),
    ],
)
def test_a_browser_that_gives_feedback_has_to_know_the_server_by_its_name(host: str, status: int) -> None:
    """A page of evil.example, whose name was made to lead here, is of the same site for a browser."""
    guarded = SameSite(ok, hosts=("help.example.com", ""))
    headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
    assert sent(guarded, "/api/feedback", headers)["status"] == status
    for said in ("origin", "sec-fetch-site"):  # older browsers say one of them
        assert sent(guarded, "/api/feedback", {"host": host, said: headers[said]})["status"] == status
    assert sent(guarded, "/api/feedback", {"host": host})["status"] == 200  # a program, which no site can make send
    assert sent(guarded, "/api/search", headers)["status"] == 200  # changes nothing


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"host": "a.example", "origin": "https://a.example"}, 200),
        ({"host": "a.example", "origin": "https://b.example"}, 403),
    ],
)
def test_a_request_that_may_change_something_and_that_another_site_sends_is_refused(
    headers: Mapping[str, str], status: int
) -> None:
    assert sent(SameSite(ok), headers=headers)["status"] == status
    assert sent(SameSite(ok), headers=headers, method="HEAD")["status"] == 200


def test_what_a_client_says_about_the_servers_address_is_dropped() -> None:
    async def show(scope: Scope, _: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": scope["headers"]})

    headers = {"host": "a.example", "x-forwarded-host": "evil.example", "x-gradio-server": "evil.example"}
    assert sent(ForwardedHost(show), headers=headers)["headers"] == [(b"host", b"a.example")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/search", 200),
        ("HEAD", "/api/search", 200),
        ("PUT", "/api/search", 404),
        ("GET", "/api/feedback", 404),
        ("GET", "/monitoring", 404),
        ("GET", "/static/../secret", 404),
    ],
)
def test_only_what_is_listed_is_let_through(method: str, path: str, status: int) -> None:
    assert sent(AllowedRoutes(ok), path, method=method)["status"] == status


@pytest.mark.parametrize("middleware", [SecurityHeaders, AllowedRoutes, ForwardedHost, SameSite, BodyLimit, FaultIds])
def test_what_is_no_request_passes(middleware: Callable[[ASGIApp], ASGIApp]) -> None:
    scopes: list[Scope] = []

    async def start(scope: Scope, _: Receive, __: Send) -> None:
        scopes.append(scope)

    async def unused() -> Message:
        raise NotImplementedError

    async def ignored(_: Message) -> None:
        raise NotImplementedError

    asyncio.run(middleware(start)({"type": "lifespan"}, unused, ignored))  # type: ignore[arg-type]
    assert scopes == [{"type": "lifespan"}]


def test_a_fault_after_the_response_has_begun_ends_the_connection() -> None:
    async def fail(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise MemoryError

    with pytest.raises(MemoryError):
        sent(FaultIds(fail))


def test_an_error_has_a_code_a_message_and_an_id() -> None:
    assert error_body("busy", "Try again.", "7f") == {"error": {"code": "busy", "message": "Try again.", "id": "7f"}}
    ids = {error_body("busy", "Try again.")["error"]["id"] for _ in range(100)}
    assert len(ids) == 100
    assert {len(each) for each in ids} == {12}


def test_every_response_has_the_headers_that_restrict_a_browser() -> None:
    headers = Headers(raw=sent(SecurityHeaders(ok))["headers"])
    assert {name: value for name, value in headers.items() if name != "size"} == {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    }


@pytest.mark.parametrize(("size", "status"), [(10, 200), (11, 413)])
def test_a_body_may_have_the_limit_and_no_byte_more(size: int, status: int) -> None:
    assert sent(BodyLimit(ok, limit=10), body=(b"x" * size,))["status"] == status
    assert sent(BodyLimit(ok, limit=10), body=(b"x" * 5, b"x" * (size - 5)))["status"] == status


def test_a_body_that_is_too_large_is_read_to_its_end_unless_it_is_huge() -> None:
    """A client that is sending sees the refusal only afterwards."""
    parts = [b"x" * 1_000_000] * 30
    read: list[bytes] = []

    for count, most in ((5, 5), (30, 21)):
        read.clear()
        remaining = parts[:count]

        async def receive(remaining: list[bytes] = remaining) -> Message:
            read.append(remaining.pop())
            return {"type": "http.request", "body": read[-1], "more_body": bool(remaining)}

        async def send(_: Message) -> None:
            pass

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        asyncio.run(BodyLimit(ok, limit=10)(scope, receive, send))
        assert len(read) == most


@pytest.mark.parametrize(("announced", "reads"), [("20000000", 1), ("20000001", 0), ("many", 1)])
def test_a_body_that_is_announced_as_huge_is_not_read(announced: str, reads: int) -> None:
    read: list[Message] = []

    async def receive() -> Message:
        read.append({"type": "http.request", "body": b"x"})  # a server may leave out that no more follows
        return read[-1]

    async def send(_: Message) -> None:
        pass

    scope = {"type": "http", "method": "POST", "path": "/", "headers": [(b"content-length", announced.encode())]}
    asyncio.run(BodyLimit(ok, limit=10)(scope, receive, send))
    assert len(read) == reads


def test_larger_bodies_need_the_token_and_without_one_in_the_settings_nobody_sends_them() -> None:
    for token, given, status in ((TOKEN, TOKEN, 200), (TOKEN, "wrong", 413), ("", "", 413)):
        limited = BodyLimit(ok, limit=10, limits={"/api/search": 100}, token=token)
        assert sent(limited, headers={"authorization": f"Bearer {given}"}, body=(b"x" * 50,))["status"] == status
    assert holds_token(Headers({"authorization": f"bearer  {TOKEN} "}), TOKEN)
    assert not holds_token(Headers({"authorization": f"Basic {TOKEN}"}), TOKEN)


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/help/api/search", "/help", "/api/search"),
        ("/help", "/help/", "/"),
        ("/helpdesk", "/help", "/helpdesk"),
        ("/api", "", "/api"),
    ],
)
def test_the_path_of_a_route_has_no_prefix(path: str, root: str, expected: str) -> None:
    assert route_path({"path": path, "root_path": root}) == expected
