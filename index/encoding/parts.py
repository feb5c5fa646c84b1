"""A part of what is new in the articles is encoded: any number of machines can share the work, each with its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np

from corpus.article import Entry
from corpus.passages import passages_of
from index.encoding.chunk_folder import ChunkFolder
from index.encoding.passage_encoder import Chunk, chunk_of, chunk_ranges
from index.entry_changes import entry_changes, was_made_with
from index.models.encoder import Advance, Encoder
from index.ranking.passage_table import PassageTable, rows_by_digest
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation

EncodeChunks = Callable[[Sequence[Chunk], ChunkFolder, Advance | None], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One of `of` shares of the work, counted from 1."""

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Part:
        """Return the part that a text such as "3/64" names.

        Raises:
            ValueError: The text names no part; the message says what one looks like.
        """
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
        if found is None:
            raise ValueError(f'{text!r} is not a part such as "3/64"')
        number, of = map(int, found.groups())
        if not 1 <= number <= of:
            raise ValueError(f"{text!r} is out of range: of {of} parts, the first is 1/{of} and the last is {of}/{of}")
        return cls(number, of)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


WHOLE = Part()


@dataclass(frozen=True, slots=True)
class PartReport:
    """What came of encoding a part.

    Attributes:
        part: Which one, such as "3/64".
        chunks: How many chunks it has.
        encoded: How many of them were encoded now; the others were there.
        passages: How many passages were encoded now.
        folder: Where the chunks are.
        others: Names of folders beside it, with chunks of other encoders.
    """

    part: str
    chunks: int
    encoded: int
    passages: int
    folder: str
    others: tuple[str, ...]


def new_chunks(
    entries: Sequence[Entry], encoder: Encoder, previous: Generation | None, *, part: Part = WHOLE
) -> Iterator[Chunk]:
    """Yield the chunks of a part: what a build would encode of these entries now.

    Args:
        entries: All entries of the corpus, in its order.
        encoder: Divides entries into passages.
        previous: The current generation, whose passages are not encoded again.
        part: Only the entries of this part are divided; all machines have to see the same articles and generation.
    """
    table = None if previous is None or not was_made_with(encoder, previous) else PassageTable(previous)
    rows: Sequence[int] = range(len(entries))
    if table is not None and previous is not None:
        rows = np.flatnonzero(entry_changes(entries, EntryTable(previous)).before < 0).tolist()
    new = [entries[row] for row in rows]
    divide = partial(passages_of, count_tokens=encoder.count_tokens, max_tokens=encoder.identity.max_tokens)
    for number, run in enumerate(chunk_ranges([entry.entry_id for entry in new])):
        if number % part.of == part.number - 1:
            passages = list(chain.from_iterable(divide(entry) for entry in new[run.start : run.stop]))
            known = {} if table is None else rows_by_digest(table, {each.digest for each in passages})
            if chunk := chunk_of(passages, known):
                yield chunk


def encode_part(
    entries: Sequence[Entry],
    encoder: Encoder,
    folder: ChunkFolder,
    previous: Generation | None,
    *,
    part: Part = WHOLE,
    encode: EncodeChunks | None = None,
    start_progress: Callable[[int], Advance] | None = None,
) -> PartReport:
    """Encode the chunks of a part that are not in the folder; a damaged one is encoded again.

    Args:
        entries: As for `new_chunks`.
        encoder: Divides entries, and encodes them unless `encode` does.
        folder: Where the chunks are kept for the next build.
        previous: As for `new_chunks`.
        part: Which chunks.
        encode: Encodes chunks and writes them into the folder; None encodes them here.
        start_progress: Called with the number of passages to encode; what it returns is called as they are encoded.

    Raises:
        BuildError: A chunk cannot be written, or the encoder's vectors are not finite.
    """
    chunks = list(new_chunks(entries, encoder, previous, part=part))
    missing = [chunk for chunk in chunks if folder.read(chunk) is None]
    passages = sum(map(len, missing))
    advance = None if start_progress is None else start_progress(passages)
    (encode or partial(_encode_here, encoder))(missing, folder, advance)
    return PartReport(str(part), len(chunks), len(missing), passages, str(folder.path), folder.others())


def _encode_here(encoder: Encoder, chunks: Sequence[Chunk], folder: ChunkFolder, advance: Advance | None) -> None:
    for chunk in chunks:
        folder.write(chunk, folder.encode(encoder, chunk, advance))
