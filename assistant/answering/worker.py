"""A process that answers queries for the server, and the server's end of the pipes to it.

The process (`python -m assistant.answering.worker`) reads its settings and then queries from standard input and writes
an answer for each to standard output, pickled as `multiprocessing.connection` does. When the server ends, however it
ends, the pipe is closed, and the process ends too.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from multiprocessing.connection import Connection

from assistant.answering.answer import Answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.settings import Settings
from index.errors import EngineUnreachableError

_START_S = 60.0
_QUERY_S = 30.0  # a query takes a fraction of a second; the first one after a build also reads the index


class Worker:
    """The server's end: one process, which answers one query at a time.

    Args:
        settings: Which index and encoder it answers from.
        timeout_s: Without an answer for so long a query is given up.

    Raises:
        OSError: The process could not be started.
        EOFError: It ended before it could answer; its reason is in the log.
    """

    def __init__(self, settings: Settings, *, timeout_s: float = _QUERY_S) -> None:
        self._timeout_s = timeout_s
        command = [sys.executable, "-m", "assistant.answering.worker"]
        # a session of its own: Ctrl-C at the terminal is meant for the server alone
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._process.stdin as queries, self._process.stdout as answers:
            self._queries = Connection(os.dup(queries.fileno()), readable=False)
            self._answers = Connection(os.dup(answers.fileno()), writable=False)
        try:
            self._queries.send(settings)
            self._receive(max(timeout_s, _START_S))  # it is ready
        except (OSError, EOFError):
            self.close()
            raise

    @property
    def process_id(self) -> int:
        """The id of the process."""
        return self._process.pid

    def ask(self, query: Query) -> Answer | None:
        """Return what `Assistant.ask` returns for a query, or None where it raised.

        Raises:
            EngineUnreachableError: It raised this, which nobody else need wait for again.
            TimeoutError: It has not answered in time; its next message may be the answer to this query.
            OSError: The process has ended.
            EOFError: The process has ended.
        """
        self._queries.send(query)
        received = self._receive(self._timeout_s)
        if isinstance(received, EngineUnreachableError):
            raise received
        return received

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._queries.close()
        self._answers.close()

    def _receive(self, timeout_s: float) -> Answer | EngineUnreachableError | None:
        if not self._answers.poll(timeout_s):
            raise TimeoutError(f"worker process {self.process_id} has not answered for {timeout_s:g} seconds")
        received: Answer | EngineUnreachableError | None = self._answers.recv()
        return received


def main() -> None:
    """Run in the worker process: report that it is ready, then answer every query."""
    from assistant.answering.assistant import Assistant
    from assistant.answering.factory import open_encoder, open_engine
    from index.errors import SearchIndexError
    from index.storage.store import Store

    queries, answers = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever a library prints goes to stderr and not between the answers
    settings: Settings = queries.recv()
    store = Store(settings.index, lender=os.getppid())
    # one thread: what a query encodes is one batch, and there are as many workers as cores
    encoder = open_encoder(replace(settings, threads=settings.threads or 1))
    assistant = Assistant(store, encoder, engine=open_engine(settings))
    with contextlib.suppress(SearchIndexError):
        assistant.status()  # reads the index now, so that the first query need not wait for it
    answers.send(None)
    with contextlib.suppress(EOFError):
        while True:
            query: Query = queries.recv()
            answers.send(_answer(assistant, query))


def _answer(assistant: AssistantInterface, query: Query) -> Answer | EngineUnreachableError | None:
    try:
        return assistant.ask(query)
    except EngineUnreachableError as error:
        return EngineUnreachableError(error.problem, error.remedy)  # without what it was raised from
    except Exception:  # noqa: BLE001 - the server then asks itself, where the same error is raised and logged
        return None


if __name__ == "__main__":
    main()
