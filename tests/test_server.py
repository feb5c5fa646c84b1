"""The server prints its address once it answers, and says why it cannot listen."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from assistant.errors import AddressError
from assistant.web.server import address_of, bound_socket

SERVE = """
import sys
import time
from pathlib import Path
from assistant.answering.assistant import Assistant
from assistant.web.server import serve
from assistant.settings import Settings
from index.storage.store import Store
from tests.conftest import WordEncoder
serve(Assistant(Store(Path(sys.argv[1])), WordEncoder()), Settings(port=0, name="Help", journal_days=0))
"""


def test_the_address_is_printed_once_it_answers(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        name, _, address = line.rstrip().partition(": ")
        assert name == "Help"
        assert httpx.get(f"{address}/healthz", timeout=30).json()["status"] == "no_index"
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 0


def test_a_connection_is_kept_open_for_a_later_request(tmp_path: Path) -> None:
    """By default uvicorn closes it after five seconds; a request sent at that moment fails."""
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        _, _, address = process.stderr.readline().rstrip().partition(": ")
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=30)
        try:
            for pause_s in (0, 6):
                time.sleep(pause_s)
                connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                response = http.client.HTTPResponse(connection.sock)
                response.begin()
                assert b"no_index" in response.read()
        finally:
            connection.close()
            process.terminate()


def test_a_port_that_is_taken_is_refused_with_the_flag_to_use() -> None:
    with bound_socket("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=rf"cannot listen on http://127.0.0.1:{port} .*in use.*--port N"):
            bound_socket("127.0.0.1", port)


def test_answers_are_sent_without_waiting_for_an_acknowledgement() -> None:
    """Headers and body are two packets; with Nagle's algorithm the second comes 40 ms after the first."""

    async def delay_is_off() -> int:
        is_off: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            is_off.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with bound_socket("127.0.0.1", 0) as opened:
            async with await asyncio.start_server(answer, sock=opened):
                _, writer = await asyncio.open_connection(*opened.getsockname())
                writer.close()
                return await is_off

    assert asyncio.run(delay_is_off()) == 1


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(AddressError, match=r"192.0.2.1:0 .*--host"):
        bound_socket("192.0.2.1", 0)


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert address_of("::1", 80) == "http://[::1]:80"
