"""Helpers come when many ask, answer as the server does, and may be lost without an answer being lost."""

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
from assistant.answering.worker import Helper
from assistant.answering.worker_pool import HelpedAssistant, most_helpers
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from index.errors import NoIndexError
from index.models.encoder import Advance, Encoded, Encoder, Vectors
from index.models.options import usable_threads
from index.storage.store import Store

PATIENCE_S = 60
QUERIES = [
    "client has paid but it says the amount is more than what is outstanding",
    "failed to renew token",
    "how do I water tomatoes",
    "Error 4711",
] * 10


class CountingEncoder:
    """The encoder of the server, which counts the queries that the server answers itself."""

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


@pytest.fixture
def helped(settings: Settings, own_encoder: Encoder) -> Iterator[HelpedAssistant]:
    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings)) as assistant:
        yield assistant


def ask_all(assistant: Assistant) -> list[Answer]:
    """Ask everything from many threads; what is said must not depend on the time it took."""
    with ThreadPoolExecutor(len(QUERIES)) as pool:
        return [as_told(answer) for answer in pool.map(assistant.ask, QUERIES)]


def as_told(answer: Answer) -> Answer:
    """Return an answer without its time, its numbers to three places: more threads add up in another order."""
    hits, near_misses = ([_rounded(hit) for hit in hits] for hits in (answer.hits, answer.near_misses))
    return dataclasses.replace(answer, took_ms=0.0, hits=tuple(hits), near_misses=tuple(near_misses))


def _rounded(found: AnswerHit) -> AnswerHit:
    score, probability = round(found.hit.score, 3), round(found.hit.probability or 0.0, 3)
    return dataclasses.replace(found, hit=dataclasses.replace(found.hit, score=score, probability=probability))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def call_helpers(assistant: HelpedAssistant) -> tuple[int, ...]:
    """Ask until there are as many helpers as may be."""
    deadline = time.monotonic() + PATIENCE_S
    while len(assistant.helpers()) < 2:
        assert time.monotonic() < deadline
        ask_all(assistant)
    return assistant.helpers()


def lives(process_id: int) -> bool:
    """Whether a process runs; one that has ended may have no parent that takes note of it."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def test_one_person_is_answered_without_helpers(helped: HelpedAssistant) -> None:
    for query in QUERIES[:8]:
        helped.ask(query)
    assert helped.helpers() == ()


def test_helpers_answer_what_the_server_would(
    helped: HelpedAssistant, settings: Settings, own_encoder: Encoder
) -> None:
    call_helpers(helped)
    alone = Assistant(Store(settings.index), own_encoder)
    expected = [as_told(alone.ask(query)) for query in QUERIES]
    assert ask_all(helped) == expected


def test_a_helper_that_is_killed_costs_no_answer(helped: HelpedAssistant, caplog: pytest.LogCaptureFixture) -> None:
    before = ask_all(helped)
    killed, other = call_helpers(helped)
    os.kill(killed, signal.SIGKILL)
    with caplog.at_level(logging.WARNING):
        assert ask_all(helped) == before
        wait_for(lambda: killed not in helped.helpers())
    assert f"process {killed}, which helped to answer, has ended" in caplog.text
    assert other in helped.helpers()
    assert killed not in call_helpers(helped)  # another one comes in its place


def test_a_helper_that_says_nothing_is_ended_and_its_query_answered_here(
    settings: Settings, own_encoder: Encoder
) -> None:
    start = partial(Helper, patience_s=5)
    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings, start=start)) as assistant:
        before = ask_all(assistant)
        stopped, _ = call_helpers(assistant)
        os.kill(stopped, signal.SIGSTOP)
        assert ask_all(assistant) == before
        assert stopped not in assistant.helpers()
    assert not lives(stopped)


def test_a_helper_that_fails_amid_a_query_is_not_asked_again(settings: Settings, own_encoder: Encoder) -> None:
    """Its answer may still come, and would be taken for the one to the next query."""

    class Failing(Helper):
        def _received(self) -> Answer | None:
            if self.is_ready:
                raise MemoryError
            self.is_ready = True
            return super()._received()

        is_ready = False

    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings, start=Failing)) as assistant:
        expected = [as_told(assistant.ask(query)) for query in QUERIES]
        for _ in range(4):
            assert ask_all(assistant) == expected


def test_a_new_generation_is_taken_up_by_all(helped: HelpedAssistant, settings: Settings, own_encoder: Encoder) -> None:
    call_helpers(helped)
    article = next(settings.corpus.glob("*.md"))
    article.write_text(article.read_text() + "\n**Note:** Ask first.\n", encoding="utf-8")
    published = rebuild(settings, lambda: own_encoder).generation_id
    helped.status()  # the server itself has read it; while one thread reads, another answers from the one before
    assert {answer.generation.generation_id for answer in ask_all(helped)} == {published}


def test_what_goes_wrong_in_a_helper_is_told_as_it_is_here(helped: HelpedAssistant) -> None:
    call_helpers(helped)
    with pytest.raises(ValueError, match="k is 0; it should be at least 1"):
        helped.ask("printer", k=0)


def test_without_an_index_helpers_come_all_the_same(tmp_path: Path, own_encoder: Encoder) -> None:
    settings = Settings(index=tmp_path / "none", processes=2)
    helper = Helper(settings)
    try:
        assert helper.ask({"query": "printer"}) is None
    finally:
        helper.close()
    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings)) as alone:
        for _ in range(3):  # no turn is lost by it
            with pytest.raises(NoIndexError):
                ask_all(alone)


def test_with_helpers_enough_the_server_answers_nothing_itself(settings: Settings, own_encoder: Encoder) -> None:
    encoder = CountingEncoder(own_encoder)
    with closing(HelpedAssistant(Store(settings.index), encoder, settings)) as assistant:
        call_helpers(assistant)
        ask_all(assistant)  # the turns that the server had left are taken once more
        before = encoder.asked
        ask_all(assistant)
        assert encoder.asked == before > 0


def test_a_helper_that_comes_after_the_end_is_ended(settings: Settings, own_encoder: Encoder) -> None:
    closed = threading.Event()
    late: list[Helper] = []

    def start(settings: Settings) -> Helper:
        closed.wait(PATIENCE_S)
        late.append(Helper(settings))
        return late[0]

    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings, start=start)) as assistant:
        ask_all(assistant)
    closed.set()
    wait_for(lambda: bool(late) and not lives(late[0].process_id))
    assert assistant.helpers() == ()


def test_closing_ends_the_helpers_and_what_is_asked_then_is_answered_here(helped: HelpedAssistant) -> None:
    helpers = call_helpers(helped)
    helped.close()
    assert [process_id for process_id in helpers if lives(process_id)] == []
    assert helped.ask(QUERIES[1]).hits[0].entry.entry_id.endswith("#failed-to-renew-token")
    ask_all(helped)
    assert helped.helpers() == ()


def test_a_helper_that_cannot_be_started_is_told_of_once_and_everything_is_answered(
    settings: Settings, own_encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Settings) -> Helper:
        raise OSError(12, "Cannot allocate memory")

    with closing(HelpedAssistant(Store(settings.index), own_encoder, settings, start=fail)) as assistant:
        first, again = ask_all(assistant), ask_all(assistant)
    assert first == again
    assert caplog.text.count("no process could be started to help to answer: [Errno 12] Cannot allocate memory") == 1


def test_a_helper_ends_with_a_server_that_is_killed(settings: Settings) -> None:
    server = """
