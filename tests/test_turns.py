"""One client's many queries delay others' by a few at most; what waits too long, or for nobody, is not begun."""

from __future__ import annotations

import asyncio
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.answering.answer import Answer
from assistant.answering.query import Query
from assistant.answering.worker_pool import queries_at_once
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.middleware.turns import TurnQueue, Turns
from index.models.options import usable_threads
from tests.conftest import Serve
from tests.programs.stub_assistant import StubAssistant

LONG_S = 30.0


def served(queue: TurnQueue, asked: list[str]) -> list[str]:
    """Ask for turns, give each back once it is there; return the clients in the order of their turns."""
    waiting = [(client, queue.ask(client)) for client in asked]
    order = []
    while waiting:
        client, turn = next(each for each in waiting if each[1].done())
        waiting.remove((client, turn))
        order.append(client)
        queue.leave(client, turn)
    return order


def test_clients_have_their_turns_one_after_the_other() -> None:
    async def order() -> list[str]:
        return served(TurnQueue(1), [*"aaaa", *"bb", "c"])

    assert asyncio.run(order()) == ["a", *"abcab", "a"]


def test_of_several_turns_a_client_with_fewer_has_the_next() -> None:
    async def order() -> list[bool]:
        queue = TurnQueue(3)
        turns = [queue.ask(client) for client in "aaba"]
        other = queue.ask("c")
        queue.leave("a", turns[0])  # "a" has one, and asked earlier
        first = other.done(), turns[3].done()
        queue.leave("a", turns[3])  # waits no longer
        queue.leave("a", turns[1])
        last = queue.ask("a")
        return [*first, queue.waiting() == 0, last.done()]

    assert asyncio.run(order()) == [True, False, True, True]


def test_the_last_turn_is_for_a_client_that_has_none() -> None:
    async def done() -> list[bool]:
        queue = TurnQueue(3)
        return [queue.ask(client).done() for client in "aaaba"]

    assert asyncio.run(done()) == [True, True, False, True, False]


def test_a_client_that_was_served_leaves_nothing_in_the_memory() -> None:
    async def kept() -> int:
        queue = TurnQueue(1)
        tracemalloc.start()
        for number in range(3_000):
            client = f"client {number}"
            queue.leave(client, queue.ask(client))
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size

    assert asyncio.run(kept()) < 100_000


def test_a_client_goes_on_when_others_have_given_their_turns_back() -> None:
    async def done() -> list[bool]:
        queue = TurnQueue(2)
        turns = [queue.ask("a"), queue.ask("b"), queue.ask("a")]
        queue.leave("b", turns[1])  # one is free, and "a" has one
        before = turns[2].done()
        queue.leave("a", turns[0])
        return [before, turns[2].done()]

    assert asyncio.run(done()) == [False, True]


class Application:
    """Answers a request after `go_on`, with the body; counts what it has begun."""

    def __init__(self) -> None:
        self.begun: list[bytes] = []
        self.go_on = asyncio.Event()

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        self.begun.append(body)
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


class Client:
    """One request: what it sends, and what it is sent."""

    def __init__(self, body: bytes, address: str = "192.0.2.1", path: str = "/api/search") -> None:
        self._scope = {"type": "http", "method": "POST", "path": path, "headers": [], "client": (address, 1)}
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._incoming.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self.sent: list[Message] = []

    def leave(self) -> None:
        self._incoming.put_nowait({"type": "http.disconnect"})

    async def ask(self, application: ASGIApp) -> None:
        async def send(message: Message) -> None:
            self.sent.append(message)

        await application(self._scope, self._incoming.get, send)

    def answer(self) -> tuple[int, bytes | None]:
        """Return status and body, or for an error when to try again."""
        start, rest = self.sent
        return start["status"], dict(start["headers"]).get(b"retry-after", rest["body"])


async def asking(application: ASGIApp, *clients: Client) -> list[asyncio.Task[None]]:
    """Let clients ask, one after the other."""
    tasks = []
    for client in clients:
        tasks.append(asyncio.create_task(client.ask(application)))
        await asyncio.sleep(0.01)
    return tasks


def test_a_request_waits_for_its_turn_with_its_body() -> None:
    async def answers() -> None:
        application = Application()
        clients = [Client(b"one"), Client(b"two"), Client(b"static", path="/site/page.css")]
        tasks = await asking(Turns(application, at_once=1), *clients)
        assert application.begun == [b"one", b"static"]
        application.go_on.set()
        await asyncio.gather(*tasks)
        assert [each.answer() for each in clients] == [(200, b"one"), (200, b"two"), (200, b"static")]

    asyncio.run(answers())


def test_a_client_that_leaves_is_not_answered() -> None:
    async def answers() -> None:
        application = Application()
        gone, last = Client(b"gone"), Client(b"last")
        tasks = await asking(Turns(application, at_once=1), Client(b"first"), gone, last)
        gone.leave()
        await asyncio.wait_for(tasks[1], LONG_S)
        application.go_on.set()
        await asyncio.gather(*tasks)
        assert application.begun == [b"first", b"last"]
        assert gone.sent == []

    asyncio.run(answers())


