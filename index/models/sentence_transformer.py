"""The reference encoder: sentence-transformers, which runs any of its models on any device that torch supports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from index.errors import ModelError
from index.models.encoder import Advance, Encoded, EncoderIdentity, TokenVectors, Vectors
from index.models.model_files import ModelFiles, verify

_BATCH = 32
_MEANS = ("mean", "mean_sqrt_len_tokens")  # ways of pooling; these two differ in the vector's length alone


class SentenceTransformerEncoder:
    """An encoder run by sentence-transformers.

    Args:
        files: The model; its files are verified before they are loaded.
        device: As torch names it; None for the best there is.

    Raises:
        ModelError: A file is not the expected one, or the model cannot be loaded.
    """

    def __init__(self, files: ModelFiles, *, device: str | None = None) -> None:
        self._model: Any = open_model(files, device=device)
        self._identity = EncoderIdentity(
            name=files.name,
            fingerprint=files.fingerprint,
            dimension=int(self._model.get_embedding_dimension()),
            max_tokens=int(self._model.max_seq_length) - 2,  # without the special tokens at both ends
            pools_tokens=len(self._model) > 1 and getattr(self._model[1], "pooling_mode", "") in _MEANS,
        )

    @property
    def identity(self) -> EncoderIdentity:
        """What makes this encoder's vectors comparable with others."""
        return self._identity

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has, without special ones and without truncation."""
        return len(self._model.tokenizer(text, add_special_tokens=False, truncation=False, verbose=False)["input_ids"])

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return (texts, dimension) float32 unit rows in the order of the texts."""
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        for rows in self._batches(texts, advance):
            vectors[rows] = self._run([texts[row] for row in rows], as_query=as_query)
        return vectors

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        """Return the vectors and token vectors of the texts."""
        vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        tokens: list[TokenVectors | None] = [None] * len(texts)
        for rows in self._batches(texts, advance):
            outputs = self._run([texts[row] for row in rows], as_query=as_query, output_value=None)
            for row, each in zip(rows, outputs, strict=True):
                vectors[row] = each["sentence_embedding"].float().cpu().numpy()
                tokens[row] = self._tokens(
                    texts[row], each["token_embeddings"].float().cpu().numpy(), as_query=as_query
                )
        return Encoded(vectors, tuple(each for each in tokens if each is not None))

    def _run(self, texts: Sequence[str], *, as_query: bool, **options: Any) -> Any:
        run = self._model.encode_query if as_query else self._model.encode_document
        prefix = prefix_of(self._model, as_query=as_query)
        return run(list(texts), prompt=prefix, normalize_embeddings=True, show_progress_bar=False, **options)

    def _tokens(self, text: str, states: Vectors, *, as_query: bool) -> TokenVectors:
        prefix = prefix_of(self._model, as_query=as_query)
        encoding = self._model.tokenizer(
            prefix + text, truncation=True, max_length=self._model.max_seq_length, return_offsets_mapping=True
        )
        spans = np.array(encoding["offset_mapping"], dtype=np.int32) - len(prefix)
        in_text = (spans[:, 1] > spans[:, 0]) & (spans[:, 0] >= 0)  # special tokens are empty, the prefix is before 0
        vectors = states[: len(spans)][in_text]
        return TokenVectors(spans[in_text], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def _batches(self, texts: Sequence[str], advance: Advance | None) -> Iterator[list[int]]:
        """Yield positions of texts of similar length, the longest first, so that little padding is computed."""
        rows = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            yield batch
            if advance is not None:
                advance(len(batch))


def open_model(files: ModelFiles, *, device: str | None = None) -> Any:
    """Return a model as the library has it, once its files are verified.

    Raises:
        ModelError: A file is not the expected one, or the model cannot be loaded.
    """
    verify(files)
    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(str(files.folder), device=device, local_files_only=True)
    except Exception as error:
        raise ModelError(f'sentence-transformers cannot load "{files.name}" from {files.folder}: {error}') from error


def prefix_of(model: Any, *, as_query: bool) -> str:
    """Return what a sentence-transformers model is given before queries or passages ("query: "), or nothing.

    The library itself adds an empty prompt named "document" to a model that has one named "passage", and takes that.
    """
    names = ("query",) if as_query else ("document", "passage", "corpus")
    return next(filter(None, map(model.prompts.get, [*names, model.default_prompt_name])), "")