import os, signal, sys
from pathlib import Path
from assistant.answering.worker import Helper
from assistant.settings import Settings
helper = Helper(Settings(index=Path(sys.argv[1])))
print(helper.process_id, helper.ask({"query": "failed to renew token"}).decision, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    command = [sys.executable, "-c", server, str(settings.index)]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    assert told[1] == "answer"
    wait_for(lambda: not lives(int(told[0])))


def test_the_server_has_helpers_and_ends_them(settings: Settings) -> None:
    command = [sys.executable, "-m", "assistant.cli", "serve", "--port", "0", "--index", str(settings.index)]
    environment = {**os.environ, "ASSISTANT_PROCESSES": "2", "ASSISTANT_RATE_LIMIT": "0"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        address = server.stderr.readline().rstrip().rpartition(": ")[2]

        def ask(query: str) -> str:
            response = httpx.post(f"{address}/api/search", json={"query": query}, timeout=PATIENCE_S)
            return str(response.json()["decision"])

        try:
            with ThreadPoolExecutor(len(QUERIES)) as pool:
                decisions = [list(pool.map(ask, QUERIES)) for _ in range(3)]
            server.send_signal(signal.SIGINT)
            assert server.wait(PATIENCE_S) == 0
        finally:
            server.kill()
        assert decisions == [["answer", "answer", "none", "none"] * 10] * 3
        assert server.stderr.read() == ""


def test_as_many_helpers_as_cores_while_the_index_is_small_and_none_where_one_process_is_all() -> None:
    assert [most_helpers(processes, index_size=10**9) for processes in (1, 2, 5)] == [0, 2, 5]
    cores = min(usable_threads(), 8)
    allowed = [most_helpers(0, index_size=size) for size in (0, 10**6, 249_000_000, 251_000_000, 10**9)]
    assert allowed == ([0] * 5 if cores == 1 else [cores, cores, 2, 0, 0])


def test_threads_that_ask_at_once_are_all_answered_while_helpers_come_and_go(helped: HelpedAssistant) -> None:
    done = threading.Event()

    def lose_helpers() -> None:
        while not done.wait(0.05):
            for process_id in helped.helpers():
                os.kill(process_id, signal.SIGKILL)

    thread = threading.Thread(target=lose_helpers)
    thread.start()
    try:
        answers = [ask_all(helped) for _ in range(5)]
    finally:
        done.set()
        thread.join()
    assert answers == [answers[0]] * 5
