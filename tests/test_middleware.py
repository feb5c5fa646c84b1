"""The order of the middleware is checked, and it matters."""

from __future__ import annotations

import asyncio
import json
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


def status_of(application: ASGIApp, body: bytes, path: str = PATH) -> int:
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

    scope = {"type": "http", "method": "POST", "path": path, "headers": []}
    asyncio.run(application(scope, receive, send))  # type: ignore[arg-type]
    return int(sent[0]["status"])
