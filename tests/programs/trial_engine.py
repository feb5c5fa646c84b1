"""A real Milvus server: what its readers see after rows were removed, how it takes being killed or stopped, and rights.

The only one that the package registries have is 2.3.5, without sparse vectors: the search by meaning is tried, not that
by words. It is installed in an environment of its own (`python3.11 -m venv DIR; DIR/bin/pip install milvus==2.3.5`),
and `ASSISTANT_MILVUS_SERVER` names its program, `DIR/bin/milvus-server`.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np

from index.engines.milvus import Milvus, Row
from index.engines.options import EngineOptions, Nearness
from index.engines.pushing import STALENESS_S
from index.engines.rows import passage_columns
from index.errors import EngineError, EngineUnreachableError
from tests.programs.trials import Outcome

SERVER = "ASSISTANT_MILVUS_SERVER"
NAME = "a real Milvus server"
DIMENSION = 64
_COLLECTION = "assistant_trial_passages"
_PORTS = (
    "proxy-port proxy-internal-port root-coord-port query-coord-port query-node-port index-coord-port index-node-port "
    "data-coord-port data-node-port etcd-port"
).split()
_START_S = 240


class RealMilvus:
    """A server with its data in a folder; what it starts is in a session of its own, and ends with it."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self._program, self._folder, self._options = program, folder, options
        self._ports: dict[str, int] = {}
        self._log = folder.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._ports['proxy-port']}"

    def start(self) -> None:
        """Start it on other ports, for it waits for those that are closing."""
        self._ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        command = [self._program, "--data", str(self._folder), *self._options]
        command += [text for name, port in self._ports.items() for text in (f"--{name}", str(port))]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def wait(self, is_well: Callable[[], bool]) -> None:
        """Wait until it is well."""
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError, EngineError):
                if is_well():
                    return
            time.sleep(0.5)
        raise TimeoutError(f"it is not well after {_START_S} s: see {self._log}")

    def send(self, number: int) -> None:
        """Send a signal to all of its processes."""
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """End it by SIGKILL."""
        with contextlib.suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()


def _free_ports(count: int) -> range:
    """Return ports in a row that nobody listens on, below those that outgoing connections are given."""
    for first in range(7_840, 30_000, count):
        ports = range(first, first + count)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in ports:
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return ports
    raise OSError("no ports are free")


def real_server(folder: Path, seed: int, scale: float) -> Outcome:
    """Remove rows, kill and stop the server, and look what its readers see."""
    program = os.environ.get(SERVER)
    if program is None:
        return Outcome(NAME, f"left out: {SERVER} names no milvus-server", (), seed)
    failures: list[str] = []
    with _running(RealMilvus(program, folder / "data")) as server:
        milvus = Milvus(EngineOptions(server.address, timeout_s=10, build_timeout_s=120))
        milvus.create(_COLLECTION, passage_columns(DIMENSION, Nearness.EXACT))
        rows = _rows(random.Random(seed), max(100, round(2_000 * scale)))
        milvus.upsert(_COLLECTION, rows)
        figures = [f"version {milvus.version()}", _missed(milvus, rows, failures), _stale(milvus, rows, failures)]
        figures += [_hung(server, failures), _killed(server, milvus, len(rows), failures)]
    with _running(RealMilvus(program, folder / "asked", "--authorization-enabled", "true")) as server:
        figures.append(_rights(server, rows[:50], failures))
    return Outcome(NAME, f"{len(rows)} rows", tuple(failures), seed, "; ".join(figures))


@contextmanager
def _running(server: RealMilvus) -> Iterator[RealMilvus]:
    server.start()
    server.wait(lambda: httpx.get("http://127.0.0.1:9091/healthz").text == "OK")
    try:
        yield server
    finally:
        server.kill()


