"""Encoded chunks wait in the index folder until a build takes them.

A chunk's file is named after the digests of its passages, and stands in a folder that is named after the encoder and
the format. Whoever encodes the same writes the same file, so that nothing has to be coordinated: a part may be encoded
twice, by two machines at once, or be given up in its middle.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.encoding.passage_encoder import Chunk, encode_chunk
from index.models.encoder import Advance, Encoder, EncoderIdentity
from index.ranking.binary_codes import BYTES
from index.ranking.passage_table import EncodedPassages
from index.storage.file_system import DISK, make_folders, read_file, remove_if_possible, write_file
from index.storage.os_errors import translate_write_errors
from index.storage.payload import chunks_of, parse_arrays

_FOLDER = "encoded"
_UNFINISHED = ".new-"
_SUFFIX = ".chunk"
_DIGEST_BYTES = 32  # at the beginning of each file: the SHA-256 of what follows
_NAME_LENGTH = 40


class ChunkFolder:
    """The encoded chunks of one encoder; safe to use from several processes and machines that share the folder.

    Args:
        index: The index folder.
        identity: The encoder's.
        made_as: How entries are divided into passages and these are coded: `index.build_report.FORMAT`.
    """

    def __init__(self, index: Path, identity: EncoderIdentity, *, made_as: int) -> None:
        name = re.sub(r"[^\w.-]+", "-", Path(identity.name).name)[:_NAME_LENGTH]
        self.path = index / _FOLDER / f"{name}-{identity.fingerprint[:12]}-{made_as}"
        self._index = index
        self._identity = identity

    def read(self, chunk: Chunk) -> EncodedPassages | None:
        """Return the vectors of a chunk; None where there is no file of it that is intact."""
        with contextlib.suppress(OSError, ValueError, KeyError):
            content, _ = read_file(DISK, self._path_of(chunk))
            body = content[_DIGEST_BYTES:]
            if content[:_DIGEST_BYTES].tobytes() == hashlib.sha256(body.data).digest():
                return self._fitting(parse_arrays(body), len(chunk))
        return None

    def write(self, chunk: Chunk, encoded: EncodedPassages) -> None:
        """Write the vectors of a chunk; its file appears at once and whole, or not at all.

        Raises:
            BuildError: It cannot be written.
        """
        arrays: dict[str, npt.NDArray[Any]] = {
            "vectors": encoded.vectors,
            "word_counts": encoded.word_counts,
            "codes": encoded.codes,
        }
        body = b"".join(chunks_of(arrays))
        path = self._path_of(chunk)
        unfinished = path.with_name(f"{_UNFINISHED}{path.stem}-{os.uname().nodename}-{os.getpid()}")
        with translate_write_errors(self._index):
            make_folders(DISK, self.path)
            remove_if_possible(DISK, unfinished)
            try:
                write_file(DISK, unfinished, [hashlib.sha256(body).digest(), body])
                DISK.rename(unfinished, path)
            except BaseException:
                remove_if_possible(DISK, unfinished)
                raise

    def encode(self, encoder: Encoder, chunk: Chunk, advance: Advance | None = None) -> EncodedPassages:
        """Return the vectors of a chunk from its file; without one that is intact, encode it."""
        stored = self.read(chunk)
        if stored is None:
            return encode_chunk(chunk, encoder, advance)
        if advance is not None:
            advance(len(chunk))
        return stored

    def clear(self) -> None:
        """Remove the chunks: a build has taken those that it needed, and the articles have no others."""
        remove_if_possible(DISK, self.path)

    def others(self) -> tuple[str, ...]:
        """Return the names of the folders of other encoders' chunks, which no build with this encoder takes."""
        try:
            names = DISK.names(self.path.parent)
        except OSError:
            return ()
        return tuple(name for name in names if name != self.path.name)

    def _path_of(self, chunk: Chunk) -> Path:
        key = hashlib.sha256()
        for passage in chunk:
            key.update(bytes.fromhex(passage.digest))
        return self.path / f"{key.hexdigest()}{_SUFFIX}"

    def _fitting(self, arrays: Mapping[str, npt.NDArray[np.generic]], count: int) -> EncodedPassages | None:
        """Return the vectors in a file if they are as many, and as long, as this encoder makes of a chunk."""
        vectors, word_counts, codes = arrays["vectors"], arrays["word_counts"], arrays["codes"]
        expected = (count, self._identity.dimension), (count,), (int(np.sum(word_counts)), BYTES)
        if (vectors.shape, word_counts.shape, codes.shape) != expected:
            return None
        return EncodedPassages(
            vectors.astype(np.float16, copy=False),
            word_counts.astype(np.int64, copy=False),
            codes.astype(np.uint8, copy=False),
        )
