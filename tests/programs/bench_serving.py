"""The server under load: clients that ask without a pause, and builds that are published while they ask."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from threading import Event
from typing import Any

from tests.programs.bench_process import percentile, summary

Figures = dict[str, Any]
CLIENTS = (1, 8, 50)
_START_S = 120
_SWAPS = 10
_WORKERS_S = 3


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process_id: int

    def peak_mb(self) -> float | None:
        """Return the most memory that the server itself had, with pages of files; None if it is not known."""
        return _in_mb(Path(f"/proc/{self.process_id}/status"), "VmHWM")

    def shared_mb(self) -> float | None:
        """Return what the server and its workers have now, pages that they share counted once."""
        processes = self._processes()
        return sum(_in_mb(each / "smaps_rollup", "Pss") or 0.0 for each in processes) if processes else None

    def processor_seconds(self) -> float | None:
        """Return the seconds of processor that the server and its workers have used until now."""
        ticks = [
            sum(map(int, (each / "stat").read_text().rpartition(")")[2].split()[11:13])) for each in self._processes()
        ]
        return sum(ticks) / os.sysconf("SC_CLK_TCK") if ticks else None

    def _processes(self) -> list[Path]:
        """Return the folders of the server and its workers in /proc, where there is one."""
        children = Path(f"/proc/{self.process_id}/task/{self.process_id}/children")
        if not children.exists():
            return []
        return [Path(f"/proc/{each}") for each in (self.process_id, *children.read_text().split())]


def _in_mb(path: Path, name: str) -> float | None:
    lines = path.read_text().splitlines() if path.exists() else []
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith(f"{name}:")), None)


def measure_http(command: Sequence[str], queries: Path) -> Figures:
    """Measure POST /api/search with 1, 8 and 50 clients, each with a connection of its own, and the server's memory."""
    asked = json.loads(queries.read_text())
    with serving(command) as server:
        clients(server.port, asked[:100], 1)
        alone = clients(server.port, asked, 1)
        peak_mb = server.peak_mb()
        clients(server.port, asked[:200], max(CLIENTS))  # queries that wait make the server start workers
        time.sleep(_WORKERS_S)
        many = {str(count): clients(server.port, asked, count) for count in CLIENTS if count > 1}
        return {"1": alone, **many, "peak_mb": peak_mb, "workers_mb": server.shared_mb()}


def measure_swaps(serve: Sequence[str], build: Sequence[str], corpus: Path, queries: Path) -> Figures:
    """Measure 2,000 queries of one client idle, and 2,000 more that span ten edits, each built and published."""
    asked = list(islice(cycle(json.loads(queries.read_text())), 2000))
    article = min(corpus.glob("*.md"))
    with serving(serve) as server:
        clients(server.port, asked[:100], 1)
        idle, _ = ask(server.port, asked)
        done = Event()
        with ThreadPoolExecutor(1) as pool:
            edits = pool.submit(edit_and_build, article, build, done)
            busy: list[float] = []
            failed = 0
            while not done.is_set() or len(busy) < len(asked):
                taken, wrong = ask(server.port, asked[:100])
                busy += taken
                failed += wrong
            edits.result()
    found = {"idle_p99": percentile(idle, 99), **summary(busy), "queries": len(busy), "failed": failed}
    return {**found, "ratio": found["p99"] / found["idle_p99"]}


def edit_and_build(article: Path, build: Sequence[str], done: Event) -> None:
    try:
        for number in range(_SWAPS):
            article.write_text(article.read_text().replace("**Cause:** ", f"**Cause:** Swap {number}. ", 1))
            subprocess.run(["nice", "-n", "10", *build], check=True, capture_output=True)
    finally:
        done.set()


def clients(port: int, asked: Sequence[str], count: int) -> Figures:
    """Divide the queries among clients; return the rate and the times."""
    began = time.perf_counter()
    with ThreadPoolExecutor(count) as pool:
        found = list(pool.map(lambda own: ask(port, own), [asked[row::count] for row in range(count)]))
    seconds = time.perf_counter() - began
    taken = [each for times, _ in found for each in times]
    return {"per_s": len(taken) / seconds, **summary(taken), "failed": sum(wrong for _, wrong in found)}


def ask(port: int, asked: Sequence[str]) -> tuple[list[float], int]:
    """Ask over one connection; return the milliseconds of each answer, and how many had another status than 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken, failed = [], 0
    for text in asked:
        began = time.perf_counter()
        connection.request("POST", "/api/search", json.dumps({"query": text}), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        taken.append((time.perf_counter() - began) * 1000)
        failed += response.status != 200
    connection.close()
    return taken, failed


@contextmanager
def serving(command: Sequence[str]) -> Iterator[Server]:
    """Run the server until the end of the block, which begins once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [*command, "--port", str(port)],
        cwd=root,
        env={**os.environ, "ASSISTANT_RATE_LIMIT": "0"},
        stdout=sys.stderr,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_for(port, process)
            yield Server(port, process.pid)
        finally:
            process.terminate()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"the server did not answer within {_START_S} s")
