"""Searches over HTTP are kept in the journal once they are answered; no answer waits for it or fails with it."""

from __future__ import annotations

import logging
import threading

from assistant.answering.answer import Answer
from assistant.errors import JournalError
from assistant.journal import Journal, Kind, Note

_MOST_AT_ONCE = 8  # notes that are being written; while a program asks faster than that, a part of its queries is kept
_LOG = logging.getLogger(__name__)


class SearchNotes:
    """Keeps what was asked over HTTP."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._free = threading.Semaphore(_MOST_AT_ONCE)

    def keep(self, answer: Answer) -> None:
        """Keep a query with the decision of its answer, unless too many are being written already.

        A mistake in the filter says nothing about the articles, so such a query is not kept.
        """
        if not answer.query.strip() or answer.unknown_filters or not self._free.acquire(blocking=False):
            return
        try:
            self._journal.write(Note(Kind.ASKED, answer.query, answer.decision.value, answer.generation.id))
        except JournalError as error:
            _LOG.warning("%s", error)
        finally:
            self._free.release()
