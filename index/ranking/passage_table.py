"""The passages of a generation: which entry and field each belongs to, its vector, and its words as codes."""

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
from index.ranking.ragged import ranges
from index.ranking.vector_index import SearchCodes, build_codes
from index.ranking.word_vectors import word_vectors
from index.storage.generation import Generation
from index.storage.payload import Payload

FIELDS = tuple(Field)
Halves = npt.NDArray[np.float16]
_NONE = 1e-6  # the length of a sum of no words, or of words that cancel out
_AT_ONCE = 256  # segments; their token vectors take 100 MB until they are compressed
_FILE = "passages.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPassages:
    """What an encoder made of passages.

    Attributes:
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        word_counts: (passages,) int64, how many of the codes are each passage's.
        codes: (words, bytes) the words of all passages one after another.
    """

    vectors: Halves
    word_counts: npt.NDArray[np.int64]
    codes: Codes


class PassageTable:
    """Passages by row.

    Attributes:
        entries: (passages,) int32 entry rows, ascending.
        fields: (passages,) uint8 positions in `FIELDS`.
        digests: (passages, 32) uint8, as `Passage` has them.
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        search_codes: What `VectorIndex` searches large numbers of vectors by, or None.
        word_starts: (passages + 1,) int64, where each passage's words begin in `codes`.
        codes: (words, bytes) the words of all passages one after another.
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

    def __len__(self) -> int:
        return len(self.entries)

    def passages(self, entry_row: int, entry_id: str) -> Iterator[Passage]:
        """Yield the passages of an entry without their texts, which are not kept."""
        first, end = np.searchsorted(self.entries, [entry_row, entry_row + 1])
        for row in range(first, end):
            yield Passage(entry_id, FIELDS[self.fields[row]], "", 0, "", bytes(self.digests[row]).hex())

    def encoded(self, rows: npt.NDArray[np.int64]) -> EncodedPassages:
        """Return what the encoder made of some of the passages."""
        counts = (self.word_starts[1:] - self.word_starts[:-1])[rows]
        words = ranges(self.word_starts[rows], counts)
        vectors = self.vectors[rows].astype(np.float16, copy=False)
        return EncodedPassages(vectors, counts, self.codes[words])


def passage_files(
    passages: Sequence[Passage],
    entry_rows: Mapping[str, int],
    encoded: EncodedPassages,
    *,
    previous: PassageTable | None = None,
) -> dict[str, Payload]:
    """Return the files that `PassageTable` reads, by name; a previous table's search codes lend their code book."""
    digests = b"".join(bytes.fromhex(passage.digest) for passage in passages)
    search = build_codes(encoded.vectors, previous=None if previous is None else previous.search_codes)
    arrays: dict[str, npt.NDArray[Any]] = {
        "entries": np.array([entry_rows[passage.entry_id] for passage in passages], dtype=np.int32),
        "fields": np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        "digests": np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        "vectors": encoded.vectors,
        "word_starts": np.concatenate([[0], np.cumsum(encoded.word_counts)]).astype(np.int64),
        "codes": encoded.codes,
    }
    return {_FILE: arrays if search is None else {**arrays, "search_codes": search}}


def encode_passages(
    passages: Sequence[Passage], encoder: Encoder, *, previous: PassageTable | None, advance: Advance | None = None
) -> tuple[EncodedPassages, int]:
    """Encode passages, or take over what a previous generation has of the same ones; return how many were new as well.

    Args:
        passages: In the order of the rows that are returned; those of a segment stand together.
        encoder: Encodes what is new.
        previous: Passages encoded by the same encoder, or None.
        advance: Called with the number of passages done since the last call, those taken over first.
    """
    known = _rows_by_digest(previous)
    old = 0 if previous is None else len(previous)
    new: dict[str, int] = {}
    sources = np.empty(len(passages), dtype=np.int64)  # rows of the previous passages, then of the new ones
    for row, passage in enumerate(passages):
        found = known.get(bytes.fromhex(passage.digest))
        sources[row] = old + new.setdefault(passage.digest, len(new)) if found is None else found
    if advance is not None:
        advance(len(passages) - len(new))
    firsts = {passage.digest: passage for passage in reversed(passages)}
    runs = list(_encode([firsts[digest] for digest in new], encoder, advance))
    if previous is not None:
        runs.insert(0, previous.encoded(np.arange(old, dtype=np.int64)))
    pool = _joined(runs, encoder.identity.dimension)
    return _chosen(pool, sources), len(new)


def _encode(passages: Sequence[Passage], encoder: Encoder, advance: Advance | None) -> Iterator[EncodedPassages]:
    """Encode each segment once, and make of it what its passages need."""
    segments = [list(run) for _, run in groupby(passages, key=lambda passage: passage.segment)]
    for start in range(0, len(segments), _AT_ONCE):
        runs = segments[start : start + _AT_ONCE]
        tell = None if advance is None else _scaled(advance, sum(map(len, runs)) / len(runs))
        found = encoder.encode_tokens([run[0].segment for run in runs], advance=tell)
        parts = [part for number, run in enumerate(runs) for part in _parts(run, *found.of(number))]
        counts = np.array([len(words) for _, words in parts], dtype=np.int64)
        vectors = np.stack([vector for vector, _ in parts]).astype(np.float16)
        yield EncodedPassages(vectors, counts, compress(np.concatenate([words for _, words in parts])))


def _scaled(advance: Advance, each: float) -> Advance:
    """Return what tells of `each` passages for every segment that it is told of."""
    done = told = 0

    def tell(count: int) -> None:
        nonlocal done, told
        done += count
        now = round(done * each)
        advance(now - told)
        told = now

    return tell


def _parts(run: Sequence[Passage], vector: Vectors, tokens: TokenVectors) -> Iterator[tuple[Vectors, Vectors]]:
    """Yield the vector of each passage of a segment, and its words that a query can meet: no stop words.

    The whole of a segment has no words of its own, its other passages have them.
    """
    words = word_vectors(run[0].segment, tokens)
    for passage in run:
        if passage.field is Field.WHOLE:
            yield vector, words.vectors[:0]
            continue
        own = words.within(passage.start, passage.start + len(passage.text))
        yield _mean(own.vectors, vector), own.vectors[[not is_stop_word(word) for word in own.words]]


def _mean(vectors: Vectors, otherwise: Vectors) -> Vectors:
    """Return the unit vector of a sum, or another where there is nothing to add or it cancels out."""
    total = vectors.sum(axis=0)
    length = float(np.linalg.norm(total))
    return total / length if length > _NONE else otherwise


def _joined(runs: Sequence[EncodedPassages], dimension: int) -> EncodedPassages:
    if not runs:
        empty = compress(np.empty((0, dimension), dtype=np.float32))
        return EncodedPassages(np.empty((0, dimension), dtype=np.float16), np.empty(0, dtype=np.int64), empty)
    return EncodedPassages(
        np.concatenate([run.vectors for run in runs]),
        np.concatenate([run.word_counts for run in runs]),
        np.concatenate([run.codes for run in runs]),
    )


def _chosen(pool: EncodedPassages, rows: npt.NDArray[np.int64]) -> EncodedPassages:
    starts = np.cumsum(pool.word_counts) - pool.word_counts
    words = ranges(starts[rows], pool.word_counts[rows])
    return EncodedPassages(pool.vectors[rows], pool.word_counts[rows], pool.codes[words])


def _rows_by_digest(previous: PassageTable | None) -> dict[bytes, int]:
    if previous is None:
        return {}
    return {bytes(digest): row for row, digest in enumerate(np.asarray(previous.digests))}
