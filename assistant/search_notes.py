"""What programs ask is kept in the journal once it is answered; no answer waits for it or fails with it.

One thread writes them: to mask a paste of 20,000 letters takes 40 ms of processor, during which nothing else in this
process goes on.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from assistant.answering.answer import Answer
from assistant.errors import JournalError
from assistant.journal import Journal
from assistant.notes import Kind, Note

_MOST_WAITING = 8  # notes to be written; while a program asks faster than that, a part of its queries is kept
_LOG = logging.getLogger(__name__)


class SearchNotes:
    """Keeps what was asked over HTTP and MCP."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._free = threading.Semaphore(_MOST_WAITING)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="search-notes")

    def keep(
        self, answer: Answer, client: str | None = None, *, did_not_help: bool = False, entry_id: str | None = None
    ) -> None:
        """Keep a query with the decision of its answer, unless too many wait to be kept.

        A mistake in the filter says nothing about the articles, so such a query is not kept.

        Args:
            answer: The answer, with its query.
            client: The program that asked; None for the page.
            did_not_help: Whether it is asked again because what was shown before did not help.
            entry_id: The entry that did not help.
        """
        if not answer.query.strip() or answer.unknown_filters or not self._free.acquire(blocking=False):
            return
        kind = Kind.DID_NOT_HELP if did_not_help else Kind.ASKED
        note = Note(kind, answer.query, answer.decision.value, answer.generation.id, entry_id, client=client)
        self._thread.submit(self._write, note)

    def _write(self, note: Note) -> None:
        try:
            self._journal.write(note)
        except JournalError as error:
            _LOG.warning("%s", error)
        finally:
            self._free.release()
