"""What a build writes of its entries' rows: those of new and changed entries, in one segment; the others stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from corpus.passages import passages_of
from index.encoding.passage_encoder import EncodeChunk, encode_passages
from index.errors import BuildError
from index.models.encoder import Encoder, StartProgress
from index.ranking.background import background_digest, background_vectors
from index.ranking.passage_table import PassageTable, passage_columns, passage_files
from index.ranking.search_codes import SearchCodes
from index.ranking.vector_index import build_codes, goes_on, more_codes, needs_codes
from index.storage.entry_table import entry_columns
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.segments.columns import LINE_LENGTHS, PASSAGE_COUNTS, SEARCH_CODES, VECTORS, Array, joined
from index.storage.segments.merging import Policy, merged_segments
from index.storage.segments.placed_rows import SHIFT, EntryRows, Places
from index.storage.segments.segment_list import SegmentList


@dataclass(frozen=True, slots=True, eq=False)
class WrittenRows:
    """The rows of a generation that is about to be written.

    Attributes:
        segments: Its segments.
        files: What belongs to them all, by name.
        counts: (entries,) int64, how many passages each entry has.
        encoded: How many passages were encoded.
    """

    segments: SegmentList
    files: dict[str, Payload]
    counts: npt.NDArray[np.int64]
    encoded: int

    @property
    def passages(self) -> int:
        """How many passages there are."""
        return int(self.counts.sum())


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The generation before, whose vectors may be used on.

    Attributes:
        generation: The generation.
        rows: (entries,) int32, the row there of each entry that says the same; -1 for the others.
        stored: (entries,) int32, the same of those that are stored in the same bytes, too.
    """

    generation: Generation
    rows: npt.NDArray[np.int32]
    stored: npt.NDArray[np.int32]


def written_rows(
    entries: Sequence[Entry],
    encoder: Encoder,
    before: Before | None,
    *,
    policy: Policy,
    encode: EncodeChunk | None = None,
    start_progress: StartProgress | None = None,
) -> WrittenRows:
    """Return the rows of some entries.

    Args:
        entries: All entries.
        encoder: Encodes the passages that the generation before does not have.
        before: The generation before, if it was made with this encoder.
        policy: When segments are merged.
        encode: Encodes a chunk of passages; see `encode_passages`.
        start_progress: Called with the number of passages; see `index.builder.build`.

    Raises:
        BuildError: The encoder's vectors are not finite.
    """
    table = None if before is None else PassageTable(before.generation)
    is_new = np.ones(len(entries), np.bool_) if before is None else before.rows < 0
    new = [entries[row] for row in np.flatnonzero(is_new).tolist()]
    divide = partial(passages_of, count_tokens=encoder.count_tokens, max_tokens=encoder.identity.max_tokens)
    passages = [passage for entry in new for passage in divide(entry)]
    kept = 0 if table is None or before is None else int(np.isin(table.entries, before.rows[~is_new]).sum())
    advance = None if start_progress is None else start_progress(kept + len(passages))
    if advance is not None:
        advance(kept)
    encoded, count = encode_passages(passages, encoder, previous=table, advance=advance, encode=encode)
    if not np.isfinite(encoded.vectors).all():
        raise BuildError(
            f"the encoder {encoder.identity.name} gave vectors that are not finite", 'run "assistant check"'
        )
    columns = {**entry_columns(new), **passage_columns(passages, [entry.entry_id for entry in new], encoded)}
    written = _Written(entries, columns, kept + len(passages), count)
    codes, segments = _first(written) if before is None else _over(before, table, written, policy)
    counts = np.zeros(len(entries), dtype=np.int64)
    counts[is_new] = columns[PASSAGE_COUNTS]
    if before is not None and table is not None:
        counts[~is_new] = np.bincount(table.entries)[before.rows[~is_new]]
    return WrittenRows(segments, passage_files(_background(encoder, table, before), codes), counts, count)


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """All entries, the rows of those that are new, how many passages there are, and how many of these were encoded."""

    entries: Sequence[Entry]
    new: dict[str, Array]
    passages: int
    encoded: int

    @property
    def needs_codes(self) -> bool:
        return needs_codes(self.passages, self.new[VECTORS].shape[1])


