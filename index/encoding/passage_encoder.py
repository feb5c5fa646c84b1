"""Passages become vectors, a chunk at a time.

The last digits of a vector depend on what else is in its batch. So what is encoded together does not depend on how many
machines share the work, nor on which of them was stopped: a chunk is a run of entries that ends where the entries' ids
say, and a chunk's batches hold nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain, groupby

import numpy as np

from corpus.article import Field, Passage
from index.analysis.terms import is_stop_word
from index.models.encoder import Advance, Encoder, TokenVectors, Vectors
from index.ranking.binary_codes import compress
from index.ranking.passage_table import EncodedPassages, PassageTable, joined, rows_by_digest, selected
from index.ranking.word_vectors import word_vectors

Chunk = tuple[Passage, ...]
EncodeChunk = Callable[[Chunk, Advance | None], EncodedPassages]

LEAST_ENTRIES, MOST_ENTRIES = 32, 128  # of a chunk: seconds of work
_ENDS = 64  # one in so many entries ends a chunk that has the least
_ZERO = 1e-6  # a sum of vectors that is no longer than this has no direction
_INPUTS_AT_ONCE = 256  # their token vectors take 100 MB until they are compressed


def chunk_ranges(entry_ids: Sequence[str]) -> Iterator[range]:
    """Yield the positions of the entries of each chunk.

    An entry that is added or removed moves the borders near it only: those further on are found again.
    """
    start = 0
    for at, entry_id in enumerate(entry_ids, start=1):
        size = at - start
        if size == MOST_ENTRIES or (size >= LEAST_ENTRIES and _may_end(entry_id)):
            yield range(start, at)
            start = at
    if start < len(entry_ids):
        yield range(start, len(entry_ids))


def chunk_of(passages: Sequence[Passage], known: Collection[str]) -> Chunk:
    """Return what is to be encoded of the passages of a chunk's entries: those not known, each once, in order."""
    firsts: dict[str, Passage] = {}
    for each in passages:
        if each.digest not in known:
            firsts.setdefault(each.digest, each)
    return tuple(firsts.values())


def encode_passages(
    passages: Sequence[Passage],
    encoder: Encoder,
    *,
    previous: PassageTable | None,
    advance: Advance | None = None,
    encode: EncodeChunk | None = None,
) -> tuple[EncodedPassages, int]:
    """Encode passages, except those whose digest a previous generation has; also return how many were new.

    Args:
        passages: In the order of the rows that are returned; passages of one model input are neighbours.
        encoder: Encodes those that are new.
        previous: Passages that an encoder of the same identity encoded, or None.
        advance: Called with the number of passages done since its last call, first for those that were not encoded.
        encode: Returns the vectors of a chunk; None for what `encode_chunk` returns.
    """
    old_rows = {} if previous is None else rows_by_digest(previous, {each.digest for each in passages})
    old = {digest: at for at, digest in enumerate(old_rows)}
    runs = _passage_runs(passages)
    chunks = [chunk_of(run, old) for run in runs]
    new = sum(map(len, chunks))
    if advance is not None:
        advance(len(passages) - new)
    pieces = [] if previous is None else [previous.encoded(np.array(list(old_rows.values()), dtype=np.int64))]
    sources: list[int] = []
    start = len(old)
    for run, chunk in zip(runs, chunks, strict=True):
        places = {each.digest: at for at, each in enumerate(chunk, start=start)}
        sources += [old[each.digest] if each.digest in old else places[each.digest] for each in run]
        start += len(chunk)
        if chunk:
            pieces.append(encode_chunk(chunk, encoder, advance) if encode is None else encode(chunk, advance))
    return selected(joined(pieces, encoder.identity.dimension), np.array(sources, dtype=np.int64)), new


