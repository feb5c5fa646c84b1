"""Chunks are encoded by the workers of a Dask cluster; the only module that imports distributed.

A worker is sent a chunk and returns its vectors, so it needs this project and the model, but neither the articles nor
the index folder. What a worker that died had begun, the scheduler gives to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from index.encoding.chunk_folder import ChunkFolder
from index.encoding.passage_encoder import Chunk, encode_chunk
from index.errors import BuildError, ModelError, first_line
from index.models.encoder import Advance, Encoder
from index.models.loading import load_encoder
from index.models.options import Backend, Precision
from index.ranking.passage_table import EncodedPassages

_CONNECT_S = 5.0
_WORKERS_S = 60.0  # a cluster that grows with its work has no worker at first
_AT_ONCE = 256  # chunks that the scheduler holds, 100 kB each


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The encoder that workers load: the arguments of `load_encoder`, and the fingerprint that it has to have."""

    name: str
    cache: Path
    backend: Backend
    precision: Precision
    threads: int | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask cluster.

    Attributes:
        address: Its scheduler's, such as "tcp://10.0.0.5:8786".
        choice: The encoder that its workers load.
    """

    address: str
    choice: EncoderChoice

    def encode(self, chunks: Sequence[Chunk], folder: ChunkFolder, advance: Advance | None) -> None:
        """Encode chunks on the workers and write each into the folder as it arrives.

        Raises:
            BuildError: Dask is not installed here, no scheduler or no worker answers, or several workers died of one
                chunk.
            ModelError: A worker has no such encoder, or has another one of that name.
        """
        if not chunks:
            return
        try:
            from distributed import Client
        except ImportError as error:
            remedy = 'run "pip install troubleshooting-assistant[dask]"'
            raise BuildError(f"ASSISTANT_DASK is {self.address}, and Dask is not installed", remedy) from error
        try:
            with Client(self.address, timeout=_CONNECT_S) as client:
                client.wait_for_workers(1, timeout=_WORKERS_S)
                _encode(client, chunks, folder, self.choice, advance)
        except OSError as error:  # what Dask raises where nobody listens, and TimeoutError
            problem = f"the Dask cluster at {self.address} (ASSISTANT_DASK) does not answer: {first_line(error)}"
            raise BuildError(problem, "start its scheduler and a worker, or unset ASSISTANT_DASK") from error


def _encode(
    client: Any, chunks: Sequence[Chunk], folder: ChunkFolder, choice: EncoderChoice, advance: Advance | None
) -> None:
    from distributed import KilledWorker, as_completed

    waiting = iter(chunks)
    running = {_submitted(client, chunk, choice): chunk for chunk in islice(waiting, _AT_ONCE)}
    arriving = as_completed(list(running))
    for future in arriving:
        chunk = running.pop(future)
        try:
            folder.write(chunk, future.result())
        except KilledWorker as error:
            problem = f'several workers died of the chunk that begins with "{chunk[0].entry_id}": {first_line(error)}'
            raise BuildError(problem, "look at the workers' logs; each may need more memory") from error
        if advance is not None:
            advance(len(chunk))
        for following in islice(waiting, 1):
            running[added := _submitted(client, following, choice)] = following
            arriving.add(added)


def _submitted(client: Any, chunk: Chunk, choice: EncoderChoice) -> Any:
    return client.submit(encode_remotely, chunk, choice, pure=False)


def encode_remotely(chunk: Chunk, choice: EncoderChoice) -> EncodedPassages:
    """Return the vectors of a chunk; runs on a worker, which keeps the encoder that it has loaded.

    Raises:
        ModelError: There is no such encoder here, or another one has its name.
    """
    return encode_chunk(chunk, _encoder(choice))


@cache
def _encoder(choice: EncoderChoice) -> Encoder:
    encoder = load_encoder(
        choice.name, choice.cache, backend=choice.backend, precision=choice.precision, threads=choice.threads
    )
    if encoder.identity.fingerprint != choice.fingerprint:
        raise ModelError(
            f'a worker\'s model "{choice.name}" has the fingerprint {encoder.identity.fingerprint[:12]}, not '
            f"{choice.fingerprint[:12]}",
            "give all machines the same files of the model",
        )
    return encoder
