"""Connections that keep the server waiting are closed, and do not keep others from it."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.connections import BACKLOG, Connections, RarelyRepeated

LONG_S = 30.0
HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"
WHOLE = HALF + b"\r\n"
SERVE = """
import resource
import sys
from pathlib import Path
files = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
from assistant.answering.assistant import Assistant
from assistant.web.server import serve
from assistant.settings import Settings
from index.storage.store import Store
from tests.conftest import WordEncoder
serve(Assistant(Store(Path(sys.argv[1])), WordEncoder()), Settings(port=0, name="Help", journal_days=0))
"""


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer after the body has come; at "/large" with more than anybody's buffers hold."""
    while (await receive()).get("more_body", False):
        pass
    body = b"x" * 30_000_000 if scope["path"] == "/large" else b"fine"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(connections: Connections, application: ASGIApp = answer) -> Iterator[tuple[str, int]]:
    """Serve with these limits; give host and port."""
    server = uvicorn.Server(
        uvicorn.Config(application, port=0, log_level="warning", http=connections.protocol(), lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join()


def connect(address: tuple[str, int], sent: bytes) -> socket.socket:
    client = socket.create_connection(address, timeout=LONG_S)
    client.sendall(sent)
    return client


def is_closed(client: socket.socket) -> bool:
    """Wait until a connection is closed by the server; a response may come before."""
    try:
        while client.recv(1_000_000):
            pass
    except ConnectionResetError:
        pass
    return True


def response(client: socket.socket) -> bytes:
    received = b""
    while not received.endswith(b"fine\r\n0\r\n\r\n"):
        part = client.recv(1000)
        assert part
        received += part
    return received


@pytest.mark.parametrize("sent", [b"", b"G", HALF, WHOLE + HALF])
def test_a_connection_that_sends_no_whole_head_is_closed(sent: bytes) -> None:
    with serving(Connections(head_s=0.3)) as address, connect(address, sent) as slow:
        if sent.startswith(WHOLE):
            response(slow)
            slow.sendall(b"X-More: 1\r\n")
        for _ in range(10):  # each byte more is no excuse
            time.sleep(0.05)
            try:
                slow.sendall(b"X" if sent else b"")
            except OSError:
                break
        assert is_closed(slow)


def test_a_connection_with_a_whole_head_stays_and_is_used_again() -> None:
    with serving(Connections(head_s=0.2)) as address, connect(address, WHOLE) as client:
        for _ in range(3):
            assert response(client).startswith(b"HTTP/1.1 200")
            time.sleep(0.3)
            client.sendall(WHOLE[:20])
            client.sendall(WHOLE[20:])
        assert response(client)


def test_a_body_may_take_longer_than_a_head() -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"
    with serving(Connections(head_s=0.2)) as address, connect(address, head) as client:
        for _ in range(4):
            time.sleep(0.1)
            client.sendall(b"x")
        assert response(client)


def test_a_client_that_does_not_read_its_response_is_closed() -> None:
    request = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
    with serving(Connections(read_s=0.3)) as address, connect(address, request) as client:
        time.sleep(0.6)
        client.sendall(b"G")
        received = 0
        try:
            while part := client.recv(1_000_000):
                received += len(part)
        except ConnectionResetError:
            pass
        assert received < 30_000_000


def test_of_too_many_connections_the_one_that_waits_longest_makes_room_and_none_that_is_worked_for() -> None:
    go_on = threading.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/slow":
            await asyncio.to_thread(go_on.wait, LONG_S)
        await answer(scope, receive, send)

    body = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nx"
    with serving(Connections(4), slow) as address, ExitStack() as open_sockets:

        def opened(sent: bytes) -> socket.socket:
            client = open_sockets.enter_context(connect(address, sent))
            time.sleep(0.05)  # the server sees them in this order
            return client

        worked_for = opened(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        waiting = [opened(each) for each in (HALF, WHOLE, body)]
        response(waiting[1])
        waiting[1].sendall(WHOLE)
        response(waiting[1])
        waiting[0].sendall(b"X: y\r\n")  # a byte more does not make it wait for a shorter time
        for each in (waiting[0], waiting[2], waiting[1]):  # the second has been answered, and waits since
            assert response(opened(WHOLE))
            assert is_closed(each)
        go_on.set()
        assert response(worked_for)


def test_a_thousand_idle_and_half_sent_connections_keep_nobody_from_an_answer(tmp_path: Path) -> None:
    """The server may open 400 files; without limits of its own it answers nobody and fills its log."""
    command = [sys.executable, "-c", SERVE, str(tmp_path), "400"]
    log = tmp_path / "log"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 1_500)), hard))
    with log.open("w") as written, subprocess.Popen(command, stderr=written) as process, ExitStack() as sockets:
        try:
            while "http://" not in log.read_text("utf-8"):
                time.sleep(0.05)
            url = log.read_text("utf-8").rpartition(": ")[2].strip()
            host, _, port = url.removeprefix("http://").partition(":")
            for number in range(1_000):
                sockets.enter_context(connect((host, int(port)), HALF if number % 2 else b""))
                if number % 250 == 249:
                    health = httpx.get(f"{url}/healthz", timeout=LONG_S)
                    asked = httpx.post(f"{url}/api/search", json={"query": "printer"}, timeout=LONG_S)
                    assert (health.status_code, health.json()["status"], asked.status_code) == (200, "no_index", 503)
            if Path("/proc").is_dir():
                assert len(list(Path(f"/proc/{process.pid}/fd").iterdir())) < 300
        finally:
            process.terminate()
    assert len(log.read_text("utf-8")) < 20_000  # some lines a minute; without limits it is megabytes


@pytest.mark.parametrize(("files", "connections"), [(4_000, 2_000), (1_024, 768), (512, 256), (256, 64)])
def test_the_connections_leave_files_for_the_index_and_the_rest(files: int, connections: int) -> None:
    program = f"""
import resource
from assistant.web.connections import allowed_connections
resource.setrlimit(resource.RLIMIT_NOFILE, (100, {files}))
print(allowed_connections(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""
    printed = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True).stdout
    assert printed.split() == [str(connections), str(min(files, 2_000 + BACKLOG + 128))]


def test_a_message_that_repeats_is_logged_ten_times_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    logger = logging.getLogger("test_connections")
    limit = RarelyRepeated(lambda: now[0])
    logger.addFilter(limit)
    error = OSError(errno.EMFILE, "Too many open files")
    try:
        for minute in range(2):
            now[0] = 60.0 * minute
            for number in range(500):
                logger.warning(f"socket.accept() out of system resource\nsocket: {number}", exc_info=error)  # noqa: G004
            logger.warning("another")
    finally:
        logger.removeFilter(limit)
    assert len(caplog.messages) == 22
    assert caplog.messages[9].endswith("socket: 9\n(for this minute, this message is not repeated)")
    assert caplog.messages[10] == "another"
