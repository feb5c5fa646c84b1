"""Workers are started when queries wait, answer as the server does, and may die without an answer being lost."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
import pytest

from assistant.answering.answer import Answer, AnswerHit
from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.answering.worker import Worker
from assistant.answering.worker_pool import StartWorker, WorkerPool, worker_limit
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from index.errors import EngineUnreachableError, NoIndexError
from index.models.encoder import Advance, Encoded, Encoder, Vectors
from index.models.options import usable_threads
from index.storage.store import Store

TIMEOUT_S = 60
QUERIES = [
    "client has paid but it says the amount is more than what is outstanding",
    "failed to renew token",
    "how do I water tomatoes",
    "Error 4711",
] * 10


class CountingEncoder:
    """The encoder of the server, which counts the queries that the server encodes."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.identity = encoder.identity
        self.asked = 0

    def count_tokens(self, text: str) -> int:
        return self._encoder.count_tokens(text)

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        return self._encoder.encode(texts, as_query=as_query, advance=advance)

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.asked += 1
        return self._encoder.encode_tokens(texts, as_query=as_query, advance=advance)


@pytest.fixture(scope="module")
def own_encoder() -> Encoder:
    return open_encoder(Settings())


@pytest.fixture
def settings(tmp_path: Path, articles: Path, own_encoder: Encoder) -> Settings:
    settings = Settings(corpus=articles, index=tmp_path / "built", processes=2)
    rebuild(settings, lambda: own_encoder)
    return settings


def pool_over(settings: Settings, encoder: Encoder, *, start: StartWorker = Worker) -> closing[WorkerPool]:
    return closing(WorkerPool(Assistant(Store(settings.index), encoder), settings, start=start))


@pytest.fixture
def pool(settings: Settings, own_encoder: Encoder) -> Iterator[WorkerPool]:
    with pool_over(settings, own_encoder) as pool:
        yield pool


def ask_all(pool: WorkerPool) -> list[Answer]:
    """Ask every query from a thread of its own; return the answers without what may differ."""
    with ThreadPoolExecutor(len(QUERIES)) as threads:
        return [comparable(answer) for answer in threads.map(pool.ask, map(Query, QUERIES))]


def comparable(answer: Answer) -> Answer:
    """Return an answer without its time, its numbers to three places: threads sum in another order."""
    hits, near_misses = ([_rounded(hit) for hit in hits] for hits in (answer.hits, answer.near_misses))
    return dataclasses.replace(answer, took_ms=0.0, hits=tuple(hits), near_misses=tuple(near_misses))


def _rounded(answered: AnswerHit) -> AnswerHit:
    score, probability = round(answered.score, 3), round(answered.probability or 0.0, 3)
    return dataclasses.replace(answered, score=score, probability=probability)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def fill(pool: WorkerPool) -> tuple[int, ...]:
    """Ask until the pool has both its workers; return their process ids."""
    deadline = time.monotonic() + TIMEOUT_S
    while len(pool.process_ids()) < 2:
        assert time.monotonic() < deadline
        ask_all(pool)
    return pool.process_ids()


def is_alive(process_id: int) -> bool:
    """Whether a process runs; a zombie, whose parent has not waited for it, does not."""
    try:
        os.kill(process_id, 0)
        state = Path(f"/proc/{process_id}/stat").read_text()
    except ProcessLookupError:  # reading says so as well, of a process that ends meanwhile
        return False
    except FileNotFoundError:
        return not Path("/proc").is_dir()
    return state.rpartition(")")[2].split()[0] != "Z"


def test_one_person_is_answered_without_workers(pool: WorkerPool) -> None:
    for query in QUERIES[:8]:
        pool.ask(Query(query))
    assert pool.process_ids() == ()


def test_workers_answer_what_the_server_would(pool: WorkerPool, settings: Settings, own_encoder: Encoder) -> None:
    fill(pool)
    alone = Assistant(Store(settings.index), own_encoder)
    expected = [comparable(alone.ask(Query(query))) for query in QUERIES]
    assert ask_all(pool) == expected


def test_a_worker_that_is_killed_costs_no_answer(pool: WorkerPool, caplog: pytest.LogCaptureFixture) -> None:
    before = ask_all(pool)
    killed, other = fill(pool)
    os.kill(killed, signal.SIGKILL)
    with caplog.at_level(logging.WARNING):
        assert ask_all(pool) == before
        wait_for(lambda: killed not in pool.process_ids())
    assert f"worker process {killed} has failed; the server answers its query" in caplog.text
    assert other in pool.process_ids()
    assert killed not in fill(pool)  # another one comes in its place


