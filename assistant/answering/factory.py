"""An assistant is made from the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from index.models.encoder import Encoder
from index.models.loading import load_encoder
from index.storage.store import Store

if TYPE_CHECKING:
    from index.engines.hosted import Hosted


def open_encoder(settings: Settings) -> Encoder:
    """Return the encoder that the settings name.

    Raises:
        ModelError: There is no such encoder, it is not the expected one, or it cannot be run with these settings.
    """
    return load_encoder(
        settings.model,
        settings.cache,
        backend=settings.backend,
        precision=settings.precision,
        threads=settings.threads or None,
    )


def open_engine(settings: Settings) -> Hosted | None:
    """Return the server that holds the entries; None where the files of the index are searched. Nothing is sent yet."""
    if not settings.engine:
        return None
    from index.engines.hosted import Hosted
    from index.engines.options import EngineOptions

    authority, certificate, key = (
        Path(path) if path else None for path in (settings.engine_ca, settings.engine_certificate, settings.engine_key)
    )
    return Hosted(
        EngineOptions(
            settings.engine,
            settings.engine_user,
            settings.engine_password,
            settings.engine_token,
            authority,
            certificate,
            key,
            settings.engine_search,
        )
    )


@contextmanager
def engine_of(settings: Settings) -> Iterator[Hosted | None]:
    """Give what `open_engine` returns; its connection is closed at the end of the block."""
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        if engine is not None:
            engine.close()


def open_assistant(settings: Settings, *, reads_all: bool = True) -> Assistant:
    """Return an assistant over the index that the settings name.

    Args:
        settings: The settings.
        reads_all: Read all of the index before the first query; False for a single query, which needs little of it.

    Raises:
        SearchIndexError: There is no index that can be used, or no encoder.
    """
    store = Store(settings.index)
    if not store.generations():
        store.current()  # raises before the encoder is loaded
    return Assistant(store, open_encoder(settings), reads_all=reads_all, engine=open_engine(settings))
