"""The passages of a generation: which entry and field each belongs to, its digest and its vector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from corpus.article import Field, Passage
from index.generation import Generation
from index.models.encoder import Advance, Encoder, Vectors
from index.payload import Payload

FIELDS = tuple(Field)
_ENTRIES, _FIELDS, _DIGESTS, _VECTORS = (
    "passage-entries.npy",
    "passage-fields.npy",
    "passage-digests.npy",
    "passage-vectors.npy",
)


def passage_files(passages: Sequence[Passage], entry_rows: Mapping[str, int], vectors: Vectors) -> dict[str, Payload]:
    """Return the files that `PassageTable` reads, by name."""
    digests = b"".join(bytes.fromhex(passage.digest) for passage in passages)
    return {
        _ENTRIES: np.array([entry_rows[passage.entry_id] for passage in passages], dtype=np.int32),
        _FIELDS: np.array([FIELDS.index(passage.field) for passage in passages], dtype=np.uint8),
        _DIGESTS: np.frombuffer(digests, dtype=np.uint8).reshape(len(passages), 32),
        _VECTORS: vectors,
    }


class PassageTable:
    """Passages by row.

    Attributes:
        entries: (passages,) int32 entry rows, ascending.
        fields: (passages,) uint8 positions in `FIELDS`.
        digests: (passages, 32) uint8 SHA-256 of each passage's text.
        vectors: (passages, dimension) float32 unit rows.
    """

    def __init__(self, generation: Generation) -> None:
        self.entries: npt.NDArray[np.int32] = generation.array(_ENTRIES)
        self.fields: npt.NDArray[np.uint8] = generation.array(_FIELDS)
        self.digests: npt.NDArray[np.uint8] = generation.array(_DIGESTS)
        self.vectors: Vectors = generation.array(_VECTORS)

    def __len__(self) -> int:
        return len(self.entries)


def encode_passages(
    passages: Sequence[Passage], encoder: Encoder, *, previous: PassageTable | None, advance: Advance | None = None
) -> tuple[Vectors, int]:
    """Return the passages' vectors, taken from a previous generation where the text is the same, and how many were new.

    Args:
        passages: In the order of the rows that are returned.
        encoder: Encodes what is new.
        previous: Passages with vectors of the same encoder, or None.
        advance: Called with the number of passages encoded since the last call.
    """
    vectors = np.empty((len(passages), encoder.identity.dimension), dtype=np.float32)
    known = _rows_by_digest(previous)
    missing: dict[str, list[int]] = {}
    for row, passage in enumerate(passages):
        found = known.get(bytes.fromhex(passage.digest))
        if found is None or previous is None:
            missing.setdefault(passage.digest, []).append(row)
        else:
            vectors[row] = previous.vectors[found]
    encoded = encoder.encode([passages[rows[0]].text for rows in missing.values()], advance=advance)
    for vector, rows in zip(encoded, missing.values(), strict=True):
        vectors[rows] = vector
    return vectors, len(missing)


def _rows_by_digest(previous: PassageTable | None) -> dict[bytes, int]:
    if previous is None:
        return {}
    return {bytes(digest): row for row, digest in enumerate(np.asarray(previous.digests))}