def _first(written: _Written) -> tuple[SearchCodes | None, SegmentList]:
    """Return what the passages are searched by, and one segment of all rows."""
    codes = build_codes(written.new[VECTORS])
    return codes, SegmentList.of_one({**written.new, **_code_rows(codes)})


def _over(
    before: Before, table: PassageTable | None, written: _Written, policy: Policy
) -> tuple[SearchCodes | None, SegmentList]:
    """Return what the passages are searched by, and the segments before with one that has what is not in them."""
    codes = None if table is None else table.search_codes
    columns = dict(written.new)
    goes_on_ = not written.needs_codes or goes_on(codes, written.passages, written.encoded)
    if written.needs_codes and goes_on_ and codes is not None:
        columns[SEARCH_CODES] = more_codes(codes, columns[VECTORS])
        codes = replace(codes, unmeasured=codes.unmeasured + written.encoded)
    rows = before.generation.entry_rows()
    stays = _places(rows, before.stored)
    moves = _moves(rows, stays, policy if goes_on_ else replace(policy, most=0))
    stays[moves] = -1
    columns = _with_old_rows(rows, before, columns, written.entries, stays)
    if not goes_on_:
        codes = build_codes(columns[VECTORS], before=codes)
        columns |= _code_rows(codes)
    return codes if written.needs_codes else None, SegmentList.over(before.generation.segment_files, stays, columns)


def _with_old_rows(
    rows: EntryRows, before: Before, new: dict[str, Array], entries: Sequence[Entry], stays: Places
) -> dict[str, Array]:
    """Return the rows of all entries that stay nowhere: new ones, and those that the generation before has.

    Of an entry that only stands elsewhere in its file the record differs, and nothing else.
    """
    is_new, is_old = before.rows < 0, (before.rows >= 0) & (stays < 0)
    if not is_old.any():
        return new
    old = EntryRows(rows.segments, rows.places[before.rows[is_old]]).arrays(list(new))
    is_rewritten = is_old & (before.stored < 0)
    if is_rewritten.any():
        lines = entry_columns(entries[row] for row in np.flatnonzero(is_rewritten).tolist())
        as_stored = EntryRows(rows.segments, rows.places[before.rows[is_old & ~is_rewritten]]).arrays(list(lines))
        old |= joined(is_rewritten[is_old], lines, as_stored)
    return joined(is_new[is_new | is_old], new, old)


def _places(rows: EntryRows, stored: npt.NDArray[np.int32]) -> Places:
    """Return the place of each entry that need not be written, -1 for the others."""
    places = np.full(len(stored), -1, dtype=np.int64)
    places[stored >= 0] = rows.places[stored[stored >= 0]]
    return places


def _moves(rows: EntryRows, stays: Places, policy: Policy) -> npt.NDArray[np.bool_]:
    """Return which entries, (entries,) bool, are in segments that are merged."""
    sizes = np.array([segment.kind(LINE_LENGTHS)[0][0] for segment in rows.segments], dtype=np.int64)
    merged = merged_segments(sizes, stays, policy)
    moves: npt.NDArray[np.bool_] = stays >= 0
    moves[moves] = merged[stays[moves] >> SHIFT]
    return moves


def _code_rows(codes: SearchCodes | None) -> dict[str, Array]:
    return {} if codes is None else {SEARCH_CODES: codes.rows[:]}


def _background(encoder: Encoder, table: PassageTable | None, before: Before | None) -> npt.NDArray[np.float16]:
    is_same = before is not None and before.generation.facts.get("background") == background_digest()
    return background_vectors(encoder, table.background if table is not None and is_same else None)
