"""The everyday encoder: a model that was exported from the reference encoder, run by OpenVINO on the CPU.

It imports neither torch nor sentence-transformers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from index.models.batching import Batch, BatchTokenizer
from index.models.encoder import Advance, Encoded, EncoderIdentity, TokenVectors, Vectors
from index.models.export_cache import Exported, Pooling


class OpenVinoEncoder:
    """An encoder run by OpenVINO; safe to use from several threads, which do not wait for one another.

    `index.models.exported_model.open_exported` returns one.

    Args:
        name: The model's name, for people.
        fingerprint: The reference encoder's fingerprint, for the vectors are comparable.
        exported: The exported model.
        compiled: The same, loaded by OpenVINO.
    """

    def __init__(self, name: str, fingerprint: str, exported: Exported, compiled: Any) -> None:
        self._exported = (
            exported  # is referred to so that its memory stays: the compiled model reads its weights from there
        )
        self._recipe = exported.recipe
        self._tokenizer = BatchTokenizer(exported.tokenizer, max_tokens=self._recipe.max_tokens, pad=self._recipe.pad)
        self._compiled = compiled
        self._streams = int(compiled.get_property("NUM_STREAMS"))
        self._idle: list[
            Any
        ] = []  # inference requests; the last one used is taken first, its memory may still be in cache
        self._identity = EncoderIdentity(
            name,
            fingerprint,
            self._recipe.dimension,
            self._recipe.max_tokens,
            pools_tokens=self._recipe.pooling == Pooling.MEAN,
        )

    @property
    def identity(self) -> EncoderIdentity:
        """The reference encoder's identity, for the vectors are comparable."""
        return self._identity

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, without special ones and without truncation."""
        return self._tokenizer.count(text)

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return (texts, dimension) float32 unit rows in the order of the texts."""
        vectors = np.empty((len(texts), self._recipe.dimension), dtype=np.float32)
        prefix = self._prefix(as_query=as_query)
        for batch, states in self._states(self._tokenizer.batches([prefix + text for text in texts]), advance):
            vectors[batch.rows] = self._pooled(states, batch)
        return vectors

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return the vectors and token vectors of the texts."""
        vectors = np.empty((len(texts), self._recipe.dimension), dtype=np.float32)
        tokens: dict[int, TokenVectors] = {}
        prefix = self._prefix(as_query=as_query)
        batches = self._tokenizer.batches([prefix + text for text in texts], with_spans=True)
        for batch, states in self._states(batches, advance):
            vectors[batch.rows] = self._pooled(states, batch)
            tokens |= zip(batch.rows, _token_vectors(states, batch, len(prefix)), strict=True)
        return Encoded(vectors, tuple(tokens[row] for row in range(len(texts))))

    def _prefix(self, *, as_query: bool) -> str:
        return self._recipe.query_prefix if as_query else self._recipe.passage_prefix

    def _states(self, batches: Iterable[Batch], advance: Advance | None) -> Iterator[tuple[Batch, Vectors]]:
        """Yield each batch with its (texts, width, dimension) float32 token vectors.

        The array is overwritten when the next batch is asked for. Batches are computed in parallel on all streams of
        the model, also while the caller works on the one it was given.
        """
        running: deque[tuple[Batch, Any]] = deque()
        for batch in batches:
            running.append((batch, self._start(batch)))
            if len(running) > self._streams:
                yield from self._finish(*running.popleft(), advance)
        while running:
            yield from self._finish(*running.popleft(), advance)

    def _start(self, batch: Batch) -> Any:
        try:
            request = self._idle.pop()
        except IndexError:
            request = self._compiled.create_infer_request()
        request.start_async([batch.ids, batch.mask], share_inputs=True)
        return request

    def _finish(self, batch: Batch, request: Any, advance: Advance | None) -> Iterator[tuple[Batch, Vectors]]:
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
    """Yield the token vectors of each text of a batch, without special tokens and those of the prefix."""
    assert batch.spans is not None
    spans = batch.spans - np.int32(prefix)
    in_text = (spans[..., 1] > spans[..., 0]) & (spans[..., 0] >= 0)  # special tokens are empty, the prefix is before 0
    for own_spans, own, rows in zip(spans, states, in_text, strict=True):
        yield TokenVectors(own_spans[rows], _unit(own[rows]))


def _unit(rows: Vectors) -> Vectors:
    lengths = np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)  # as torch.nn.functional.normalize
    unit: Vectors = rows / lengths
    return unit