def test_a_worker_that_does_not_answer_is_killed_and_its_query_is_begun_nowhere_else(
    settings: Settings, own_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    start = partial(Worker, timeout_s=5)
    encoder = CountingEncoder(own_encoder)
    with pool_over(settings, encoder, start=start) as assistant:
        stopped, _ = fill(assistant)
        ask_all(assistant)  # takes the server's last slots away
        before = encoder.asked
        os.kill(stopped, signal.SIGSTOP)
        with ThreadPoolExecutor(2) as threads:
            asked = [threads.submit(assistant.ask, Query(QUERIES[0])) for _ in range(2)]
        failures = [str(each.exception()) for each in asked if each.exception() is not None]
        assert failures == ["The question took too long to answer; ask it in fewer words, or paste less."]
        assert encoder.asked == before
        assert stopped not in assistant.process_ids()
    assert not is_alive(stopped)
    assert f"worker process {stopped} was too slow; its query is given up" in caplog.text


def test_a_worker_that_fails_amid_a_query_is_not_asked_again(settings: Settings, own_encoder: Encoder) -> None:
    """Its answer may still arrive, and would be taken for the answer to the next query."""

    class Failing(Worker):
        def _receive(self, timeout_s: float) -> Answer | EngineUnreachableError | None:
            if self.is_ready:
                raise MemoryError
            self.is_ready = True
            return super()._receive(timeout_s)

        is_ready = False

    with pool_over(settings, own_encoder, start=Failing) as assistant:
        expected = [comparable(assistant.ask(Query(query))) for query in QUERIES]
        for _ in range(4):
            assert ask_all(assistant) == expected


def test_a_new_generation_is_taken_up_by_server_and_workers(
    pool: WorkerPool, settings: Settings, own_encoder: Encoder
) -> None:
    fill(pool)
    article = next(settings.corpus.glob("*.md"))
    article.write_text(article.read_text() + "\n**Note:** Ask first.\n", encoding="utf-8")
    published = rebuild(settings, lambda: own_encoder).generation_id
    pool.status()  # the server has read it; while one thread reads, others answer from the one before
    assert {answer.generation.id for answer in ask_all(pool)} == {published}


def test_an_error_in_a_worker_is_raised_in_the_server(pool: WorkerPool) -> None:
    fill(pool)
    with pytest.raises(ValueError, match="k is 0; it should be at least 1"):
        pool.ask(Query("printer", k=0))


def test_without_an_index_every_query_raises(tmp_path: Path, own_encoder: Encoder) -> None:
    settings = Settings(index=tmp_path / "none", processes=2)
    worker = Worker(settings)
    try:
        assert worker.ask(Query("printer")) is None
    finally:
        worker.close()
    with pool_over(settings, own_encoder) as alone:
        for _ in range(3):  # no slot is lost by it
            with pytest.raises(NoIndexError):
                ask_all(alone)


def test_with_enough_workers_the_server_answers_no_query(settings: Settings, own_encoder: Encoder) -> None:
    encoder = CountingEncoder(own_encoder)
    with pool_over(settings, encoder) as assistant:
        fill(assistant)
        ask_all(assistant)  # takes the server's last slots away
        before = encoder.asked
        ask_all(assistant)
        assert encoder.asked == before > 0


def test_while_a_worker_is_started_long_queries_wait_for_it_and_others_are_answered(
    settings: Settings, own_encoder: Encoder
) -> None:
    """Each thread that computes holds up the one that receives requests."""
    begun, go_on = threading.Event(), threading.Event()
    at_once: list[int] = []

    def start(settings: Settings) -> Worker:
        begun.set()
        assert go_on.wait(TIMEOUT_S)
        return Worker(settings)

    class Counting(Assistant):
        asked = 0

        def ask(self, query: Query) -> Answer:
            self.asked += 1
            at_once.append(self.asked)
            time.sleep(0.05)
            self.asked -= 1
            return super().ask(query)

    assistant = Counting(Store(settings.index), own_encoder)
    with closing(WorkerPool(assistant, settings, start=start)) as pool, ThreadPoolExecutor(8) as threads:
        first = [threads.submit(pool.ask, Query("blocked")) for _ in range(8)]
        assert begun.wait(TIMEOUT_S)
        for each in first:
            each.result()
        assert max(at_once) == 2
        at_once.clear()
        pastes = [threads.submit(pool.ask, Query("blocked " * 2_000)) for _ in range(3)]
        for each in [threads.submit(pool.ask, Query("blocked")) for _ in range(5)]:
            each.result()
        assert len(at_once) == 5
        assert not any(each.done() for each in pastes)
        go_on.set()
        for each in pastes:
            each.result()
        assert len(at_once) == 5


def test_a_worker_that_starts_after_the_pool_is_closed_is_ended(settings: Settings, own_encoder: Encoder) -> None:
    closed = threading.Event()
    late: list[Worker] = []

    def start(settings: Settings) -> Worker:
        closed.wait(TIMEOUT_S)
        late.append(Worker(settings))
        return late[0]

    with pool_over(settings, own_encoder, start=start) as assistant:
        ask_all(assistant)
    closed.set()
    wait_for(lambda: bool(late) and not is_alive(late[0].process_id))
    assert assistant.process_ids() == ()


def test_closing_ends_the_workers_and_the_server_answers_what_is_asked_then(pool: WorkerPool) -> None:
    workers = fill(pool)
    pool.close()
    assert [process_id for process_id in workers if is_alive(process_id)] == []
    assert pool.ask(Query(QUERIES[1])).hits[0].entry_id.endswith("#failed-to-renew-token")
    ask_all(pool)
    assert pool.process_ids() == ()


def test_a_worker_that_cannot_be_started_is_logged_once_and_every_query_answered(
    settings: Settings, own_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Settings) -> Worker:
        raise OSError(12, "Cannot allocate memory")

    with pool_over(settings, own_encoder, start=fail) as assistant:
        first, again = ask_all(assistant), ask_all(assistant)
    assert first == again
    assert caplog.text.count("no worker process could be started: [Errno 12] Cannot allocate memory") == 1


def test_a_worker_ends_with_a_server_that_is_killed(settings: Settings) -> None:
    server = """
import os, signal, sys
from pathlib import Path
from assistant.answering.query import Query
from assistant.answering.worker import Worker
from assistant.settings import Settings
worker = Worker(Settings(index=Path(sys.argv[1])))
print(worker.process_id, worker.ask(Query("failed to renew token")).decision, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", server, str(settings.index)]
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    assert printed[1] == "answer"
    wait_for(lambda: not is_alive(int(printed[0])))


def test_the_server_starts_workers_and_ends_them(settings: Settings) -> None:
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", "0", "--index", str(settings.index)]
    environment = {**os.environ, "ASSISTANT_PROCESSES": "2", "ASSISTANT_RATE_LIMIT": "0"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        address = server.stderr.readline().rstrip().rpartition(": ")[2]

        def ask(query: str) -> str:
            response = httpx.post(f"{address}/api/search", json={"query": query}, timeout=TIMEOUT_S)
            return str(response.json()["decision"])

        try:
            with ThreadPoolExecutor(len(QUERIES)) as pool:
                decisions = [list(pool.map(ask, QUERIES)) for _ in range(3)]
            server.send_signal(signal.SIGINT)
            assert server.wait(TIMEOUT_S) == 0
        finally:
            server.kill()
        assert decisions == [["answer", "answer", "none", "none"] * 10] * 3
        assert server.stderr.read() == ""


def test_one_worker_for_each_core_while_the_index_is_small_and_none_where_only_one_is_allowed() -> None:
    assert [worker_limit(processes, index_size=10**9) for processes in (1, 2, 5)] == [0, 2, 5]
    cores = min(usable_threads(), 8)
    allowed = [worker_limit(0, index_size=size) for size in (0, 10**6, 249_000_000, 251_000_000, 10**9)]
    assert allowed == ([0] * 5 if cores == 1 else [cores, cores, 2, 0, 0])


def test_every_query_is_answered_while_workers_are_killed_and_started(pool: WorkerPool) -> None:
    done = threading.Event()

    def kill_workers() -> None:
        while not done.wait(0.05):
            for process_id in pool.process_ids():
                os.kill(process_id, signal.SIGKILL)

    thread = threading.Thread(target=kill_workers)
    thread.start()
    try:
        answers = [ask_all(pool) for _ in range(5)]
    finally:
        done.set()
        thread.join()
    assert answers == [answers[0]] * 5
