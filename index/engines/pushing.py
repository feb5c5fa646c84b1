"""What a build changes on the server: new rows are written before the pointer moves, old ones removed after.

Nothing is ever changed in a row that a generation on disk names, so that whoever reads one sees what it saw before.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

import numpy as np

from index.engines.hosted import FACT, FILE, Hosted, placed, placed_in
from index.engines.marks import Marks
from index.engines.milvus import Column, Milvus
from index.engines.remote import Placed
from index.engines.rows import ENTRIES, Ids, entry_columns, entry_rows, passage_columns, passage_rows
from index.errors import EngineError
from index.ranking.passage_table import PassageTable
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.store import Store

_LOG = logging.getLogger(__name__)
STALENESS_S = 5.0  # how long Milvus may show a reader what was before, unless it is asked strictly
_AT_ONCE = 500  # rows, of up to 17 kB each
_IDS_AT_ONCE = 5_000
_LEAST_VERSION = (2, 4)  # the first that has sparse vectors
_LITE = "milvus_lite"
_T = TypeVar("_T")


@contextmanager
def held_by(
    hosted: Hosted | None, store: Store, current: Generation | None
) -> Iterator[Callable[[Generation], None] | None]:
    """Give what is to be called with a generation before it may be searched; afterwards old rows are removed."""
    if hosted is None:
        yield None
        return
    trusted = None if current is None or current.facts.get(FACT) is None else placed_in(current)
    known = _on_disk(store)

    def prepare(generation: Generation) -> None:
        known.append(placed_in(generation))
        push(hosted, store, generation, trusted)

    yield prepare
    try:
        tidy(hosted, store, known)
    except EngineError as error:
        _LOG.warning("rows that no generation needs are left for the next build to remove: %s", error)


def push(hosted: Hosted, store: Store, generation: Generation, current: Placed | None) -> int:
    """Write what the server does not have of a generation, and return how many entries that were.

    Args:
        hosted: The server.
        store: The index.
        generation: The generation.
        current: What the current generation has, which was verified when it was published.

    Raises:
        EngineError: The server does not answer, refuses, does not have what was written, or was built from a copy of
            this index as well.
    """
    milvus, wanted = hosted.milvus, placed_in(generation)
    is_lite = refuse_unusable(hosted)
    _make_collections(hosted, wanted)
    marks = _marks(milvus, store, wanted.entries, [*_on_disk(store), wanted])
    is_marked = wanted.mark in marks.there()
    rows = _missing(milvus, wanted, current)
    if is_marked and not len(rows):
        return 0
    marks.add(wanted.mark)
    entries, passages = EntryTable(generation), PassageTable(generation)
    for some in _some(rows.tolist(), _AT_ONCE):  # passages first: an entry that is there has all of them
        for batch in _some(passage_rows(some, wanted.ids, entries, passages), _AT_ONCE):
            milvus.upsert(wanted.passages, batch)
        milvus.upsert(wanted.entries, list(entry_rows(some, wanted.ids, entries, wanted.mean_length)))
    problems = faults(milvus, wanted, rows)
    if problems:
        raise EngineError(f"{problems[0]}, after all were written", "look at the server's log, then build again")
    if not is_lite:
        time.sleep(STALENESS_S)  # from now on no reader of the new generation can miss a row of it
    return len(rows)


def tidy(hosted: Hosted, store: Store, known: Iterable[Placed]) -> int:
    """Remove the rows that no generation on disk has any more, and return of how many entries.

    Args:
        hosted: The server.
        store: The index.
        known: What the generations had that were on disk during the build.

    Raises:
        EngineError: The server does not answer, or was built from a copy of this index as well.
    """
    milvus, before, staying = hosted.milvus, list(known), _on_disk(store)
    is_lite = refuse_unusable(hosted)
    ours = hosted.prefix(store.root)  # collections with other names are those of a copy
    removed = 0
    for place in {each.entries: each for each in staying if each.entries.startswith(ours)}.values():
        marks = _marks(milvus, store, place.entries, [*before, *staying])
        marks.keep(_marks_in(place.entries, staying))
        kept = [each for each in staying if each.entries == place.entries]
        needed = _union(each.ids for each in kept)
        old = np.setdiff1d(_union(each.ids for each in before if each.entries == place.entries), needed)
        if len(old) and not is_lite:
            time.sleep(STALENESS_S)  # from now on every reader of what is removed misses its mark
        _remove(milvus, place, old)
        left = _left_over(milvus, place, kept, needed)
        _remove(milvus, place, left)
        removed += len(old) + len(left)
        marks.forget(_marks_in(place.entries, staying))
    gone = {(each.entries, each.passages) for each in before} - {(each.entries, each.passages) for each in staying}
    for collection in {name for names in gone for name in names if name.startswith(ours)} & milvus.names():
        milvus.drop(collection)
        _marks(milvus, store, collection, ()).forget(frozenset())
    return removed


def _left_over(milvus: Milvus, place: Placed, kept: Sequence[Placed], needed: Ids) -> Ids:
    """Return the entries of which a build that was killed has left rows, or has not removed all."""
    ids, counts = np.concatenate([each.ids for each in kept]), np.concatenate([each.counts for each in kept])
    passages = int(counts[np.unique(ids, return_index=True)[1]].sum())
    found = []
    for collection, column, condition, count in (
        (place.entries, "id", ENTRIES, len(needed)),
        (place.passages, "entry", "", passages),
    ):
        if milvus.count(collection, condition) != count:
            there = np.array([row[column] for row in milvus.every(collection, [column])], dtype=np.int64)
            found.append(np.setdiff1d(there[there >= 0], needed))
    return _union(found)


def faults(milvus: Milvus, place: Placed, rows: Ids | None = None) -> list[str]:
    """Return what the server has not of some rows of a generation, of all if None, with everything written before."""
    chosen = np.arange(len(place.ids)) if rows is None else rows
    found = []
    for collection, column, expected in (
        (place.entries, "id", len(chosen)),
        (place.passages, "entry", int(place.counts[chosen].sum())),
    ):
        ids = place.ids[chosen].tolist()
        held = sum(milvus.count(collection, f"{column} in {some}") for some in _some(ids, _IDS_AT_ONCE))
        if held != expected:
            found.append(f"{collection} at {milvus.options.address} has {held} rows of {expected}")
    return found


def refuse_unusable(hosted: Hosted) -> bool:
    """Refuse a server that does not answer or has no sparse vectors; return whether it is Milvus Lite.

    That one never shows what was before.

    Raises:
        EngineError: It does not answer, or is an old one.
    """
    milvus = hosted.milvus
    version = milvus.version()
    numbers = [int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2] if part.isdigit()]
    if _LITE not in version and tuple(numbers) < _LEAST_VERSION:
        raise EngineError(
            f"the engine at {milvus.options.address} (ASSISTANT_ENGINE) is Milvus {version}, without sparse vectors",
            "use Milvus 2.4 or later",
        )
    return _LITE in version


def _make_collections(hosted: Hosted, place: Placed) -> None:
    milvus = hosted.milvus
    names = milvus.names()
    for collection, columns in (
        (place.passages, passage_columns(place.dimension, milvus.options.nearness)),
        (place.entries, entry_columns()),
    ):
        if collection not in names:
            milvus.create(collection, columns)
        elif (found := milvus.columns(collection)) != (expected := _described(columns)):
            raise EngineError(
                f"the collection {collection} at {milvus.options.address} (ASSISTANT_ENGINE) is another program's: "
                f"it has the columns {_listed(found)}, expected {_listed(expected)}",
                "drop it, or name another server",
            )


def _described(columns: Sequence[Column]) -> dict[str, str]:
    kinds = {each.name: f"{each.kind}({each.dimension})" if each.dimension else str(each.kind) for each in columns}
    return {"id": "INT64", **kinds}


def _listed(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in sorted(columns.items()))


def _missing(milvus: Milvus, wanted: Placed, current: Placed | None) -> Ids:
    """Return the rows of the entries that the server does not have."""
    every = np.arange(len(wanted.ids))
    trusted = current is not None and current.entries == wanted.entries
    if current is not None and trusted:
        if (
            milvus.count(wanted.entries, ENTRIES) < len(current.ids)
            or milvus.count(wanted.passages) < current.counts.sum()
        ):
            return every  # rows were lost, and it is not known of which entries
        every = np.flatnonzero(~np.isin(wanted.ids, current.ids))
    held = _has(milvus, wanted, every)
    if not trusted and held.any() and faults(milvus, wanted, every[held]):
        return every
    return every[~held]


def _has(milvus: Milvus, wanted: Placed, rows: Ids) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which entries, given by their rows, the server has."""
    held: set[int] = set()
    for some in _some(wanted.ids[rows].tolist(), _IDS_AT_ONCE):
        held.update(row["id"] for row in milvus.strictly(wanted.entries, f"id in {some}", ["id"]))
    return np.array([each in held for each in wanted.ids[rows].tolist()], dtype=np.bool_)


def _remove(milvus: Milvus, place: Placed, ids: Ids) -> None:
    for some in _some(ids.tolist(), _IDS_AT_ONCE):  # entries first: one that is there has all of its passages
        milvus.delete(place.entries, f"id in {some}")
        milvus.delete(place.passages, f"entry in {some}")


def _on_disk(store: Store) -> list[Placed]:
    return [placed(facts[FACT], arrays) for facts, arrays in store.arrays_of_each(FILE) if "mark" in arrays]


def _marks(milvus: Milvus, store: Store, collection: str, known: Iterable[Placed]) -> Marks:
    return Marks(milvus, store.root, collection, _marks_in(collection, known))


def _marks_in(collection: str, placed: Iterable[Placed]) -> frozenset[int]:
    """Return the marks of the generations that have their entries in a collection."""
    return frozenset(each.mark for each in placed if each.entries == collection)


def _union(ids: Iterable[Ids]) -> Ids:
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *ids]))


def _some(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield items in lists of at most `size`."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some