def _rows(chance: random.Random, count: int, first: int = 0) -> list[Row]:
    vectors = np.array([[chance.gauss(0, 1) for _ in range(DIMENSION)] for _ in range(count)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    others = {"place": 0, "field": 0, "words": 0, "codes": "", "product": "", "tags": []}
    return [{"id": at, "entry": at, "vector": vector.tolist(), **others} for at, vector in enumerate(vectors, first)]


def _found(milvus: Milvus, row: Row) -> bool:
    (hits,) = milvus.nearest(_COLLECTION, "vector", [row["vector"]], limit=5, columns=["entry"])
    return any(hit["id"] == row["id"] for hit in hits)


def _missed(milvus: Milvus, rows: list[Row], failures: list[str]) -> str:
    """Return how many of the rows a reader misses right after they were written, and once the limit has passed."""
    some = rows[:: max(1, len(rows) // 50)]
    at_once = sum(not _found(milvus, row) for row in some)
    time.sleep(STALENESS_S)
    later = sum(not _found(milvus, row) for row in some)
    failures += [f"{later} of {len(some)} rows are missed after {STALENESS_S:g} s"] if later else []
    return f"missed of {len(some)} rows {at_once} at once, {later} after {STALENESS_S:g} s"


def _stale(milvus: Milvus, rows: list[Row], failures: list[str]) -> str:
    """Return how many of the rows that were removed a reader still sees; it drops them by their ids."""
    some = rows[:: max(1, len(rows) // 50)]
    milvus.delete(_COLLECTION, f"entry in {[row['id'] for row in some]}")
    at_once = sum(_found(milvus, row) for row in some)
    left = len(rows) - milvus.count(_COLLECTION)
    failures += [f"a strict count says that {left} rows of {len(some)} were removed"] if left != len(some) else []
    time.sleep(STALENESS_S)
    return f"removed of {len(some)} seen {at_once} at once, {sum(_found(milvus, row) for row in some)} later"


def _hung(server: RealMilvus, failures: list[str]) -> str:
    """Return how long a search of a server that hangs takes."""
    milvus = Milvus(EngineOptions(server.address))
    milvus.version()
    server.send(signal.SIGSTOP)
    start = time.perf_counter()
    try:
        milvus.rows(_COLLECTION, "id in [1]", ["entry"])
        failures.append("a server that hangs has answered")
    except EngineUnreachableError:
        pass
    took = time.perf_counter() - start
    server.send(signal.SIGCONT)
    failures += [f"a server that hangs was waited for {took:.2f} s"] if took > 1 else []
    milvus.close()
    return f"hung: told after {took:.2f} s"


def _killed(server: RealMilvus, milvus: Milvus, first: int, failures: list[str]) -> str:
    """Return how many rows were acknowledged when it was killed; none of them may be lost."""
    before = milvus.count(_COLLECTION)
    chance, acknowledged = random.Random(first), 0
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        milvus.upsert(_COLLECTION, _rows(chance, 20, first + acknowledged))
        acknowledged += 20
    server.kill()
    server.start()
    again = Milvus(EngineOptions(server.address, timeout_s=5, build_timeout_s=10))
    server.wait(lambda: again.count(_COLLECTION) >= 0)
    held = again.count(_COLLECTION) - before
    failures += [f"{held} rows of {acknowledged} acknowledged ones are left"] if held < acknowledged else []
    return f"killed: {held} of {acknowledged} acknowledged rows there"


def _rights(server: RealMilvus, rows: list[Row], failures: list[str]) -> str:
    """Return how many calls were refused by name, of users who are unknown or may not."""

    def asked_by(user: str = "", password: str = "") -> Milvus:
        return Milvus(EngineOptions(server.address, user, password, timeout_s=10, build_timeout_s=30))

    master, reader = asked_by("root", "Milvus"), asked_by("reader", "reader12345")
    master.create(_COLLECTION, passage_columns(DIMENSION, Nearness.EXACT))
    master.upsert(_COLLECTION, rows)
    master._connected().create_user("reader", "reader12345")
    query = [rows[0]["vector"]]
    tried: dict[str, Callable[[], object]] = {
        "nobody": asked_by().version,
        "a wrong password": asked_by("root", "wrong").version,
        "create": lambda: reader.create("other", passage_columns(DIMENSION, Nearness.EXACT)),
        "upsert": lambda: reader.upsert(_COLLECTION, rows),
        "search": lambda: reader.nearest(_COLLECTION, "vector", query, limit=3),
        "rows": lambda: reader.rows(_COLLECTION, "id in [1]", ["entry"]),
        "delete": lambda: reader.delete(_COLLECTION, "id in [1]"),
        "drop": lambda: reader.drop(_COLLECTION),
    }
    for what, call in tried.items():
        try:
            call()
            failures.append(f"{what}: was not refused")
        except EngineError as error:
            named = "ASSISTANT_ENGINE_USER" in str(error) and not isinstance(error, EngineUnreachableError)
            failures += [] if named else [f"{what}: {error}"]
    if master.count(_COLLECTION) != len(rows):
        failures.append("what was refused has changed rows")
    return f"rights: {len(tried)} calls refused"
