"""The passages of a generation: which entry and field each belongs to, its vector, and its words as codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Field, Passage
from index.codes import Codes, compress
from index.gathering import ranges
from index.generation import Generation
from index.models.encoder import Advance, Encoder, TokenVectors, Vectors
from index.payload import Payload
from index.terms import is_stop_word
from index.vectors import SearchCodes, build_codes
from index.words import word_vectors

FIELDS = tuple(Field)
Halves = npt.NDArray[np.float16]
_AT_ONCE = 2048  # passages; their token vectors take 200 MB until they are compressed
_ENTRIES, _FIELDS, _DIGESTS, _VECTORS, _SEARCH, _WORD_STARTS, _SIGNS, _SCALES = (
    "passage-entries.npy",
    "passage-fields.npy",
    "passage-digests.npy",
    "passage-vectors.npy",
    "passage-search.npy",
    "word-starts.npy",
    "word-signs.npy",
    "word-scales.npy",
)


@dataclass(frozen=True, slots=True, eq=False)
class EncodedPassages:
    """What an encoder made of passages.

    Attributes:
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        word_counts: (passages,) int64, how many of the codes are each passage's.
        codes: The words of all passages one after another.
    """

    vectors: Halves
    word_counts: npt.NDArray[np.int64]
    codes: Codes


class PassageTable:
    """Passages by row.

    Attributes:
        entries: (passages,) int32 entry rows, ascending.
        fields: (passages,) uint8 positions in `FIELDS`.
        digests: (passages, 32) uint8 SHA-256 of each passage's text.
        vectors: (passages, dimension) float16 unit rows; rounding moves a cosine by less than .0001.
        search_codes: What `VectorIndex` searches large numbers of vectors by, or None.
        word_starts: (passages + 1,) int64, where each passage's words begin in `codes`.
    """

    def __init__(self, generation: Generation) -> None:
        self.entries: npt.NDArray[np.int32] = generation.array(_ENTRIES)
        self.fields: npt.NDArray[np.uint8] = generation.array(_FIELDS)
        self.digests: npt.NDArray[np.uint8] = generation.array(_DIGESTS)
        self.vectors: Halves = generation.array(_VECTORS)
        self.word_starts: npt.NDArray[np.int64] = generation.array(_WORD_STARTS)
        self.codes = Codes(generation.array(_SIGNS), generation.array(_SCALES))
        self.search_codes: SearchCodes | None = generation.array(_SEARCH) if _SEARCH in generation.names else None

    def __len__(self) -> int:
        return len(self.entries)

    def passages(self, entry_row: int, entry_id: str) -> Iterator[Passage]:
        """Yield the passages of an entry without their texts, which are not kept."""
        first, end = np.searchsorted(self.entries, [entry_row, entry_row + 1])
        for row in range(first, end):
            yield Passage(entry_id, FIELDS[self.fields[row]], "", bytes(self.digests[row]).hex())

    def encoded(self, rows: npt.NDArray[np.int64]) -> EncodedPassages:
        """Return what the encoder made of some of the passages."""
        counts = (self.word_starts[1:] - self.word_starts[:-1])[rows]
        words = ranges(self.word_starts[rows], counts)
        vectors = self.vectors[rows].astype(np.float16, copy=False)
        return EncodedPassages(vectors, counts, Codes(self.codes.signs[words], self.codes.scales[words]))


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
    files: dict[str, Payload] = {
        _ENTRIES: np.array([entry_rows[passage.entry_id] for passage in passages], dtype=np.int32),
        _FIELDS: np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        _DIGESTS: np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        _VECTORS: encoded.vectors,
        _WORD_STARTS: np.concatenate([[0], np.cumsum(encoded.word_counts)]).astype(np.int64),
        _SIGNS: encoded.codes.signs,
        _SCALES: encoded.codes.scales,
    }
    return files if search is None else {**files, _SEARCH: search}


def encode_passages(
    passages: Sequence[Passage], encoder: Encoder, *, previous: PassageTable | None, advance: Advance | None = None
) -> tuple[EncodedPassages, int]:
    """Encode passages, or take over what a previous generation has of the same text; return how many were new as well.

    Args:
        passages: In the order of the rows that are returned.
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
    texts = {passage.digest: passage for passage in reversed(passages)}
    runs = list(_encode([texts[digest] for digest in new], encoder, advance))
    if previous is not None:
        runs.insert(0, previous.encoded(np.arange(old, dtype=np.int64)))
    pool = _joined(runs, encoder.identity.dimension)
    return _chosen(pool, sources), len(new)


def _encode(passages: Sequence[Passage], encoder: Encoder, advance: Advance | None) -> Iterator[EncodedPassages]:
    for start in range(0, len(passages), _AT_ONCE):
        run = passages[start : start + _AT_ONCE]
        found = encoder.encode_tokens([passage.text for passage in run], advance=advance)
        words = [_kept_words(*pair) for pair in zip(run, found.tokens, strict=True)]
        counts = np.array([len(each) for each in words], dtype=np.int64)
        yield EncodedPassages(found.vectors.astype(np.float16), counts, compress(np.concatenate(words)))


def _kept_words(passage: Passage, tokens: TokenVectors) -> Vectors:
    """Return the words that a query can meet: no stop words, and none of a whole entry, whose parts have them."""
    if passage.field is Field.WHOLE:
        return np.empty((0, tokens.vectors.shape[1]), dtype=np.float32)
    found = word_vectors(passage.text, tokens)
    return found.vectors[[row for row, word in enumerate(found.words) if not is_stop_word(word)]]


def _joined(runs: Sequence[EncodedPassages], dimension: int) -> EncodedPassages:
    if not runs:
        empty = compress(np.empty((0, dimension), dtype=np.float32))
        return EncodedPassages(np.empty((0, dimension), dtype=np.float16), np.empty(0, dtype=np.int64), empty)
    return EncodedPassages(
        np.concatenate([run.vectors for run in runs]),
        np.concatenate([run.word_counts for run in runs]),
        _joined_codes([run.codes for run in runs]),
    )


def _joined_codes(codes: Sequence[Codes]) -> Codes:
    return Codes(np.concatenate([each.signs for each in codes]), np.concatenate([each.scales for each in codes]))


def _chosen(pool: EncodedPassages, rows: npt.NDArray[np.int64]) -> EncodedPassages:
    starts = np.cumsum(pool.word_counts) - pool.word_counts
    words = ranges(starts[rows], pool.word_counts[rows])
    codes = Codes(pool.codes.signs[words], pool.codes.scales[words])
    return EncodedPassages(pool.vectors[rows], pool.word_counts[rows], codes)


def _rows_by_digest(previous: PassageTable | None) -> dict[bytes, int]:
    if previous is None:
        return {}
    return {bytes(digest): row for row, digest in enumerate(np.asarray(previous.digests))}
