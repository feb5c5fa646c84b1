"""A process that answers queries for a server: both ends of the pipes between the two.

The process (`python -m assistant.answering.worker`) gets its settings and then one query after another from standard
input and gives the answers to standard output, as `multiprocessing.connection` sends objects. Its input ends with the
server, so it does too, however the server ended.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from multiprocessing.connection import Connection
from typing import Any

from assistant.answering.answer import Answer
from assistant.settings import Settings

_PATIENCE_S = 60.0


class Helper:
    """The server's end: a process that answers one query at a time.

    Args:
        settings: What it answers by.
        patience_s: After so many seconds without an answer it is taken for lost.

    Raises:
        OSError: The process could not be started (or EOFError: it ended before it could answer; its reason is in the
            log).
    """

    def __init__(self, settings: Settings, *, patience_s: float = _PATIENCE_S) -> None:
        self._patience_s = patience_s
        command = [sys.executable, "-m", "assistant.answering.worker"]
        # in a session of its own, for Ctrl-C is meant for the server
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
            self._received()
        except (OSError, EOFError):
            self.close()
            raise

    @property
    def process_id(self) -> int:
        """The process."""
        return self._process.pid

    def ask(self, query: dict[str, Any]) -> Answer | None:
        """Return what `Assistant.ask` returns for these arguments, or None where it failed.

        Raises:
            OSError: The process is gone (or EOFError), or says nothing.
        """
        self._queries.send(query)
        return self._received()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._queries.close()
        self._answers.close()

    def _received(self) -> Answer | None:
        if not self._answers.poll(self._patience_s):
            raise TimeoutError(f"it said nothing for {self._patience_s:g} seconds")
        found: Answer | None = self._answers.recv()
        return found


def main() -> None:
    """Be the process: say when the first query can be answered, then answer each."""
    from assistant.answering.assistant import Assistant
    from assistant.answering.factory import open_encoder
    from index.errors import SearchIndexError
    from index.storage.store import Store

    queries, answers = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # what else is printed must not come between the answers
    settings: Settings = queries.recv()
    assistant = Assistant(Store(settings.index), open_encoder(settings))
    with contextlib.suppress(SearchIndexError):
        assistant.status()  # reads the index, which the first query would else wait for
    answers.send(None)
    with contextlib.suppress(EOFError):
        while True:
            query: dict[str, Any] = queries.recv()
            answers.send(_answer(assistant.ask, query))


def _answer(ask: Any, query: dict[str, Any]) -> Answer | None:
    try:
        found: Answer = ask(**query)
    except Exception:  # noqa: BLE001 - the server asks again itself, and what is wrong is told and logged there
        return None
    return found


if __name__ == "__main__":
    main()
