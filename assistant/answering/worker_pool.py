"""Answers many queries at once, with worker processes that are started when queries have to wait.

Python runs one thread of a process at a time, so several threads together answer hardly more queries than one. While
few people ask, the server answers by itself, and workers would only take memory. When queries wait, the pool starts
one worker after another, up to one for each core; from then on they answer, and the server passes queries on.

While a worker is being started, the server answers only what people type, and pastes wait for it: a thread that
computes makes the thread that receives requests wait at each of its calls to the system, some ten times for a request.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from assistant.answering.answer import Answer, EntryInfo, Status
from assistant.answering.assistant import Assistant
from assistant.answering.fair_queue import FairQueue
from assistant.answering.query import Query
from assistant.answering.worker import Worker
from assistant.errors import QueryTimeoutError
from assistant.settings import Settings
from corpus.article import Article, Entry
from index.errors import EngineUnreachableError, SearchIndexError
from index.models.options import usable_threads

_LOG = logging.getLogger(__name__)
_OWN_SLOTS = 2  # queries at once in the server's process: one is encoded while another is compared; more are slower
_LONG_WAIT_S = 0.03  # the time of a few queries: to wait longer means that many are asked
_QUICK = 1_000  # characters: what people type; a paste of 20,000 takes twenty times as long
_RETRY_S = 60.0
_MAX_WORKERS = 8
_MAX_COPIES = 500_000_000  # bytes: each worker holds a copy of what the server does not lend it of the index

StartWorker = Callable[[Settings], Worker]


class WorkerPool:
    """Answers as an `Assistant` does, with worker processes while many ask; thread-safe, to be closed.

    Args:
        assistant: Answers in this process, and everything but queries.
        settings: Which index and encoder the workers open, and how many workers there may be.
        start: Starts a worker.
    """

    def __init__(self, assistant: Assistant, settings: Settings, *, start: StartWorker = Worker) -> None:
        self._assistant = assistant
        self._settings = settings
        self._start = start
        self._slots: FairQueue[Worker | None] = FairQueue()  # a worker that may be asked; None: this process may answer
        self._lock = threading.Lock()  # guards what follows
        self._is_open = True
        self._workers: list[Worker] = []
        self._own_slots = 0  # slots of this process, free or taken
        self._is_starting = False
        self._retry_at = 0.0
        self._add_own_slots()

    def ask(self, query: Query) -> Answer:
        """Answer a query as `Assistant.ask` does, in this process or in a worker.

        Raises:
            QueryTimeoutError: A worker took too long. Nobody begins this query again: it might stop the server, too.
            EngineUnreachableError: The server that holds the entries does not answer.
        """
        is_quick = len(query.text) <= _QUICK
        worker = self._slots.get(timeout_s=_LONG_WAIT_S, on_timeout=self._grow, is_quick=is_quick)
        try:
            if worker is not None and (answer := self._ask_worker(worker, query)) is not None:
                return answer
            return self._assistant.ask(query)
        finally:
            self._release(worker)

    def entry(self, entry_id: str) -> EntryInfo | None:
        """Return what `Assistant.entry` returns."""
        return self._assistant.entry(entry_id)

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        """Return what `Assistant.contents` returns."""
        return self._assistant.contents()

    def status(self) -> Status:
        """Return what `Assistant.status` returns."""
        return self._assistant.status()

    def check_ready(self) -> None:
        """Return if queries can be answered now; raises what `Assistant.check_ready` does."""
        self._assistant.check_ready()

    def process_ids(self) -> tuple[int, ...]:
        """Return the ids of the worker processes."""
        with self._lock:
            return tuple(worker.process_id for worker in self._workers)

    def close(self) -> None:
        """End the workers; this process answers what is still asked."""
        with self._lock:
            self._is_open = False
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.close()
        self._add_own_slots()

    def _ask_worker(self, worker: Worker, query: Query) -> Answer | None:
        try:
            return worker.ask(query)
        except TimeoutError as error:
            self._drop(worker, "was too slow; its query is given up")
            message = "The question took too long to answer; ask it in fewer words, or paste less."
            raise QueryTimeoutError(message) from error
        except EngineUnreachableError:
            raise
        except Exception:  # noqa: BLE001 - whatever it was, the worker's next message may be the answer to this query
            self._drop(worker, "has failed; the server answers its query")
            return None

    def _release(self, worker: Worker | None) -> None:
        with self._lock:
            if worker is None and self._own_slots > self._wanted_own_slots():
                self._own_slots -= 1  # with enough workers, passing queries on keeps this process busy
            elif worker is None or worker in self._workers:
                self._slots.put(worker, only_quick=worker is None and self._has_help())

    def _has_help(self) -> bool:
        """Return whether long queries can wait for a worker."""
        return self._is_starting or bool(self._workers)

    def _wanted_own_slots(self) -> int:
        """Return by how many threads this process may answer: by none once there are enough workers."""
        return _OWN_SLOTS if len(self._workers) < _OWN_SLOTS else 0

    def _add_own_slots(self) -> None:
        """Let this process answer while there are too few workers."""
        with self._lock:
            if not self._has_help():
                self._slots.open_up()
            while self._own_slots < self._wanted_own_slots():
                self._own_slots += 1
                self._slots.put(None)

    def _drop(self, worker: Worker, what_happened: str) -> None:
        with self._lock:
            if worker not in self._workers:
                return  # the pool was closed
            self._workers.remove(worker)
        _LOG.warning("worker process %s %s", worker.process_id, what_happened)
        worker.close()
        self._add_own_slots()

    def _grow(self) -> None:
        """Start one more worker, unless one is being started, the pool is full, or starting has just failed."""
        try:
            index_size = self._assistant.index_size()
        except SearchIndexError:
            return  # there is no index yet; every query is answered with that error
        limit = worker_limit(self._settings.processes, index_size=index_size)
        with self._lock:
            is_full = not self._is_open or len(self._workers) >= limit
            if self._is_starting or is_full or time.monotonic() < self._retry_at:
                return
            self._is_starting = True
        try:
            threading.Thread(target=self._start_worker, name="start-worker", daemon=True).start()
        except RuntimeError as error:  # the system allows no further thread
            self._start_failed(error)

    def _start_worker(self) -> None:
        try:
            worker = self._start(self._settings)
        except (OSError, EOFError) as error:
            self._start_failed(error)
            return
        with self._lock:
            self._is_starting = False
            if is_wanted := self._is_open:  # the pool was not closed meanwhile
                self._workers.append(worker)
                self._slots.put(worker)
        if not is_wanted:
            worker.close()
            self._add_own_slots()

    def _start_failed(self, error: Exception) -> None:
        _LOG.warning("no worker process could be started: %s", str(error) or "it ended at once")
        with self._lock:
            self._is_starting = False
            self._retry_at = time.monotonic() + _RETRY_S
        self._add_own_slots()


def queries_at_once(processes: int) -> int:
    """Return how many queries keep everything busy: one for each worker, and two to go on with.

    Args:
        processes: The setting.
    """
    return (processes or min(usable_threads(), _MAX_WORKERS)) + _OWN_SLOTS


def worker_limit(processes: int, *, index_size: int) -> int:
    """Return how many workers there may be; 0 where only one is allowed, which would be no faster than the server.

    Args:
        processes: The setting; 0 is one worker for each core while all copies of the index together are small.
        index_size: Of what each of them has for itself, in bytes.
    """
    fitting = min(usable_threads(), _MAX_WORKERS, _MAX_COPIES // max(index_size, 1))
    allowed = processes or fitting
    return allowed if allowed > 1 else 0
