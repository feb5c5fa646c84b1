"""The everyday encoder: a model exported once from the reference encoder and run by OpenVINO on the CPU.

Neither torch nor sentence-transformers is imported unless a model has to be exported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from index.models.batching import Batch, Tokens
from index.models.encoder import Advance, Encoded, EncoderIdentity, TokenVectors, Vectors
from index.models.export_cache import Exported, Pooling


class ExportedEncoder:
    """An encoder run by OpenVINO; safe to use from several threads, which do not wait for one another.

    `index.models.openvino_export.open_exported` makes one.

    Args:
        name: The model's name, for people.
        fingerprint: The reference encoder's: its vectors and these are comparable.
        exported: The model's recipe and tokenizer.
        compiled: The model as OpenVINO loaded it.
    """

    def __init__(self, name: str, fingerprint: str, exported: Exported, compiled: Any) -> None:
        self._exported = exported  # the compiled model reads its weights from there
        self._recipe = exported.recipe
        self._tokens = Tokens(exported.tokenizer, max_tokens=self._recipe.max_tokens, pad=self._recipe.pad)
        self._compiled = compiled
        self._streams = int(compiled.get_property("NUM_STREAMS"))
        self._idle: list[Any] = []  # requests; the last one used has its memory still in the processor's cache
        self._identity = EncoderIdentity(name, fingerprint, self._recipe.dimension, self._recipe.max_tokens)

    @property
    def identity(self) -> EncoderIdentity:
        """What makes this encoder's vectors comparable with others: the reference encoder's identity."""
        return self._identity

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, special ones left out, nothing cut."""
        return self._tokens.count(text)

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return (texts, dimension) float32 unit rows in the order of the texts."""
        vectors = np.empty((len(texts), self._recipe.dimension), dtype=np.float32)
        prefix = self._prefix(as_query=as_query)
        for batch, states in self._states(self._tokens.batches([prefix + text for text in texts]), advance):
            vectors[batch.rows] = self._pooled(states, batch)
        return vectors

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return vectors and token vectors of the texts."""
        vectors = np.empty((len(texts), self._recipe.dimension), dtype=np.float32)
        tokens: dict[int, TokenVectors] = {}
        prefix = self._prefix(as_query=as_query)
        batches = self._tokens.batches([prefix + text for text in texts], with_spans=True)
        for batch, states in self._states(batches, advance):
            vectors[batch.rows] = self._pooled(states, batch)
            tokens |= zip(batch.rows, _token_vectors(states, batch, len(prefix)), strict=True)
        return Encoded(vectors, tuple(tokens[row] for row in range(len(texts))))

    def _prefix(self, *, as_query: bool) -> str:
        return self._recipe.query_prefix if as_query else self._recipe.passage_prefix

    def _states(self, batches: Iterable[Batch], advance: Advance | None) -> Iterator[tuple[Batch, Vectors]]:
        """Yield each batch with its (texts, width, dimension) states, which are gone when the next one is asked for.

        Batches are computed at once on all of the model's streams, and while the caller does its part.
        """
        running: deque[tuple[Batch, Any]] = deque()
        for batch in batches:
            running.append((batch, self._started(batch)))
            if len(running) > self._streams:
                yield from self._finished(*running.popleft(), advance)
        while running:
            yield from self._finished(*running.popleft(), advance)

    def _started(self, batch: Batch) -> Any:
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        request.start_async([batch.ids, batch.mask], share_inputs=True)
        return request

    def _finished(self, batch: Batch, request: Any, advance: Advance | None) -> Iterator[tuple[Batch, Vectors]]:
        request.wait()
        yield batch, request.get_output_tensor(0).data
        self._idle.append(request)
        if advance is not None:
            advance(len(batch.rows))

    def _pooled(self, states: Vectors, batch: Batch) -> Vectors:
        if self._recipe.pooling == Pooling.CLS:
            return _unit(states[:, 0])
        return _unit((batch.mask[:, None, :].astype(np.float32) @ states)[:, 0])


def _token_vectors(states: Vectors, batch: Batch, prefix: int) -> Iterator[TokenVectors]:
    """Yield the token vectors of a batch; special tokens have no place in the text, and the prefix is before it."""
    assert batch.spans is not None
    spans = batch.spans - np.int32(prefix)
    kept = (spans[..., 1] > spans[..., 0]) & (spans[..., 0] >= 0)
    for own_spans, own, rows in zip(spans, states, kept, strict=True):
        yield TokenVectors(own_spans[rows], _unit(own[rows]))


def _unit(rows: Vectors) -> Vectors:
    unit: Vectors = rows / np.maximum(
        np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12
    )  # as torch.nn.functional.normalize
    return unit