def test_a_request_that_waits_too_long_is_refused_and_its_place_is_free_again() -> None:
    async def answers() -> None:
        application = Application()
        turns = Turns(application, at_once=1, patience_s=0.05, per_client=1)
        first, late, later = Client(b"first"), Client(b"late"), Client(b"later")
        tasks = await asking(turns, first, late)
        await asyncio.wait_for(tasks[1], LONG_S)
        assert late.answer() == (503, b"5")
        application.go_on.set()
        await asyncio.gather(*tasks, *await asking(turns, later))
        assert (first.answer(), later.answer()) == ((200, b"first"), (200, b"later"))

    asyncio.run(answers())


def test_a_request_is_refused_where_too_many_wait_of_its_client_or_in_all() -> None:
    async def answers() -> None:
        application = Application()
        clients = [Client(b"", address) for address in ("::1", "::1", "::1", "::1", "192.0.2.1", "192.0.2.2")]
        tasks = await asking(Turns(application, at_once=1, per_client=2, in_all=3), *clients)
        application.go_on.set()
        await asyncio.gather(*tasks)
        statuses = [each.answer() for each in clients]
        assert statuses == [(200, b"")] * 3 + [(429, b"5"), (200, b""), (503, b"5")]

    asyncio.run(answers())


def test_a_request_that_fails_or_is_cancelled_leaves_its_turn() -> None:
    async def fail(_: Scope, receive: Receive, __: Send) -> None:
        if (await receive())["body"] == b"slow":
            await asyncio.sleep(LONG_S)
        raise MemoryError

    async def answers() -> None:
        turns = Turns(fail, at_once=1)
        working, waiting, last = await asking(turns, Client(b"slow"), Client(b"slow"), Client(b"last"))
        for task in (waiting, working):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        with pytest.raises(MemoryError):
            await asyncio.wait_for(last, LONG_S)

    asyncio.run(answers())


def test_there_are_as_many_turns_as_keep_every_worker_busy() -> None:
    assert queries_at_once(3) == 5
    assert queries_at_once(0) == min(usable_threads(), 8) + 2


class SlowAssistant(StubAssistant):
    """Answers two queries at once, as a server with two cores does, and lets a test see what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()
        self._cores = threading.Semaphore(2)

    def ask(self, query: Query) -> Answer:
        with self._cores:
            self.go_on.wait(LONG_S)
            time.sleep(0.002)
            return super().ask(query)


@pytest.fixture
def slow() -> Iterator[SlowAssistant]:
    assistant = SlowAssistant()
    yield assistant
    assistant.go_on.set()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_of_a_hundred_waiting_pastes_of_one_client_only_a_few_are_answered_before_another_ones_query(
    slow: SlowAssistant, serve: Serve
) -> None:
    paste, query = {"query": "port " * 3_999}, {"query": "port"}
    at_once = queries_at_once(2) - 1  # of one client
    with (
        serve(create_app(slow, Settings(journal_days=0, processes=2))) as address,
        httpx.Client(base_url=address, timeout=LONG_S, limits=httpx.Limits(max_connections=None)) as client,
        ThreadPoolExecutor(161) as threads,
    ):

        def ask(body: dict[str, str], source: str) -> int:
            return client.post("/api/search", json=body, headers={"X-Forwarded-For": source}).status_code

        pastes = [threads.submit(ask, paste, "192.0.2.1") for _ in range(160)]
        until(lambda: sum(each.done() for each in pastes) >= 160 - 100 - at_once)
        assert client.get("/healthz").status_code == 200
        other = threads.submit(ask, query, "192.0.2.2")
        time.sleep(0.3)  # it has come by then
        slow.go_on.set()
        assert other.result() == 200
        statuses = [each.result() for each in pastes]
    assert statuses.count(200) == 100 + at_once
    assert statuses.count(429) == 60 - at_once
    place = slow.asked.index(replace(slow.asked[0], text="port"))
    assert place <= at_once + 1


def test_queries_of_clients_that_have_left_are_not_asked(slow: SlowAssistant, serve: Serve) -> None:
    at_once = queries_at_once(2) - 1  # of one client
    with serve(create_app(slow, Settings(journal_days=0, processes=2))) as address, ThreadPoolExecutor(30) as threads:

        def ask(number: int) -> None:
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{address}/api/search", json={"query": f"port {number}"}, timeout=1)

        list(threads.map(ask, range(30)))
        slow.go_on.set()
        assert httpx.post(f"{address}/api/search", json={"query": "port"}, timeout=LONG_S).status_code == 200
    assert at_once < len(slow.asked) <= at_once + 3  # of 30; a busy server learns a little late that one has left
