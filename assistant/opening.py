"""From settings to an assistant that can be asked."""

from __future__ import annotations

from assistant.answering import Assistant
from assistant.settings import Settings
from index.models.encoder import Encoder
from index.models.files import model_files
from index.models.sentence_transformer import SentenceTransformerEncoder
from index.store import Store


def open_encoder(settings: Settings) -> Encoder:
    """Return the encoder that the settings name.

    Raises:
        ModelError: It is not to be found, or a file of it is not the expected one.
    """
    return SentenceTransformerEncoder(model_files(settings.model))


def open_assistant(settings: Settings) -> Assistant:
    """Return an assistant over the index that the settings name.

    Raises:
        SearchIndexError: There is no index that can be used, or no encoder.
    """
    store = Store(settings.index)
    store.current().close()  # says what to run before the encoder is loaded
    return Assistant(store, open_encoder(settings))
