"""Which clauses no other entry has, after an edit: what was noted before is used, and a fresh build finds the same."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.passages import whole_text
from index.messages.documented.template_files import template_files
from index.storage.carried_rows import CarriedRows
from index.storage.entry_table import entry_columns, entry_files
from index.storage.generation import Generation
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.programs.faulty_disks import QuickDisk

ARTICLE = Article("a", "A", None, None, (), None, None, (), draft=False, source="a.md")
MESSAGES = [
    f"{frame}The {one} {number} could not be sent because the {other} drawer is locked{end}"
    for frame in ("", "Sending failed: ", "Error 809. ")
    for one in ("invoice", "backup printer", "receipt")
    for number in ("17", "")
    for other in ("invoice", "receipt", "cash")
    for end in ("", ". Restart the spooler service first")
]
RARE = [  # a message that two or three have
    f"The {colour}{animal} cartridge was rejected by the {animal} controller"
    for colour in ("amber", "cobalt", "lilac", "ochre", "scarlet", "teal", "umber", "violet", "white", "yellow")
    for animal in ("badger", "crane", "dingo", "egret", "ferret", "gecko", "heron", "ibis", "jackal", "koala")
]
Files = dict[str, Mapping[str, npt.NDArray[Any]]]


def entry(slug: str, message: str, solution: str) -> Entry:
    solutions = (Solution(None, (Block(BlockKind.TEXT, solution),)),)
    return Entry(f"a#{slug}", slug, (message,), (), None, solutions, None, ("A",), Span(1, 1))


def drawn(draw: random.Random, slug: str) -> Entry:
    """An entry with a message like others', some of which are said in a solution as well."""
    said = draw.choice(MESSAGES) if draw.random() < 0.3 else f"Ask number {draw.randrange(100)}."
    return entry(slug, draw.choice(draw.choice((MESSAGES, RARE))), said)


def edited(draw: random.Random, entries: Sequence[Entry], number: int) -> list[Entry]:
    """Some entries as they were; of the others each is gone, another, or has but another solution."""
    found = list[Entry]()
    for each in entries:
        fate = draw.random()
        if fate < 0.1:
            found.append(entry(each.title, each.messages[0], f"Ask number {draw.randrange(100)}."))
        elif fate < 0.2:
            found.append(drawn(draw, each.title))
        elif fate > 0.25:
            found.append(each)
    at = draw.randrange(len(found) + 1)
    return [*found[:at], drawn(draw, f"new-{number}"), *found[at:]]


def files_of(entries: Sequence[Entry], carried: CarriedRows | None = None) -> Files:
    made = template_files(entries, [whole_text(each) for each in entries], carried)
    return {name: payload for name, payload in made.items() if not isinstance(payload, bytes)}


def published(store: Store, entries: Sequence[Entry], files: Files) -> Generation:
    rows = SegmentList.of_one(entry_columns(entries))
    return store.publish({**entry_files([ARTICLE], entries), **files}, {}, rows=rows)


def after(before: Sequence[Entry], generation: Generation, entries: Sequence[Entry]) -> Files:
    rows = [entries.index(each) if each in entries else -1 for each in before]
    new = [row for row in range(len(entries)) if row not in rows]
    carried = CarriedRows(generation, np.array(rows, np.int32), np.array(new, np.int32))
    return files_of([entries[row] for row in new], carried)


def differing(ours: Files, fresh: Files) -> list[str]:
    return [
        f"{name}: {part}"
        for name, arrays in fresh.items()
        for part, array in arrays.items()
        if array.tobytes() != ours[name][part].tobytes()
    ]


@pytest.mark.parametrize(
    ("seed", "size", "edits"),
    [(0, 50, 5), (1, 50, 5), (2, 50, 5), (23, 50, 5), (3, 400, 1)],  # the last with more texts than a number has bits
)
def test_after_any_edits_the_clauses_are_those_of_a_fresh_build(
    tmp_path: Path, seed: int, size: int, edits: int
) -> None:
    draw = random.Random(seed)
    store = Store(tmp_path, disk=QuickDisk())
    entries = [drawn(draw, str(number)) for number in range(size)]
    files = files_of(entries)
    for number in range(edits):
        generation = published(store, entries, files)
        before, entries = entries, edited(draw, entries, number)
        files = after(before, generation, entries)
        assert differing(files, files_of(entries)) == [], f"edit {number}"
