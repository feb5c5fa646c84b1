"""A server is asked without a pause while indexes are built or builds are killed: every answer is right."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.integrity_check import check
from index.storage.segments.merging import Policy
from index.storage.store import Store
from tests.programs.trials import QUERIES, Outcome, build_edition, editions_in, leftovers, random_for, write_edition

FLAT = 1.05  # memory and open files may grow by this factor in a soak test


class Client(threading.Thread):
    """Asks one query after another until it is stopped; collects wrong answers and the seconds that answers took."""

    def __init__(self, port: int, number: int, right: dict[str, int]) -> None:
        super().__init__(daemon=True)
        self.right = right
        self.failures: list[str] = []
        self.times: list[float] = []
        self.seen: set[str] = set()
        self.stopped = threading.Event()
        self._port = port
        self._number = number

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self.stopped.is_set():
            self.ask(connection, QUERIES[(self._number + len(self.times)) % len(QUERIES)])
        connection.close()

    def ask(self, connection: http.client.HTTPConnection, query: str) -> None:
        """Ask once; note what was wrong."""
        try:
            self._ask(connection, query)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.failures.append(f"no answer: {error!r}")
            connection.close()

    def _ask(self, connection: http.client.HTTPConnection, query: str) -> None:
        began = time.perf_counter()
        status, answer = ask(connection, query)
        self.times.append(time.perf_counter() - began)
        if status != 200:
            self.failures.append(f"status {status}: {answer}")
            return
        generation = answer["generation"]["id"]
        self.seen.add(generation)
        editions = editions_in(answer)
        # subtle: an answer may come before the build has said which generation it published
        if len(editions) != 1 or editions != {self.right.setdefault(generation, min(editions, default=-1))}:
            self.failures.append(f"{generation} was answered with the editions {editions}")


def ask(connection: http.client.HTTPConnection, query: str) -> tuple[int, dict[str, Any]]:
    """Ask over HTTP and return the status and the answer."""
    connection.request("POST", "/api/search", json.dumps({"query": query}), {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


@contextmanager
def serving(root: Path) -> Iterator[tuple[int, int]]:
    """Run a server in another process until the end of the block; gives its port and process id."""
    command = [sys.executable, "-m", "tests.programs.trial_server_process", str(root)]
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # many clients are threads enough
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=os.environ | one_thread) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline()), process.pid
        process.communicate("", timeout=30)


@contextmanager
def asking(port: int, clients: int, right: dict[str, int]) -> Iterator[list[Client]]:
    """Ask with several clients at once until the end of the block."""
    asked = [Client(port, number, right) for number in range(clients)]
    for client in asked:
        client.start()
    try:
        yield asked
    finally:
        for client in asked:
            client.stopped.set()
        for client in asked:
            client.join()


def killed_builds(folder: Path, seed: int, count: int) -> Outcome:
    """Kill builds at random moments while a client asks; after each the index is the old one or the new one."""
    corpus, root = folder / "articles", folder / "built"
    write_edition(corpus, 0)
    right = {build_edition(corpus, root).generation_id: 0}
    failures: list[str] = []
    finished = 0
    takes = 0.0
    with serving(root) as (port, _), asking(port, 1, right) as clients:
        for number in range(1, count + 1):
            if number % 20 == 1:  # the machine may be busier now
                write_edition(corpus, 2 * number - 1)
                takes = _build_and_kill(corpus, root, None)
                right.setdefault(str(Store(root).current_id()), 2 * number - 1)
            write_edition(corpus, 2 * number)
            before = Store(root).current_id()
            _build_and_kill(corpus, root, random_for(seed, number).uniform(0, 1.2 * takes))
            failures += [f"kill {number}: {problem.description}" for problem in check(Store(root)).problems]
            pointed = Store(root).current_id()
            finished += pointed != before
            if pointed != before and right.setdefault(str(pointed), 2 * number) != 2 * number:
                failures.append(f"kill {number}: {pointed} was answered with edition {right[str(pointed)]}")
    failures += clients[0].failures
    build_edition(corpus, root)
    failures += leftovers(root)
    done = (
        f"{count} builds killed, {finished} of them after they had published, {len(clients[0].times)} answers meanwhile"
    )
    return Outcome("kill -9 in a build", done, tuple(failures), seed, f"a build takes {takes * 1000:.0f} ms")


def _build_and_kill(corpus: Path, root: Path, after_s: float | None) -> float:
    """Start a build, kill it after some seconds (None: let it finish), return how long it ran."""
    command = [sys.executable, "-m", "tests.programs.trial_build_process", str(corpus), str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        began = time.perf_counter()
        if after_s is None:
            process.stdout.readline()
            return time.perf_counter() - began
        time.sleep(after_s)
        process.kill()
    return time.perf_counter() - began


def rebuilds_under_clients(folder: Path, seed: int, publishes: int, clients: int = 20) -> Outcome:
    """Publish again and again while many clients ask."""
    corpus, root = folder / "articles", folder / "built"
    write_edition(corpus, 0)
    right = {build_edition(corpus, root).generation_id: 0}
    failures: list[str] = []
    with serving(root) as (port, _), asking(port, clients, right) as asked:
        for edition in range(1, publishes + 1):
            write_edition(corpus, edition)
            published = build_edition(corpus, root).generation_id
            if right.setdefault(published, edition) != edition:
                failures.append(f"{published} was answered with edition {right[published]}")
    failures += [failure for client in asked for failure in client.failures]
    times = sorted(duration for client in asked for duration in client.times)
    seen = len(set[str]().union(*(client.seen for client in asked)))
    done = f"{publishes} publishes, {clients} clients, {len(times)} answers from {seen} generations"
    slow = f"p50 {_ms(times, 0.5)}, p99 {_ms(times, 0.99)}, slowest {_ms(times, 1)}"
    return Outcome("rebuilds under clients", done, tuple(failures), seed, slow)


def _ms(times: list[float], share: float) -> str:
    return f"{times[min(int(share * len(times)), len(times) - 1)] * 1000:.0f} ms"


def soak(folder: Path, seed: int, queries: int, every: int = 1000) -> Outcome:
    """Ask for a long time with builds in between; the server's memory and open files must not grow.

    The segments that it holds are counted apart: they become more until they are merged.
    """
    corpus, root = folder / "articles", folder / "built"
    write_edition(corpus, 0)
    right = {build_edition(corpus, root).generation_id: 0}
    used: list[tuple[int, int, int]] = []
    with serving(root) as (port, process_id):
        client = Client(port, seed, right)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(queries):
            client.ask(connection, f"{QUERIES[number % len(QUERIES)]} {number}")
            if number % every == every - 1:
                used.append((_resident(process_id), *_open_files(process_id)))
                write_edition(corpus, number)
                right[build_edition(corpus, root).generation_id] = number
        connection.close()
    return Outcome(
        "soak", f"{queries} queries, {len(used)} rebuilds", (*client.failures, *_growth(used)), seed, _usage(used)
    )


def _growth(used: list[tuple[int, int, int]]) -> Iterator[str]:
    """Compare the least of the last tenth with that of the tenth after warm-up: a moment's use is no growth."""
    tenth = max(1, len(used) // 10)
    for name, values in (("resident memory", [each[0] for each in used]), ("open files", [each[1] for each in used])):
        first, last = min(values[tenth : 2 * tenth] or values), min(values[-tenth:])
        if last > FLAT * first:
            yield f"{name} grew from {first} to {last}"
    if (segments := max(each[2] for each in used)) > 2 * Policy().most:  # of the generation before, and of this one
        yield f"{segments} segments are held"


def _usage(used: list[tuple[int, int, int]]) -> str:
    warm = used[max(1, len(used) // 10) :] or used
    memory, opened = [each[0] / 1e6 for each in warm], [each[1] for each in warm]
    return (
        f"resident {memory[0]:.1f} to {memory[-1]:.1f} MB (most {max(memory):.1f}), "
        f"open files {opened[0]} to {opened[-1]} (most {max(opened)}), at most {max(each[2] for each in warm)} segments"
    )


def _resident(process_id: int) -> int:
    command = ["ps", "-o", "rss=", "-p", str(process_id)]
    return 1024 * int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _open_files(process_id: int) -> tuple[int, int]:
    """Return how many files a process has open, and how many segments it holds in memory that others may read."""
    listed = Path(f"/proc/{process_id}/fd")
    if listed.is_dir():
        targets = list(filter(None, map(_target, listed.iterdir())))
        segments = sum(target.startswith("/memfd:segment-") for target in targets)
        return len(targets) - segments, segments
    command = ["lsof", "-p", str(process_id)]
    return len(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()), 0


def _target(path: Path) -> str | None:
    try:
        return str(path.readlink())
    except OSError:  # it was closed meanwhile
        return None
