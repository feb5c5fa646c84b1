"""Lets requests that cost something have their turn, each client in turn, and never more at once than are answered.

Whatever waits further in (for a thread, for a worker process) is served in the order of arrival, so one client with
hundreds of queries would be served before everybody else. Here its queries wait, and others' pass.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.rate_limit import client_of
from assistant.web.middleware.responses import route_path, send_error

_PATHS = frozenset({"/api/search", "/api/widget/v1", "/api/feedback", "/ask", "/gradio_api/run/predict"})
_PATIENCE_S = 10.0
_MAX_WAITING = 100  # of one client
_MAX_WAITING_IN_ALL = 500  # each with its body, so 128 MB at most
_RETRY_S = 5


class TurnQueue:
    """Gives turns: the next one to the client that has fewest, of these to the one that waits longest for one.

    The last free turn is for a client that has none: whoever asks while one client has sent hundreds of queries need
    not wait for the end of one of them.

    Args:
        at_once: How many turns there are at once.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._taken = Counter[str]()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()  # the next client first

    def waiting(self, client: str | None = None) -> int:
        """Return how many requests wait, of one client or in all."""
        if client is None:
            return sum(map(len, self._waiting.values()))
        return len(self._waiting.get(client, ()))

    def ask(self, client: str) -> asyncio.Future[None]:
        """Return a future that is done when the client has a turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self._give()
        return turn

    def leave(self, client: str, turn: asyncio.Future[None]) -> None:
        """Give a turn back, or wait for it no longer."""
        if turn.done():
            self._free += 1
            self._taken[client] -= 1
            if not self._taken[client]:
                del self._taken[client]
            self._give()
        else:
            self._waiting[client].remove(turn)
            if not self._waiting[client]:
                del self._waiting[client]

    def _give(self) -> None:
        while self._free and self._waiting:
            client = min(self._waiting, key=self._taken.__getitem__)
            if self._free == 1 and self._taken[client]:
                return
            turns = self._waiting[client]
            turns.popleft().set_result(None)
            self._free -= 1
            self._taken[client] += 1
            self._waiting.move_to_end(client)
            if not turns:
                del self._waiting[client]


class Turns:
    """Answers requests that cost something as fast as they can be answered, all clients alike.

    A request whose client leaves before its turn is not begun. Where too much waits, or waits for too long, it is
    refused with the time after which to try again. Has to stand inside `BodyLimit`: a client that sends slowly would
    have a turn meanwhile.

    Args:
        app: The next application.
        at_once: How many such requests are worked on at once.
        patience_s: For how long a request waits for its turn.
        per_client: How many requests of one client may wait.
        in_all: How many requests may wait.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        at_once: int,
        patience_s: float = _PATIENCE_S,
        per_client: int = _MAX_WAITING,
        in_all: int = _MAX_WAITING_IN_ALL,
    ) -> None:
        self._app = app
        self._queue = TurnQueue(at_once)
        self._patience_s = patience_s
        self._per_client = per_client
        self._in_all = in_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) not in _PATHS:
            await self._app(scope, receive, send)
            return
        client = client_of(scope)
        if self._queue.waiting(client) >= self._per_client:
            await _refuse(send, 429, "too_many", "Too many requests of this client are waiting; try again later.")
        elif self._queue.waiting() >= self._in_all:
            await _refuse(send, 503, "busy", "Too many requests are waiting; try again later.")
        else:
            turn = self._queue.ask(client)
            try:
                received = await self._wait(turn, receive)
                if received is None:
                    return
                if turn.done():
                    await self._app(scope, received, send)
                else:
                    await _refuse(send, 503, "busy", "The server has too much to do; try again later.")
            finally:
                self._queue.leave(client, turn)

    async def _wait(self, turn: asyncio.Future[None], receive: Receive) -> Receive | None:
        """Wait for a turn; return a `receive` that begins with what came meanwhile, None where the client has left."""
        if turn.done():
            return receive
        messages: deque[Message] = deque()
        async with _reading(receive, messages) as gone:
            await asyncio.wait({turn, gone}, timeout=self._patience_s, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return None

        async def receive_again() -> Message:
            return messages.popleft() if messages else await receive()

        return receive_again


@contextlib.asynccontextmanager
async def _reading(receive: Receive, messages: deque[Message]) -> AsyncIterator[asyncio.Task[None]]:
    """Collect what a client sends until the end of the block; gives a task that is done when the client has left."""

    async def read() -> None:
        while not messages or messages[-1]["type"] != "http.disconnect":
            messages.append(await receive())

    task = asyncio.create_task(read())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _refuse(send: Send, status: int, code: str, message: str) -> None:
    await send_error(send, status, code, message, retry_after_s=_RETRY_S)
