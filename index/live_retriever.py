"""Which generation is answered from: the one that is current, or the last good one while that cannot be used."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.builder import FORMAT
from index.errors import BadIndexError, NoIndexError
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.generation import Generation
from index.storage.store import ListedGeneration

_LOG = logging.getLogger(__name__)
_TRY_AGAIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Serving:
    """What is answered from now.

    Attributes:
        pointed: The id that the pointer named when this was decided; None where it could not be read.
        retriever: Of the generation that is answered from.
        problem: Why that is not the current generation, with what mends it; None where it is.
        decided_at: When, on the clock's seconds.
    """

    pointed: str | None
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
    """Takes up a generation on the first query after it was published; safe to use from several threads.

    A generation that cannot be used is refused: the one before goes on answering, and `Serving.problem` says so.

    Args:
        store: Where the generations are.
        encoder: Encodes queries; a generation of another encoder is refused.
        clock: Seconds, for tests.
    """

    def __init__(
        self, store: GenerationSource, encoder: Encoder, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._clock = clock
        self._lock = threading.Lock()
        self._serving: Serving | None = None

    def serving(self) -> Serving:
        """Return what a query is answered from.

        Raises:
            NoIndexError: Nothing was ever built.
            BadIndexError: No generation can be used.
        """
        pointed, problem = self._pointed()
        serving = self._serving
        if serving is not None and self._still_right(serving, pointed, problem):
            return serving
        if not self._lock.acquire(blocking=serving is None):
            assert serving is not None
            return serving  # another query is reading the new generation; this one need not wait for it
        try:
            serving = self._serving
            if serving is None or not self._still_right(serving, pointed, problem):
                self._serving = serving = self._decide(pointed, problem)
            return serving
        finally:
            self._lock.release()

    def _pointed(self) -> tuple[str | None, str | None]:
        try:
            return self._store.current_id(), None
        except BadIndexError as error:
            return None, str(error)

    def _still_right(self, serving: Serving, pointed: str | None, problem: str | None) -> bool:
        if pointed != serving.pointed:
            return False
        return serving.problem is None or (
            self._clock() < serving.decided_at + _TRY_AGAIN_S and problem in {None, serving.problem}
        )

    def _decide(self, pointed: str | None, problem: str | None) -> Serving:
        try:
            retriever = self._open(self._store.current())
        except (BadIndexError, NoIndexError) as error:
            _LOG.warning("the current generation cannot be used: %s", problem or error)
            fallback = self._serving.retriever if self._serving is not None else self._last_good(error)
            return Serving(pointed, fallback, problem or str(error), self._clock())
        return Serving(retriever.generation.generation_id, retriever, None, self._clock())

    def _last_good(self, error: BadIndexError | NoIndexError) -> Retriever:
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
            retriever = Retriever(generation, self._encoder)
        except (LookupError, ValueError, TypeError) as error:  # a bug of whoever built it, shown in the log
            _LOG.exception("the files of %s do not fit together", generation.path)
            raise BadIndexError(f'the files of {generation.path} do not fit together; run "assistant build"') from error
        generation.drop_contents()
        return retriever
