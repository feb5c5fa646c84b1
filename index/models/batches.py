"""Texts as batches of token ids: texts of similar length together, and no more tokens at once than a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

TOKENS_AT_ONCE = 2048
_TEXTS_AT_ONCE = 2048

Ids = npt.NDArray[np.int64]
Token = TypeVar("Token")


@dataclass(frozen=True, slots=True)
class Batch:
    """Texts that are run together.

    Attributes:
        rows: Which of the texts they are.
        ids: (texts, width) token ids, padded on the right.
        mask: (texts, width), 1 for a token and 0 for padding.
        spans: (texts, width, 2) places in the text that each token was made of, in Unicode code points; (0, 0) for
            special tokens and padding.
    """

    rows: list[int]
    ids: Ids
    mask: Ids
    spans: npt.NDArray[np.int32]


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

    def batches(self, texts: Sequence[str], *, budget: int = TOKENS_AT_ONCE) -> Iterator[Batch]:
        """Yield the texts in batches, the longest of each thousand or two first; a text over the budget goes alone."""
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            run = self._cut_run(texts[start : start + _TEXTS_AT_ONCE])
            for rows in _grouped([len(ids) for ids, _ in run], budget):
                yield self._batch(rows, [run[row] for row in rows], start)

    def _cut_run(self, texts: Sequence[str]) -> list[tuple[list[int], list[tuple[int, int]]]]:
        found = [self._tokenizer.encode(texts[0])] if len(texts) == 1 else self._tokenizer.encode_batch(texts)
        return [(self._cut(each.ids), self._cut(each.offsets)) for each in found]

    def _cut(self, tokens: list[Token]) -> list[Token]:
        if len(tokens) <= self._limit:
            return tokens
        return tokens[: self._limit - self._closing] + tokens[len(tokens) - self._closing :]

    def _batch(
        self, rows: Sequence[int], run: Sequence[tuple[Sequence[int], Sequence[tuple[int, int]]]], start: int
    ) -> Batch:
        ids = np.full((len(run), len(run[0][0])), self._pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        spans = np.zeros((*ids.shape, 2), dtype=np.int32)
        for row, (own, places) in enumerate(run):
            ids[row, : len(own)] = own
            mask[row, : len(own)] = 1
            spans[row, : len(own)] = places
        return Batch([start + row for row in rows], ids, mask, spans)


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