def encode_chunk(chunk: Chunk, encoder: Encoder, advance: Advance | None = None) -> EncodedPassages:
    """Return the vectors and word codes of a chunk, which are the same wherever it is encoded.

    Args:
        chunk: At least one passage; those of one model input are neighbours.
        encoder: Encodes each model input once.
        advance: Called with how many passages were encoded since its last call.
    """
    return joined(list(_encode(chunk, encoder, advance)), encoder.identity.dimension)


def _may_end(entry_id: str) -> bool:
    return int.from_bytes(hashlib.sha256(entry_id.encode()).digest()[:8], "big") % _ENDS == 0


def _passage_runs(passages: Sequence[Passage]) -> list[list[Passage]]:
    """Return the passages of the entries of each chunk."""
    entries = [list(own) for _, own in groupby(passages, key=lambda each: each.entry_id)]
    ids = [own[0].entry_id for own in entries]
    return [list(chain.from_iterable(entries[run.start : run.stop])) for run in chunk_ranges(ids)]


def _encode(passages: Sequence[Passage], encoder: Encoder, advance: Advance | None) -> Iterator[EncodedPassages]:
    """Encode each model input once, and yield the vectors and word codes of its passages."""
    inputs = [list(run) for _, run in groupby(passages, key=lambda passage: passage.model_input)]
    for start in range(0, len(inputs), _INPUTS_AT_ONCE):
        runs = inputs[start : start + _INPUTS_AT_ONCE]
        advance_inputs = None if advance is None else _scaled(advance, sum(map(len, runs)) / len(runs))
        encoded = encoder.encode_tokens([run[0].model_input for run in runs], advance=advance_inputs)
        alone = _alone(runs, encoder)
        pairs = [pair for number, run in enumerate(runs) for pair in _passage_vectors(run, *encoded.of(number), alone)]
        counts = np.array([len(words) for _, words in pairs], dtype=np.int64)
        vectors = np.stack([vector for vector, _ in pairs]).astype(np.float16)
        yield EncodedPassages(vectors, counts, compress(np.concatenate([words for _, words in pairs])))


def _alone(runs: Sequence[Sequence[Passage]], encoder: Encoder) -> Mapping[str, Vectors]:
    """Return the vectors of passages by their texts, encoded by themselves, where tokens have none for a part of them.

    The vector of a model that pools by its first or last token is not the mean of its tokens: such a mean is nothing
    that a query's vector could be compared with.
    """
    if encoder.identity.pools_tokens:
        return {}
    texts = list(dict.fromkeys(each.text for run in runs for each in run if each.field is not Field.WHOLE))
    return dict(zip(texts, encoder.encode(texts), strict=True))


def _scaled(advance: Advance, passages_per_input: float) -> Advance:
    """Return a function that is called with numbers of inputs and calls `advance` with numbers of passages."""
    inputs = passages = 0

    def advance_inputs(count: int) -> None:
        nonlocal inputs, passages
        inputs += count
        now = round(inputs * passages_per_input)
        advance(now - passages)
        passages = now

    return advance_inputs


def _passage_vectors(
    run: Sequence[Passage], vector: Vectors, tokens: TokenVectors, alone: Mapping[str, Vectors]
) -> Iterator[tuple[Vectors, Vectors]]:
    """Yield for each passage of a model input its vector and the vectors of its words, without stop words.

    The passage that is the whole model input has no words, because the other passages have them already.
    """
    words = word_vectors(run[0].model_input, tokens)
    for passage in run:
        if passage.field is Field.WHOLE:
            yield vector, words.vectors[:0]
            continue
        own = words.within(passage.start, passage.start + len(passage.text))
        yield (
            alone.get(passage.text, _mean(own.vectors, vector)),
            own.vectors[[not is_stop_word(word) for word in own.words]],
        )


def _mean(vectors: Vectors, otherwise: Vectors) -> Vectors:
    """Return the unit vector of the sum of vectors; `otherwise` if there are none or they cancel out."""
    total = vectors.sum(axis=0)
    length = float(np.linalg.norm(total))
    return total / length if length > _ZERO else otherwise
