"""Texts become batches of token ids: texts of similar length together, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

TOKENS_PER_BATCH = 2048  # padding included
_TEXTS_AT_ONCE = 2048  # so many texts are tokenized and sorted by length together
_LEAST_WIDTH = 16  # tokens: most queries then have the same shape, which saves a quarter of their time

_T = TypeVar("_T")
Ids = npt.NDArray[np.int64]
Spans = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that are run together.

    Attributes:
        rows: The positions of these texts among all texts.
        ids: (texts, width) int64 token ids, padded on the right.
        mask: (texts, width) int64, 1 for a token and 0 for padding.
        spans: (texts, width, 2) int32, where each token begins and ends in its text, in Unicode code points; (0, 0)
            for special tokens and padding. None if not asked for.
    """

    rows: list[int]
    ids: Ids
    mask: Ids
    spans: Spans | None


class BatchTokenizer:
    """A tokenizer that truncates a text to what the model reads, keeping the special tokens at both ends.

    Args:
        definition: The content of a tokenizer.json.
        max_tokens: How many tokens of a text the model reads, not counting special ones.
        pad: The token id that fills up the shorter texts of a batch.
    """

    def __init__(self, definition: str, *, max_tokens: int, pad: int) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(definition)
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._pad = pad
        special = self._tokenizer.encode("a").special_tokens_mask
        self._limit = max_tokens + sum(special)
        self._closing = special[::-1].index(0)

    def count(self, text: str) -> int:
        """Return how many tokens a text has, without special ones and without truncation."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def batches(
        self, texts: Sequence[str], *, with_spans: bool = False, budget: int = TOKENS_PER_BATCH
    ) -> Iterator[Batch]:
        """Yield the texts in batches, the longest of each 2,048 first.

        Args:
            texts: Any texts.
            with_spans: Whether the batches need the tokens' spans.
            budget: How many tokens a batch may have, padding included; a text with more goes alone.
        """
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            encodings = self._tokenized(texts[start : start + _TEXTS_AT_ONCE], with_spans=with_spans)
            ids = [self._truncated(each.ids) for each in encodings]
            for rows in _grouped([max(len(each), _LEAST_WIDTH) for each in ids], budget):
                spans = [self._truncated(encodings[row].offsets) for row in rows] if with_spans else None
                yield self._batch([start + row for row in rows], [ids[row] for row in rows], spans)

    def _tokenized(self, texts: Sequence[str], *, with_spans: bool) -> Sequence[Any]:
        if len(texts) == 1:
            return [self._tokenizer.encode(texts[0])]
        if with_spans:
            return self._tokenizer.encode_batch(texts)
        return self._tokenizer.encode_batch_fast(texts)

    def _truncated(self, tokens: list[_T]) -> list[_T]:
        if len(tokens) <= self._limit:
            return tokens
        return tokens[: self._limit - self._closing] + tokens[len(tokens) - self._closing :]

    def _batch(
        self, rows: list[int], all_ids: Sequence[list[int]], all_spans: Sequence[list[tuple[int, int]]] | None
    ) -> Batch:
        ids = np.full((len(all_ids), max(len(all_ids[0]), _LEAST_WIDTH)), self._pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        spans = None if all_spans is None else np.zeros((*ids.shape, 2), dtype=np.int32)
        for row, own in enumerate(all_ids):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
            if spans is not None and all_spans is not None:
                spans[row, : len(own)] = all_spans[row]
        return Batch(rows, ids, mask, spans)


def _grouped(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield groups of positions, the longest texts first; with padding, a group's tokens stay within the budget."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda each: -lengths[each]):
        if group and (len(group) + 1) * lengths[group[0]] > budget:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
