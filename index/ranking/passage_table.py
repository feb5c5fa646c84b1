"""The passages of a generation: the entry and field of each, its vector, and its words as 38-byte codes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Field, Passage
from index.ranking.binary_codes import Codes, compress
from index.ranking.search_codes import CodesBefore, SearchCodes
from index.ranking.vector_index import build_codes
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.ragged import ranges

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
    """The passages of a generation, by row.

    Attributes:
        entries: (passages,) int32, the row of each passage's entry, ascending.
        fields: (passages,) uint8, positions in `FIELDS`.
        digests: (passages, 32) uint8, the SHA-256 that `Passage.digest` has in hex.
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        search_codes: What `VectorIndex` searches by where there are many passages; None otherwise.
        word_starts: (passages + 1,) int64, where each passage's words begin in `codes`.
        codes: (words, bytes) uint8, the words' codes, one passage after another.
        background: (troubles, dimension) float16, the unit vectors that `index.ranking.background` compares with.
    """

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self.entries: npt.NDArray[np.int32] = arrays["entries"]
        self.fields: npt.NDArray[np.uint8] = arrays["fields"]
        self.digests: npt.NDArray[np.uint8] = arrays["digests"]
        self.vectors: Halves = arrays["vectors"]
        self.search_codes = _stored_codes(arrays)
        self.word_starts: npt.NDArray[np.int64] = arrays["word_starts"]
        self.codes: Codes = arrays["codes"]
        self.background: Halves = arrays["background"]

    def __len__(self) -> int:
        return len(self.entries)

    def encoded(self, rows: npt.NDArray[np.int64]) -> EncodedPassages:
        """Return the vectors and word codes of some passages.

        Args:
            rows: (passages,) int64.
        """
        counts = (self.word_starts[1:] - self.word_starts[:-1])[rows]
        words = ranges(self.word_starts[rows], counts)
        vectors = self.vectors[rows].astype(np.float16, copy=False)
        return EncodedPassages(vectors, counts, self.codes[words])


def passage_files(
    passages: Sequence[Passage],
    entry_rows: Mapping[str, int],
    encoded: EncodedPassages,
    background: Halves,
    *,
    previous: PassageTable | None = None,
    before: npt.NDArray[np.int32] | None = None,
) -> dict[str, Payload]:
    """Return the files that `PassageTable` reads, by name.

    Args:
        passages: Those of new entries, in the order of these.
        entry_rows: The rows of these entries by their ids.
        encoded: The vectors and word codes of these passages.
        background: (troubles, dimension) unit vectors of the common troubles.
        previous: The table of the generation before, whose code book for the search is used again if it fits.
        before: (entries,) the row that each entry has in that table, -1 for a new one; None where all are new.
    """
    digests = b"".join(bytes.fromhex(passage.digest) for passage in passages)
    arrays: dict[str, npt.NDArray[Any]] = {
        "entries": np.array([entry_rows[passage.entry_id] for passage in passages], dtype=np.int32),
        "fields": np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        "digests": np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        "vectors": encoded.vectors,
        "word_starts": np.concatenate([[0], np.cumsum(encoded.word_counts)]).astype(np.int64),
        "codes": encoded.codes,
    }
    codes_before = None
    if previous is not None and before is not None:
        arrays, rows = _with_those_before(arrays, previous, before)
        codes_before = None if previous.search_codes is None else CodesBefore(previous.search_codes, rows)
    codes = build_codes(arrays["vectors"], before=codes_before)
    return {_FILE: {**arrays, "background": background, **({} if codes is None else _code_arrays(codes))}}


def _code_arrays(codes: SearchCodes) -> dict[str, npt.NDArray[Any]]:
    measured = np.array([codes.trained_on, codes.unmeasured], dtype=np.int64)
    return {"code_book": codes.book, "search_codes": codes.rows, "codes_measured": measured}


def _stored_codes(arrays: Mapping[str, npt.NDArray[Any]]) -> SearchCodes | None:
    if "search_codes" not in arrays:
        return None
    trained_on, unmeasured = arrays["codes_measured"].tolist()
    return SearchCodes(arrays["code_book"], arrays["search_codes"], trained_on, unmeasured)


def passage_count(files: Mapping[str, Payload]) -> int:
    """Return how many passages are in the files that `passage_files` returned."""
    arrays = files[_FILE]
    assert not isinstance(arrays, bytes)
    return len(arrays["entries"])


def _with_those_before(
    new: Mapping[str, npt.NDArray[Any]], previous: PassageTable, before: npt.NDArray[np.int32]
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.int64]]:
    """Return the arrays of all passages, and the row that each has in the generation before, -1 for a new one."""
    is_old = before >= 0
    counts = np.bincount(new["entries"], minlength=len(before))
    counts[is_old] = np.bincount(previous.entries, minlength=int(before.max(initial=0)) + 1)[before[is_old]]
    entries = np.repeat(np.arange(len(before), dtype=np.int32), counts)
    from_old = np.repeat(is_old, counts)
    rows = ranges(np.searchsorted(previous.entries, before[is_old]), counts[is_old])
    stored: dict[str, npt.NDArray[Any]] = {
        "fields": previous.fields,
        "digests": previous.digests,
        "vectors": previous.vectors,
    }
    joined = {name: _joined_by(from_old, each[rows], new[name]) for name, each in stored.items()}
    word_counts = _joined_by(from_old, np.diff(previous.word_starts)[rows], np.diff(new["word_starts"]))
    words = ranges(previous.word_starts[rows], np.diff(previous.word_starts)[rows])
    codes = _joined_by(np.repeat(from_old, word_counts), previous.codes[words], new["codes"])
    word_starts = np.append(0, np.cumsum(word_counts)).astype(np.int64)
    rows_before = _joined_by(from_old, rows, np.full(len(new["entries"]), -1, dtype=np.int64))
    return {"entries": entries, **joined, "word_starts": word_starts, "codes": codes}, rows_before


def _joined_by(is_one: npt.NDArray[np.bool_], one: npt.NDArray[Any], other: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the rows of two arrays in the order that says which is of the one."""
    joined = np.empty((len(is_one), *one.shape[1:]), other.dtype)
    joined[is_one] = one
    joined[~is_one] = other
    return joined


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
    stored = np.ascontiguousarray(previous.digests[:, :8]).view(np.uint64).ravel()
    found = ((bytes(previous.digests[row]).hex(), row) for row in np.flatnonzero(np.isin(stored, beginnings)).tolist())
    return {digest: row for digest, row in found if digest in wanted}
