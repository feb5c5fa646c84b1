"""Limits connections: how long one may keep the server waiting, and how many there may be.

uvicorn waits for the head of a request without end, and at the limit of open files it serves nobody new. Here a
connection that sends no whole head, or reads no response, is closed after some seconds; and where there are too many,
the one that has kept the server waiting for longest makes room.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import time
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

BACKLOG = 128
"""Connections that asyncio accepts at once, before any of them is counted."""
_MAX_CONNECTIONS = 2_000
_OTHER_FILES = 128  # the index, the journal, libraries, pipes to worker processes
_HEAD_S = 10.0
_READ_S = 60.0
_LOGGED_PER_MINUTE = 10


class Connections:
    """The open connections that keep the server waiting, those first that have done so for longest.

    Args:
        limit: How many connections there may be, waiting or not.
        head_s: In how many seconds a connection has to send the whole head of a request.
        read_s: In how many seconds a client has to read what does not fit into the system's buffers.
    """

    def __init__(self, limit: int = _MAX_CONNECTIONS, *, head_s: float = _HEAD_S, read_s: float = _READ_S) -> None:
        self.limit = limit
        self.head_s = head_s
        self.read_s = read_s
        self._waiting: dict[WatchedProtocol, None] = {}

    def protocol(self) -> type[H11Protocol]:
        """Return the protocol for uvicorn whose connections these are."""
        return type("Watched", (WatchedProtocol,), {"watched_by": self})

    def note(self, connection: WatchedProtocol, *, waits: bool) -> None:
        """Note whether the server waits for a client; that it still does changes nothing."""
        if waits:
            self._waiting.setdefault(connection)
        else:
            self._waiting.pop(connection, None)

    def make_room(self) -> bool:
        """Close the connection that has kept the server waiting for longest; return whether there was one."""
        if not self._waiting:
            return False
        longest = next(iter(self._waiting))
        del self._waiting[longest]
        longest.transport.abort()
        return True


class WatchedProtocol(H11Protocol):
    """A connection of uvicorn's that is watched."""

    watched_by: Connections
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Close another connection, or this one, where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.watched_by.limit and not self.watched_by.make_room():
            transport.abort()
        else:
            self._watch(self.watched_by.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        super().connection_lost(exc)
        self._unwatch()
        self.watched_by.note(self, waits=False)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived: a part of a head, the rest of it, or a part of a body."""
        super().data_received(data)
        if self._awaits_head():
            self._watch(self.watched_by.head_s)
        elif not self.flow.write_paused:  # to send more does not excuse from reading
            self._unwatch()
        self._note()

    def on_response_complete(self) -> None:
        """Wait for the next request; uvicorn closes the connection if none comes."""
        super().on_response_complete()
        if not self.flow.write_paused:
            self._unwatch()
        self._note()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._watch(self.watched_by.read_s)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        self._unwatch()
        self._note()

    def _watch(self, seconds: float) -> None:
        """Close the connection in so many seconds, unless that is so already."""
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, self.transport.abort)
        self._note()

    def _unwatch(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _note(self) -> None:
        if not self.transport.is_closing():
            waits = self.flow.write_paused or self._awaits_head() or self.cycle.more_body
            self.watched_by.note(self, waits=waits)

    def _awaits_head(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # annotated as if it were never None
        return cycle is None or cycle.response_complete


def allowed_connections() -> int:
    """Raise this process's limit of open files as far as it may and needs to; return how many connections fit."""
    wanted = _MAX_CONNECTIONS + BACKLOG + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    available = wanted if soft == resource.RLIM_INFINITY else min(wanted, soft)
    return max(available - BACKLOG - _OTHER_FILES, available // 4)


class RarelyRepeated(logging.Filter):
    """Lets a message through ten times a minute: one client must not fill the disk with it.

    At the limit of open files asyncio (up to Python 3.13) logs one failure as often as its backlog is long, each time
    with a traceback, once a second.

    Args:
        clock: Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._minute = 0
        self._counts: dict[Any, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record is logged; the tenth says that it is the last."""
        if (minute := int(self._clock() // 60)) != self._minute:
            self._minute = minute
            self._counts.clear()
        key = record.name, str(record.msg).partition("\n")[0]
        self._counts[key] = count = self._counts.get(key, 0) + 1
        if count == _LOGGED_PER_MINUTE:
            record.msg = f"{record.msg}\n(for this minute, this message is not repeated)"
        return count <= _LOGGED_PER_MINUTE
