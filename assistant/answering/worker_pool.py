"""Many queries at once: a server that is asked more than it can answer alone calls helpers.

Python runs one thread of a process at a time, so that several threads together answer hardly more than one. While few
people ask, the server answers by itself, and helpers would only take memory. Where queries wait for their turn it
starts one after another, as many as there are cores; from then on they answer, and the server passes on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.turns import Turns
from assistant.answering.worker import Helper
from assistant.settings import Settings
from index.errors import SearchIndexError
from index.models.encoder import Encoder
from index.models.options import usable_threads
from index.storage.store import Store

_LOG = logging.getLogger(__name__)
_AT_ONCE = 2  # queries that the server itself answers: one is encoded while another is compared; more get in the way
_PATIENCE_S = 0.03  # a few queries' time; who waits longer is one of many
_TRY_AGAIN_S = 60.0
_MOST = 8
_MOST_COPIES = 500_000_000  # bytes; each helper has a copy of the index, for it answers from bytes that it has checked

StartHelper = Callable[[Settings], Helper]


class HelpedAssistant(Assistant):
    """An assistant with helpers when many ask at once; safe to use from several threads, to be closed.

    Args:
        store: As `Assistant` has it.
        encoder: As `Assistant` has it; a helper opens its own by the settings.
        settings: What a helper answers by, and how many there may be.
        start: Starts a helper.
    """

    def __init__(self, store: Store, encoder: Encoder, settings: Settings, *, start: StartHelper = Helper) -> None:
        super().__init__(store, encoder)
        self._settings = settings
        self._start = start
        self._is_open = True
        self._turns: Turns[Helper | None] = Turns()  # None is the server itself
        self._lock = threading.Lock()  # of what follows
        self._helpers: list[Helper] = []
        self._own = 0  # turns of the server itself, taken or not
        self._is_starting = False
        self._not_before = 0.0
        self._stand_in()

    def ask(
        self,
        query: str,
        *,
        k: int = 5,
        product: str | None = None,
        tags: Sequence[str] = (),
        choice: str | None = None,
    ) -> Answer:
        """Answer a query as `Assistant` does, here or in another process."""
        helper = self._turns.take(patience_s=_PATIENCE_S, when_it_lasts=self._call_for_help)
        try:
            if helper is not None:
                asked = {"query": query, "k": k, "product": product, "tags": tuple(tags), "choice": choice}
                if (answer := self._ask_helper(helper, asked)) is not None:
                    return answer
            return super().ask(query, k=k, product=product, tags=tags, choice=choice)
        finally:
            self._give_back(helper)

    def helpers(self) -> tuple[int, ...]:
        """Return the ids of the processes that help."""
        with self._lock:
            return tuple(helper.process_id for helper in self._helpers)

    def close(self) -> None:
        """End the helpers; what is asked still is answered here."""
        with self._lock:
            self._is_open = False
            helpers, self._helpers = self._helpers, []
        for helper in helpers:
            helper.close()
        self._stand_in()

    def _ask_helper(self, helper: Helper, asked: dict[str, Any]) -> Answer | None:
        try:
            return helper.ask(asked)
        except Exception:  # noqa: BLE001 - whatever it was, the next thing that the helper says may be to this query
            self._lose(helper)
            return None

    def _give_back(self, helper: Helper | None) -> None:
        with self._lock:
            if helper is None and len(self._helpers) >= _AT_ONCE:
                self._own -= 1  # there are helpers enough; the server has all hands full with passing on
            elif helper is None or helper in self._helpers:
                self._turns.offer(helper)

    def _stand_in(self) -> None:
        """Let the server answer by itself where there are too few helpers."""
        with self._lock:
            while len(self._helpers) < _AT_ONCE and self._own < _AT_ONCE:
                self._own += 1
                self._turns.offer(None)

    def _lose(self, helper: Helper) -> None:
        with self._lock:
            if helper not in self._helpers:
                return  # it was closed
            self._helpers.remove(helper)
        _LOG.warning("process %s, which helped to answer, has ended; its query is answered here", helper.process_id)
        helper.close()
        self._stand_in()

    def _call_for_help(self) -> None:
        """Start a helper, unless one is coming, there are as many as may be, or none could be started just now."""
        try:
            index_size = self._retriever().generation.size
        except SearchIndexError:
            return  # there is nothing to answer from, as each query is told
        most = most_helpers(self._settings.processes, index_size=index_size)
        with self._lock:
            too_many = not self._is_open or len(self._helpers) >= most
            if self._is_starting or too_many or time.monotonic() < self._not_before:
                return
            self._is_starting = True
        try:
            threading.Thread(target=self._start_helper, name="helper", daemon=True).start()
        except RuntimeError as error:  # there is no room for another thread
            self._not_now(error)

    def _not_now(self, error: Exception) -> None:
        _LOG.warning("no process could be started to help to answer: %s", str(error) or "it ended at once")
        with self._lock:
            self._is_starting = False
            self._not_before = time.monotonic() + _TRY_AGAIN_S

    def _start_helper(self) -> None:
        try:
            helper = self._start(self._settings)
        except (OSError, EOFError) as error:
            self._not_now(error)
            return
        with self._lock:
            self._is_starting = False
            if is_wanted := self._is_open:  # and was not closed meanwhile
                self._helpers.append(helper)
                self._turns.offer(helper)
        if not is_wanted:
            helper.close()


def most_helpers(processes: int, *, index_size: int) -> int:
    """Return how many helpers there may be: none where one process is all that may run, or one core all there is.

    Args:
        processes: As many as were asked for; 0 is one for each core while their copies of the index are small.
        index_size: Bytes.
    """
    fitting = min(usable_threads(), _MOST, _MOST_COPIES // max(index_size, 1))
    allowed = processes or fitting
    return allowed if allowed > 1 else 0
