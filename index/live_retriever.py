"""Queries are answered from the current generation, or from the last usable one while that cannot be used."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from index.build_report import FORMAT
from index.errors import BadIndexError, NoIndexError
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.generation import Generation
from index.storage.store import ListedGeneration

if TYPE_CHECKING:
    from index.engines.hosted import Hosted

_LOG = logging.getLogger(__name__)
_RETRY_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Served:
    """What queries are answered from now.

    Attributes:
        current_id: Of the current generation when this was decided; None where the pointer could not be read.
        retriever: Of the generation that answers.
        problem: Why that is not the current generation, and the command that repairs it; None where it is.
        decided_at: When, in seconds of the clock.
    """

    current_id: str | None
    retriever: Retriever
    problem: str | None
    decided_at: float


class GenerationSource(Protocol):
    """What is needed of a store of generations, so that another object can say which generation is the current one."""

    def current_id(self) -> str | None:
        """Return the id of the current generation, or None."""

    def current(self) -> Generation:
        """Open the current generation."""

    def generations(self) -> Sequence[ListedGeneration]:
        """Return the generations that may be used while the current one cannot, the best first."""

    def open(self, generation_id: str, /) -> Generation:
        """Open a generation."""


class LiveRetriever:
    """Changes to a new generation on the first query after it was published; safe to use from several threads.

    A generation that cannot be used is refused: the one before goes on answering, and `Served.problem` says so.

    Args:
        store: Where the generations are.
        encoder: Encodes queries; a generation of another encoder is refused.
        clock: Seconds, for tests.
        reads_all: Read all of a generation before the first query is answered from it, so that nothing depends on the
            disk any more. Otherwise only what a query needs is read, which is less work for a single one.
        engine: The server that holds the entries, of which then only what is shown is read; None searches the files.
    """

    def __init__(
        self,
        store: GenerationSource,
        encoder: Encoder,
        *,
        clock: Callable[[], float] = time.monotonic,
        reads_all: bool = True,
        engine: Hosted | None = None,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._clock = clock
        self._reads_all = reads_all and engine is None
        self._engine = engine
        self._lock = threading.Lock()
        self._served: Served | None = None

    def served(self) -> Served:
        """Return what a query is answered from.

        Raises:
            NoIndexError: Nothing was ever built.
            BadIndexError: No generation can be used.
        """
        current_id, problem = self._current_id()
        served = self._served
        if served is not None and self._is_up_to_date(served, current_id, problem):
            return served
        if not self._lock.acquire(blocking=served is None):
            assert served is not None
            return served  # another query is reading the new generation; this one need not wait for it
        try:
            served = self._served
            if served is None or not self._is_up_to_date(served, current_id, problem):
                self._served = served = self._decide(current_id, problem)
            return served
        finally:
            self._lock.release()

    def _current_id(self) -> tuple[str | None, str | None]:
        try:
            return self._store.current_id(), None
        except BadIndexError as error:
            return None, str(error)

    def _is_up_to_date(self, served: Served, current_id: str | None, problem: str | None) -> bool:
        if current_id != served.current_id:
            return False
        return served.problem is None or (
            self._clock() < served.decided_at + _RETRY_AFTER_S and problem in {None, served.problem}
        )

    def _decide(self, current_id: str | None, problem: str | None) -> Served:
        try:
            retriever = self._open(self._store.current())
        except (BadIndexError, NoIndexError) as error:
            _LOG.warning("the current generation cannot be used: %s", problem or error)
            fallback = self._served.retriever if self._served is not None else self._last_usable(error)
            return Served(current_id, fallback, problem or str(error), self._clock())
        return Served(retriever.generation.generation_id, retriever, None, self._clock())

    def _last_usable(self, error: BadIndexError | NoIndexError) -> Retriever:
        for listed in self._store.generations():
            try:
                return self._open(self._store.open(listed.generation_id))
            except BadIndexError:
                continue
        raise error

    def _open(self, generation: Generation) -> Retriever:
        made_with, identity = generation.facts.get("encoder", {}), self._encoder.identity
        if generation.facts.get("format") != FORMAT:
            raise BadIndexError(f'{generation.path} was made by another version; run "assistant build"')
        if made_with.get("fingerprint") != identity.fingerprint:
            raise BadIndexError(
                f"{generation.path} was made with the encoder {made_with.get('name')}, but {identity.name} "
                'is asked for; run "assistant build"'
            )
        try:
            if self._reads_all:
                generation.load()
            retriever = Retriever(generation, self._encoder, engine=self._engine)
        except (LookupError, ValueError, TypeError) as error:  # an error of the program that built it, logged
            _LOG.exception("the files of %s do not fit together", generation.path)
            raise BadIndexError(f'the files of {generation.path} do not fit together; run "assistant build"') from error
        generation.drop_contents()
        return retriever
