"""The passages of a generation: the entry and field of each, its vector, and its words as 38-byte codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Field, Passage
from index.analysis.terms import is_stop_word
from index.models.encoder import Advance, Encoder, TokenVectors, Vectors
from index.ranking.binary_codes import Codes, compress
from index.ranking.vector_index import SearchCodes, build_codes
from index.ranking.word_vectors import word_vectors
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.ragged import ranges

FIELDS = tuple(Field)
Halves = npt.NDArray[np.float16]
_ZERO = 1e-6  # a sum of vectors that is no longer than this has no direction
_SEGMENTS_AT_ONCE = 256  # their token vectors take 100 MB until they are compressed
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
        self.search_codes: SearchCodes | None = arrays.get("search_codes")
        self.word_starts: npt.NDArray[np.int64] = arrays["word_starts"]
        self.codes: Codes = arrays["codes"]
        self.background: Halves = arrays["background"]

    def __len__(self) -> int:
        return len(self.entries)

    def passages(self, entry_row: int, entry_id: str) -> Iterator[Passage]:
        """Yield the passages of an entry, without their texts, which are not stored."""
        first, end = np.searchsorted(self.entries, [entry_row, entry_row + 1])
        for row in range(first, end):
            yield Passage(entry_id, FIELDS[self.fields[row]], "", 0, "", bytes(self.digests[row]).hex())

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
) -> dict[str, Payload]:
    """Return the files that `PassageTable` reads, by name.

    Args:
        passages: In the order of their entries.
        entry_rows: The entries' rows by their ids.
        encoded: The vectors and word codes of the passages.
        background: (troubles, dimension) unit vectors of the common troubles.
        previous: The table of the generation before, whose code book for the search is used again if it fits.
    """
    digests = b"".join(bytes.fromhex(passage.digest) for passage in passages)
    search_codes = build_codes(encoded.vectors, previous=None if previous is None else previous.search_codes)
    arrays: dict[str, npt.NDArray[Any]] = {
        "entries": np.array([entry_rows[passage.entry_id] for passage in passages], dtype=np.int32),
        "fields": np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        "digests": np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        "vectors": encoded.vectors,
        "word_starts": np.concatenate([[0], np.cumsum(encoded.word_counts)]).astype(np.int64),
        "codes": encoded.codes,
        "background": background,
    }
    return {_FILE: arrays if search_codes is None else {**arrays, "search_codes": search_codes}}


def encode_passages(
    passages: Sequence[Passage], encoder: Encoder, *, previous: PassageTable | None, advance: Advance | None = None
) -> tuple[EncodedPassages, int]:
    """Encode passages, except those whose digest a previous generation has; also return how many were encoded.

    Args:
        passages: In the order of the rows that are returned; passages of one segment are neighbours.
        encoder: Encodes those that are new.
        previous: Passages that an encoder of the same identity encoded, or None.
        advance: Called with the number of passages done since its last call, first for those that were not encoded.
    """
    old_rows = _rows_by_digest(previous)
    old = 0 if previous is None else len(previous)
    new: dict[str, int] = {}
    sources = np.empty(len(passages), dtype=np.int64)  # rows of the previous passages and, after them, of the new ones
    for row, passage in enumerate(passages):
        old_row = old_rows.get(bytes.fromhex(passage.digest))
        sources[row] = old + new.setdefault(passage.digest, len(new)) if old_row is None else old_row
    if advance is not None:
        advance(len(passages) - len(new))
    firsts = {passage.digest: passage for passage in reversed(passages)}
    pieces = list(_encode([firsts[digest] for digest in new], encoder, advance))
    if previous is not None:
        pieces.insert(0, previous.encoded(np.arange(old, dtype=np.int64)))
    return _selected(_joined(pieces, encoder.identity.dimension), sources), len(new)


def _encode(passages: Sequence[Passage], encoder: Encoder, advance: Advance | None) -> Iterator[EncodedPassages]:
    """Encode each segment once, and yield the vectors and word codes of its passages."""
    segments = [list(run) for _, run in groupby(passages, key=lambda passage: passage.segment)]
    for start in range(0, len(segments), _SEGMENTS_AT_ONCE):
        runs = segments[start : start + _SEGMENTS_AT_ONCE]
        advance_segments = None if advance is None else _scaled(advance, sum(map(len, runs)) / len(runs))
        encoded = encoder.encode_tokens([run[0].segment for run in runs], advance=advance_segments)
        pairs = [pair for number, run in enumerate(runs) for pair in _passage_vectors(run, *encoded.of(number))]
        counts = np.array([len(words) for _, words in pairs], dtype=np.int64)
        vectors = np.stack([vector for vector, _ in pairs]).astype(np.float16)
        yield EncodedPassages(vectors, counts, compress(np.concatenate([words for _, words in pairs])))


def _scaled(advance: Advance, passages_per_segment: float) -> Advance:
    """Return a function that is called with numbers of segments and calls `advance` with numbers of passages."""
    segments = passages = 0

    def advance_segments(count: int) -> None:
        nonlocal segments, passages
        segments += count
        now = round(segments * passages_per_segment)
        advance(now - passages)
        passages = now

    return advance_segments


def _passage_vectors(
    run: Sequence[Passage], vector: Vectors, tokens: TokenVectors
) -> Iterator[tuple[Vectors, Vectors]]:
    """Yield for each passage of a segment its vector and the vectors of its words, without stop words.

    The passage that is the whole segment has no words, because the other passages have them already.
    """
    words = word_vectors(run[0].segment, tokens)
    for passage in run:
        if passage.field is Field.WHOLE:
            yield vector, words.vectors[:0]
            continue
        own = words.within(passage.start, passage.start + len(passage.text))
        yield _mean(own.vectors, vector), own.vectors[[not is_stop_word(word) for word in own.words]]


def _mean(vectors: Vectors, otherwise: Vectors) -> Vectors:
    """Return the unit vector of the sum of vectors; `otherwise` if there are none or they cancel out."""
    total = vectors.sum(axis=0)
    length = float(np.linalg.norm(total))
    return total / length if length > _ZERO else otherwise


def _joined(pieces: Sequence[EncodedPassages], dimension: int) -> EncodedPassages:
    if not pieces:
        empty = compress(np.empty((0, dimension), dtype=np.float32))
        return EncodedPassages(np.empty((0, dimension), dtype=np.float16), np.empty(0, dtype=np.int64), empty)
    return EncodedPassages(
        np.concatenate([each.vectors for each in pieces]),
        np.concatenate([each.word_counts for each in pieces]),
        np.concatenate([each.codes for each in pieces]),
    )


def _selected(encoded: EncodedPassages, rows: npt.NDArray[np.int64]) -> EncodedPassages:
    starts = np.cumsum(encoded.word_counts) - encoded.word_counts
    words = ranges(starts[rows], encoded.word_counts[rows])
    return EncodedPassages(encoded.vectors[rows], encoded.word_counts[rows], encoded.codes[words])


def _rows_by_digest(previous: PassageTable | None) -> dict[bytes, int]:
    if previous is None:
        return {}
    return {bytes(digest): row for row, digest in enumerate(np.asarray(previous.digests))}
