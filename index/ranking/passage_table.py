"""The passages of a generation: the entry and field of each, its vector, and its words as 38-byte codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Field, Passage
from index.ranking.binary_codes import Codes, compress
from index.ranking.search_codes import SearchCodes
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.ragged import ranges
from index.storage.segments.columns import (
    DIGESTS,
    FIELD_NUMBERS,
    PASSAGE_COUNTS,
    SEARCH_CODES,
    VECTORS,
    WORD_CODES,
    WORD_COUNTS,
)

FIELDS = tuple(Field)
Halves = npt.NDArray[np.float16]
_FILE = "passages.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPassages:
    """The vectors and word codes of passages.

    Attributes:
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        word_counts: (passages,) int64, how many words each passage has.
        codes: (words, bytes) uint8, the words' codes, one passage after another.
    """

    vectors: Halves
    word_counts: npt.NDArray[np.int64]
    codes: Codes


class PassageTable:
    """The passages of a generation, by row; the entries' rows ascend.

    Attributes:
        entries: (passages,) int32, the row of each passage's entry, ascending.
        fields: (passages,) uint8, positions in `FIELDS`.
        digests: (passages, 32) uint8, the SHA-256 that `Passage.digest` has in hex.
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        search_codes: What `VectorIndex` searches by where there are many passages; None otherwise.
        background: (troubles, dimension) float16, the unit vectors that `index.ranking.background` compares with.
    """

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        rows = generation.entry_rows()
        firsts, counts = rows.runs(PASSAGE_COUNTS, rows.places)
        places = ranges(firsts, counts)
        self.entries: npt.NDArray[np.int32] = np.repeat(np.arange(len(rows), dtype=np.int32), counts)
        self.fields: npt.NDArray[np.uint8] = rows.of(FIELD_NUMBERS, places)[:]
        self.digests = rows.of(DIGESTS, places)
        self.vectors = rows.of(VECTORS, places)
        self.search_codes: SearchCodes | None = None
        if "codes_measured" in arrays:
            trained_on, unmeasured = arrays["codes_measured"].tolist()
            codes = rows.of(SEARCH_CODES, places)
            self.search_codes = SearchCodes(arrays["code_book"], codes, trained_on, unmeasured)
        self.background: Halves = arrays["background"]
        self._rows = rows

    def __len__(self) -> int:
        return len(self.entries)

    def word_counts(self, passages: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return how many words each of some passages has, as (passages,) int64, for (passages,) int64 rows."""
        return self._rows.runs(WORD_COUNTS, self.vectors.places[passages])[1]

    def words(self, passages: npt.NDArray[np.int64]) -> tuple[Codes, npt.NDArray[np.int64]]:
        """Return the words of some passages: (words, bytes) uint8 codes, one passage after another, and their numbers.

        Args:
            passages: (passages,) int64 rows.
        """
        firsts, counts = self._rows.runs(WORD_COUNTS, self.vectors.places[passages])
        return self._rows.of(WORD_CODES, ranges(firsts, counts))[:], counts

    def encoded(self, rows: npt.NDArray[np.int64]) -> EncodedPassages:
        """Return the vectors and word codes of some passages.

        Args:
            rows: (passages,) int64.
        """
        codes, counts = self.words(rows)
        return EncodedPassages(self.vectors[rows].astype(np.float16, copy=False), counts, codes)


def passage_columns(
    passages: Sequence[Passage], entry_ids: Sequence[str], encoded: EncodedPassages
) -> dict[str, npt.NDArray[Any]]:
    """Return what `PassageTable` reads of a segment that holds these entries.

    Args:
        passages: Those of the entries, in the order of these.
        entry_ids: The entries' ids.
        encoded: The vectors and word codes of the passages.
    """
    digests = b"".join(bytes.fromhex(passage.digest) for passage in passages)
    rows = {entry_id: row for row, entry_id in enumerate(entry_ids)}
    entries = np.array([rows[passage.entry_id] for passage in passages], dtype=np.int64)
    return {
        PASSAGE_COUNTS: np.bincount(entries, minlength=len(rows)).astype(np.int32),
        FIELD_NUMBERS: np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        DIGESTS: np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        VECTORS: encoded.vectors,
        WORD_COUNTS: encoded.word_counts.astype(np.int32),
        WORD_CODES: encoded.codes,
    }


def passage_files(background: Halves, codes: SearchCodes | None) -> dict[str, Payload]:
    """Return the files that `PassageTable` reads, by name.

    Args:
        background: (troubles, dimension) unit vectors of the common troubles.
        codes: What the passages are searched by, whose rows are in segments; None where there are few passages.
    """
    arrays: dict[str, npt.NDArray[Any]] = {"background": background}
    if codes is not None:
        arrays["code_book"] = codes.book
        arrays["codes_measured"] = np.array([codes.trained_on, codes.unmeasured], dtype=np.int64)
    return {_FILE: arrays}


def joined(pieces: Sequence[EncodedPassages], dimension: int) -> EncodedPassages:
    """Return the passages of several pieces, one piece after another."""
    if not pieces:
        empty = compress(np.empty((0, dimension), dtype=np.float32))
        return EncodedPassages(np.empty((0, dimension), dtype=np.float16), np.empty(0, dtype=np.int64), empty)
    return EncodedPassages(
        np.concatenate([each.vectors for each in pieces]),
        np.concatenate([each.word_counts for each in pieces]),
        np.concatenate([each.codes for each in pieces]),
    )


def selected(encoded: EncodedPassages, rows: npt.NDArray[np.int64]) -> EncodedPassages:
    """Return some of the passages, by their (passages,) int64 positions; one may be there several times."""
    starts = np.cumsum(encoded.word_counts) - encoded.word_counts
    words = ranges(starts[rows], encoded.word_counts[rows])
    return EncodedPassages(encoded.vectors[rows], encoded.word_counts[rows], encoded.codes[words])


def rows_by_digest(previous: PassageTable, wanted: Collection[str]) -> dict[str, int]:
    """Return the rows of the previous passages that have one of some digests."""
    beginnings = np.array([int(digest[:16], 16) for digest in wanted], dtype=">u8").view(np.uint64)
    digests = previous.digests[:]
    stored = np.ascontiguousarray(digests[:, :8]).view(np.uint64).ravel()
    found = ((bytes(digests[row]).hex(), row) for row in np.flatnonzero(np.isin(stored, beginnings)).tolist())
    return {digest: row for digest, row in found if digest in wanted}
