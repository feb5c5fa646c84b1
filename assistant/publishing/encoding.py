"""What is new in the articles is encoded for the next build."""

from __future__ import annotations

from assistant.publishing.rebuild import read_over
from assistant.settings import Settings
from corpus.labels import labels_of
from index.build_report import FORMAT
from index.builder import previous_generation
from index.encoding.chunk_folder import ChunkFolder
from index.encoding.cluster import Cluster, EncoderChoice
from index.encoding.parts import WHOLE, Part, PartReport, encode_part
from index.models.encoder import Encoder, StartProgress
from index.storage.store import Store


def encode_new(
    settings: Settings, encoder: Encoder, *, part: Part = WHOLE, start_progress: StartProgress | None = None
) -> PartReport:
    """Encode a part of what the current generation does not have; it is not published, and no build is in the way.

    Raises:
        CorpusError: The articles' folder cannot be read.
        SearchIndexError: The chunks cannot be written, or the cluster that the settings name does not answer.
    """
    cluster = _cluster(settings, encoder) if settings.dask else None
    current = previous_generation(Store(settings.index))
    corpus = read_over(current, settings.corpus, labels=labels_of(settings.labels))
    folder = ChunkFolder(settings.index, encoder.identity, made_as=FORMAT)
    return encode_part(
        corpus.entries,
        encoder,
        folder,
        current,
        part=part,
        encode=None if cluster is None else cluster.encode,
        start_progress=start_progress,
    )


def _cluster(settings: Settings, encoder: Encoder) -> Cluster:
    choice = EncoderChoice(
        settings.model,
        settings.cache.absolute(),
        settings.backend,
        settings.precision,
        settings.threads or None,
        encoder.identity.fingerprint,
    )
    return Cluster(settings.dask, choice)
