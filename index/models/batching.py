"""Texts as batches of token ids: texts of similar length together, and no more tokens at once than a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

TOKENS_AT_ONCE = 2048
_TEXTS_AT_ONCE = 2048
_NARROWEST = 16  # tokens; most queries then have one width, and a runtime spares itself the change of shapes: a quarter

_T = TypeVar("_T")
Ids = npt.NDArray[np.int64]
Spans = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that are run together.

    Attributes:
        rows: Which of the texts they are.
        ids: (texts, width) token ids, padded on the right.
        mask: (texts, width), 1 for a token and 0 for padding.
        spans: (texts, width, 2) places of the tokens in their texts, (0, 0) for those that have none; None if not
            asked for.
    """

    rows: list[int]
    ids: Ids
    mask: Ids
    spans: Spans | None


class Tokens:
    """A tokenizer that cuts a text to what the model reads and keeps the tokens that open and close it.

    Args:
        definition: The content of a tokenizer.json.
        max_tokens: How many tokens are kept, special ones left out.
        pad: The id that fills up a batch.
    """

    def __init__(self, definition: str, *, max_tokens: int, pad: int) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_str(definition)
        self._pad = pad
        special = self._tokenizer.encode("a").special_tokens_mask
        self._limit = max_tokens + sum(special)
        self._closing = special[::-1].index(0)

    def count(self, text: str) -> int:
        """Return how many tokens a text has, special ones left out, nothing cut."""
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def batches(
        self, texts: Sequence[str], *, with_spans: bool = False, budget: int = TOKENS_AT_ONCE
    ) -> Iterator[Batch]:
        """Yield the texts in batches, the longest of each thousand or two first; a text over the budget goes alone."""
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            found = self._encoded(texts[start : start + _TEXTS_AT_ONCE], with_spans=with_spans)
            run = [self._cut(each.ids) for each in found]
            for rows in _grouped([max(len(ids), _NARROWEST) for ids in run], budget):
                spans = [self._cut(found[row].offsets) for row in rows] if with_spans else None
                yield self._batch([start + row for row in rows], [run[row] for row in rows], spans)

    def _encoded(self, texts: Sequence[str], *, with_spans: bool) -> Sequence[Any]:
        if len(texts) == 1:
            return [self._tokenizer.encode(texts[0])]
        if with_spans:
            return self._tokenizer.encode_batch(texts)
        return self._tokenizer.encode_batch_fast(texts)

    def _cut(self, tokens: list[_T]) -> list[_T]:
        if len(tokens) <= self._limit:
            return tokens
        return tokens[: self._limit - self._closing] + tokens[len(tokens) - self._closing :]

    def _batch(
        self, rows: list[int], run: Sequence[list[int]], own_spans: Sequence[list[tuple[int, int]]] | None
    ) -> Batch:
        ids = np.full((len(run), max(len(run[0]), _NARROWEST)), self._pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        spans = None if own_spans is None else np.zeros((*ids.shape, 2), dtype=np.int32)
        for row, own in enumerate(run):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
            if spans is not None and own_spans is not None:
                spans[row, : len(own)] = own_spans[row]
        return Batch(rows, ids, mask, spans)


def _grouped(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Yield positions, longest first, so many that their padded tokens stay within the budget."""
    group: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda each: -lengths[each]):
        if group and (len(group) + 1) * lengths[group[0]] > budget:
            yield group
            group = []
        group.append(row)
    if group:
        yield group
