"""The order of the middleware is checked, and it matters."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.settings import Settings
from assistant.web.middleware.body_limit import BodyLimit
from assistant.web.middleware.fault_ids import FaultIds
from assistant.web.middleware.gradio_calls import PATH, GradioCalls
from assistant.web.middleware.stack import DEPENDENCIES, check_order, middleware_stack

ORDER: list[Any] = [
    each.cls
    for each in middleware_stack(
        Settings(), page_head="", page_waiting="", error_page=lambda *_: "", page_headers={}, body_limits={}, at_once=2
    )
]
CALL = {"data": ["port", "", None], "fn_index": 0, "session_hash": "s"}


@pytest.mark.parametrize(("inner", "outer", "reason"), DEPENDENCIES)
def test_a_middleware_outside_the_one_it_depends_on_is_refused(inner: Any, outer: Any, reason: str) -> None:
    moved = [each for each in ORDER if each is not inner]
    moved.insert(moved.index(outer), inner)
    with pytest.raises(ValueError, match=f"{inner.__name__} has to stand inside {outer.__name__}: {reason}"):
        check_order(moved)


def test_a_middleware_without_the_one_it_depends_on_is_refused() -> None:
    with pytest.raises(ValueError, match="GradioCalls has to stand inside FaultIds"):
        check_order([each for each in ORDER if each is not FaultIds])


def test_gradio_calls_understand_a_body_in_parts_only_inside_the_body_limit() -> None:
    """This is why the order is checked."""

    async def page(_: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        assert body == b"{" * 10 or json.loads(body)["data"] == ["port", "", ""]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    calls: ASGIApp = GradioCalls(page)
    body = json.dumps(CALL).encode()
    assert (status_of(BodyLimit(calls), body), status_of(calls, body)) == (200, 422)
    assert (status_of(calls, b"{" * 20, path="/api/search"), status_of(calls, b"{" * 20)) == (200, 422)


@pytest.mark.parametrize(
    "call",
    [
        {**CALL, "fn_index": 1},
        {key: value for key, value in CALL.items() if key != "fn_index"},
        {**CALL, "session_hash": 7},
        {**CALL, "session_hash": ""},
        {**CALL, "session_hash": "a" * 65},
        {**CALL, "session_hash": "a/../b"},
    ],
)
def test_a_call_of_another_function_or_without_a_session_of_the_page_is_refused(call: dict[str, object]) -> None:
    async def page(_: Scope, __: Receive, ___: Send) -> None:
        pytest.fail("it reached the page")

    assert status_of(BodyLimit(GradioCalls(page)), json.dumps(call).encode()) == 422


@pytest.mark.parametrize(
    ("trigger", "kept"), [(0, 0), (999, 999), (1_000, None), (-1, None), (True, None), ("3", None), (None, None)]
)
def test_gradio_gets_only_what_the_page_sends_written_anew(trigger: object, kept: int | None) -> None:
    reached: list[tuple[Scope, object]] = []

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append((scope, json.loads((await receive())["body"])))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    call = {**CALL, "data": ["po\ud83d", None, "x"], "session_hash": "a" * 64, "trigger_id": trigger, "more": [1]}
    headers = [(b"host", b"a"), (b"content-type", b"text/plain"), (b"content-length", b"3"), (b"x-a", b"1")]
    assert status_of(BodyLimit(GradioCalls(page)), json.dumps(call).encode(), headers=headers) == 200
    ((scope, body),) = reached
    expected = {"data": ["po?", "", "x"], "fn_index": 0, "session_hash": "a" * 64, "event_data": None}
    assert body == expected | ({} if kept is None else {"trigger_id": kept})
    length = str(len(json.dumps(body))).encode()
    assert scope["query_string"] == b""
    assert scope["headers"] == [
        *((b"host", b"a"), (b"x-a", b"1")),
        *((b"content-type", b"application/json"), (b"content-length", length)),
    ]


@pytest.mark.parametrize("data", [["a", "b"], ["a", "b", "c", "d"], ["a", "b", 3], "abc", None])
def test_a_call_with_other_inputs_than_the_pages_is_refused(data: object) -> None:
    assert status_of(BodyLimit(GradioCalls(answer)), json.dumps({**CALL, "data": data}).encode()) == 422


def test_a_body_that_does_not_arrive_in_time_is_refused() -> None:
    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    sent = sent_by(BodyLimit(answer, timeout_s=0.01), receive)
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["error"]["message"] == "The request had not arrived after 0.01 seconds."


def test_a_body_comes_in_one_message_and_then_what_comes_after_it() -> None:
    received: list[Message] = []

    async def page(_: Scope, receive: Receive, __: Send) -> None:
        received.extend([await receive(), await receive()])

    parts: list[Message] = [
        {"type": "http.request", "body": each, "more_body": each != b"c"} for each in (b"a", b"b", b"c")
    ]
    messages: Iterator[Message] = iter([*parts, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(messages)

    sent_by(BodyLimit(page, limit=3), receive)
    assert received == [{"type": "http.request", "body": b"abc", "more_body": False}, {"type": "http.disconnect"}]


def test_what_an_application_answers_passes_and_its_faults_are_told_by_an_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fails(_: Scope, __: Receive, ___: Send) -> None:
        raise RuntimeError("secret")

    assert [each.get("status") for each in sent_by(FaultIds(answer), never)] == [200, None]
    start, body = sent_by(FaultIds(fails), never)
    error = json.loads(body["body"])["error"]
    assert (start["status"], error["code"], error["message"]) == (500, "internal", "Something went wrong on our side.")
    assert f"POST '{PATH}' failed, id {error['id']}" in caplog.messages


async def answer(_: Scope, __: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def never() -> Message:
    raise AssertionError


def sent_by(application: ASGIApp, receive: Receive) -> list[Message]:
    """Return what an application sends."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": PATH, "headers": []}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return sent


def status_of(application: ASGIApp, body: bytes, path: str = PATH, headers: Sequence[tuple[bytes, bytes]] = ()) -> int:
    """Post a body in two parts; return the response's status."""
    parts: list[Message] = [
        {"type": "http.request", "body": body[:10], "more_body": True},
        {"type": "http.request", "body": body[10:], "more_body": False},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return parts.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": [*headers], "query_string": b"a=1"}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return int(sent[0]["status"])
