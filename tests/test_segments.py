"""Segments are shared by generations, verified as they are read, and merged when they are many or much is dead."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.errors import BadIndexError, BuildError
from index.storage.file_system import Disk
from index.storage.generation import Generation
from index.storage.segments.block_file import BLOCK, content_size, write_blocks
from index.storage.segments.columns import joined
from index.storage.segments.lent_memory import CAN_LEND, Memory, lent
from index.storage.segments.merging import Policy, merged_segments
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.conftest import open_files

Columns = dict[str, npt.NDArray[Any]]


def entries(*texts: str) -> Columns:
    """Entries with a passage for each word of theirs; a passage's words are its letters."""
    passages = [word for text in texts for word in text.split()]
    letters = "".join(passages).encode()
    return {
        "lines": np.frombuffer("".join(texts).encode(), np.uint8),
        "line_lengths": np.array(list(map(len, texts)), np.int32),
        "passage_counts": np.array([len(text.split()) for text in texts], np.int32),
        "fields": np.array(list(map(len, passages)), np.uint8),
        "word_counts": np.array(list(map(len, passages)), np.int32),
        "word_codes": np.frombuffer(letters, np.uint8).reshape(-1, 1),
    }


def assert_are(generation: Generation, *texts: str) -> None:
    expected = entries(*texts)
    found = generation.entry_rows().arrays(list(expected))
    assert {name: array.tolist() for name, array in found.items()} == {
        name: array.tolist() for name, array in expected.items()
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def edit(store: Store, stays: list[int | None], *texts: str, **options: Any) -> Generation:
    """Publish a generation whose entries are rows of the one before, or new where None stands."""
    with store.current() as before:
        places = before.entry_rows().places
        new = np.array([-1 if row is None else places[row] for row in stays], np.int64)
        return store.publish({}, {}, rows=SegmentList.over(before.segment_files, new, entries(*texts)), **options)


def inodes(generation: Generation) -> list[int]:
    return [path.stat().st_ino for path in generation.segment_files]


def test_an_edit_writes_its_own_entries_and_shares_the_file_of_the_others(store: Store) -> None:
    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a bc", "def", "g")))
    second = edit(store, [0, None, 2], "new one")
    assert_are(first, "a bc", "def", "g")
    assert_are(second, "a bc", "new one", "g")
    assert inodes(second)[0] == inodes(first)[0]
    assert [path.stat().st_nlink for path in second.segment_files] == [2, 1]
    third = edit(store, [2, None, 1, 0], "h ij")
    assert_are(third, "g", "h ij", "new one", "a bc")
    assert inodes(third)[:2] == inodes(second)


def test_a_segment_that_no_entry_is_in_is_not_kept(store: Store) -> None:
    store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    edit(store, [0, None], "c")
    last = edit(store, [1])
    assert_are(last, "c")
    assert len(last.segment_files) == 1
    for _ in range(2):
        edit(store, [0], keep=1)
    assert sorted({path.name for path in store.root.rglob("*.segment")}) == [path.name for path in last.segment_files]
    assert_are(edit(store, [None], "d"), "d")


def test_entries_without_passages_and_a_generation_without_entries_are_read_back(store: Store) -> None:
    assert_are(store.publish({}, {}, rows=SegmentList.of_one(entries("", "a", ""))), "", "a", "")
    assert len(store.publish({}, {}).entry_rows()) == 0


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP])
def test_where_files_cannot_be_linked_they_are_copied(store: Store, code: int) -> None:
    class NoLinks(Disk):
        def link(self, path: Path, to: Path) -> None:
            raise OSError(code, os.strerror(code), str(path), None, str(to))

    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    second = edit(Store(store.root, disk=NoLinks()), [0, None], "c")
    assert_are(second, "a", "c")
    assert inodes(first)[0] not in inodes(second)


def test_a_link_that_fails_for_another_reason_is_told_and_no_copy_takes_its_place(store: Store) -> None:
    class Full(Disk):
        def link(self, path: Path, to: Path) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path), None, str(to))

    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    with pytest.raises(BuildError, match="No space left"):
        edit(Store(store.root, disk=Full()), [0, None], "c")
    assert store.current_id() == first.generation_id


def test_a_copy_that_is_not_what_was_copied_is_not_published(store: Store) -> None:
    class Spoiling(Disk):
        def link(self, path: Path, to: Path) -> None:
            to.write_bytes(path.read_bytes()[:-1] + b"?")

    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    with pytest.raises(BuildError, match=r"check the disk: .*\.segment is damaged"):
        edit(Store(store.root, disk=Spoiling()), [0, None], "c")
    assert store.current_id() == first.generation_id


class CountingReads(Disk):
    """Notes what is read where."""

    def __init__(self) -> None:
        self.places: list[int] = []

    def read_at(self, descriptor: int, space: memoryview, at: int) -> int:
        self.places.append(at)
        return super().read_at(descriptor, space, at)


def wide(rows: int) -> Columns:
    """One passage an entry, with a kilobyte of its own."""
    vectors = np.random.default_rng(1).integers(0, 255, (rows, 1024), np.uint8)
    return {**entries(*["x"] * rows), "vectors": vectors}


def test_only_the_blocks_are_read_that_hold_what_is_asked_for_and_once(store: Store) -> None:
    rows = wide(1000)
    store.publish({}, {}, rows=SegmentList.of_one(rows))
    disk = CountingReads()
    with Store(store.root, disk=disk).current() as generation:
        stored = generation.entry_rows()
        vectors = stored.of("vectors", stored.places)
        disk.places.clear()
        for _ in range(2):
            np.testing.assert_array_equal(vectors[np.array([3, 700, 5])], rows["vectors"][[3, 700, 5]])
        assert 1 <= len(disk.places) <= 4
        np.testing.assert_array_equal(vectors[:], rows["vectors"])
        assert len(disk.places) <= 1000 * 1024 // BLOCK + 2
        generation.load()
        disk.places.clear()
        assert_are(generation, *["x"] * 1000)
        assert disk.places == []


def test_blocks_beside_one_another_are_read_at_once(store: Store) -> None:
    store.publish({}, {}, rows=SegmentList.of_one(wide(1000)))
    disk = CountingReads()
    with Store(store.root, disk=disk).current() as generation:
        stored = generation.entry_rows()
        disk.places.clear()
        stored.of("vectors", stored.places)[np.arange(4 * BLOCK // 1024)]
        assert len(disk.places) == 1


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 40 * BLOCK])
def test_of_a_file_of_blocks_is_known_how_much_of_it_is_content(tmp_path: Path, size: int) -> None:
    digest = write_blocks(Disk(), tmp_path / "x", [bytes(size)])
    assert (content_size(digest), digest.size) == (size, (tmp_path / "x").stat().st_size)


def test_what_says_where_the_arrays_are_may_be_longer_than_a_block(tmp_path: Path) -> None:
    long = {"x" * BLOCK: np.array([7], np.uint8), **entries("a")}
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one(long)).close()
    with Store(tmp_path, disk=Disk()).current() as generation:
        assert_are(generation, "a")


def test_a_row_that_two_blocks_share_is_read_whole(tmp_path: Path) -> None:
    rows = wide(1000)
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one(rows)).close()
    for row in range(BLOCK // 1024):  # one of these begins in one block and ends in the next
        with Store(tmp_path, disk=Disk()).current() as generation:
            stored = generation.entry_rows()
            found = stored.of("vectors", stored.places)[np.array([row])]
        np.testing.assert_array_equal(found[0], rows["vectors"][row])


def test_a_row_of_several_blocks_is_read_whole(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).integers(0, 255, (3, 3 * BLOCK + 100), np.uint8)
    rows = {**entries("x", "y", "z"), "vectors": vectors}
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one(rows)).close()
    with Store(tmp_path, disk=Disk()).current() as generation:
        stored = generation.entry_rows()
        np.testing.assert_array_equal(stored.of("vectors", stored.places)[np.array([2, 0])], vectors[[2, 0]])


def test_more_blocks_than_are_read_together_are_read_each_in_its_place(tmp_path: Path) -> None:
    rows = wide(3000)  # 47 blocks
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one(rows)).close()
    with Store(tmp_path, disk=Disk()).current() as generation:
        stored = generation.entry_rows()
        np.testing.assert_array_equal(stored.of("vectors", stored.places)[:], rows["vectors"])


def test_the_only_row_of_a_segment_is_read_whole(tmp_path: Path) -> None:
    vectors = np.random.default_rng(1).integers(0, 255, (1, BLOCK + 100), np.uint8)
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one({**entries("x"), "vectors": vectors})).close()
    with Store(tmp_path, disk=Disk()).current() as generation:
        stored = generation.entry_rows()
        np.testing.assert_array_equal(stored.of("vectors", stored.places)[np.array([0])], vectors)


def spoil(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def test_a_damaged_block_is_refused_when_it_is_read_and_no_other(tmp_path: Path) -> None:
    rows = wide(1000)
    Store(tmp_path).publish({}, {}, rows=SegmentList.of_one(rows)).close()
    with Store(tmp_path, disk=Disk()).current() as generation:
        (path,) = generation.segment_files
        spoil(path, 500 * 1024)
        stored = generation.entry_rows()
        vectors = stored.of("vectors", stored.places)
        np.testing.assert_array_equal(vectors[5:9], rows["vectors"][5:9])
        with pytest.raises(
            BadIndexError, match=r"segment is damaged .*of block .*run .assistant build.: it is made anew"
        ):
            vectors[:]
        with pytest.raises(BadIndexError, match="segment is damaged"):
            generation.load()
        spoil(path, 500 * 1024)
        np.testing.assert_array_equal(vectors[:], rows["vectors"])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def extend(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def spoil_first(path: Path) -> None:
    spoil(path, 0)


def spoil_last(path: Path) -> None:
    spoil(path, path.stat().st_size - 1)


@pytest.mark.parametrize(
    "damage", [cut, extend, spoil_first, spoil_last, Path.unlink], ids=["cut", "longer", "first", "digests", "gone"]
)
def test_a_damaged_segment_is_refused_by_name_and_by_every_generation_that_shares_it(
    store: Store, damage: Callable[[Path], None]
) -> None:
    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    first_id, path = first.generation_id, next(iter(first.segment_files))
    first.close()
    del first
    second_id = edit(store, [0, None], "c").generation_id
    damage(path)
    for generation_id in [first_id, second_id] if path.exists() else [first_id]:
        with pytest.raises(BadIndexError, match=r"segment is damaged .*run .assistant build.: it is made anew"):
            Store(store.root, disk=Disk()).open(generation_id).load()


@pytest.mark.parametrize("damage", [cut, extend, Path.unlink], ids=["cut", "longer", "gone"])
def test_a_segment_that_another_generation_has_open_is_refused_where_its_file_is_not_whole(
    store: Store, damage: Callable[[Path], None]
) -> None:
    first = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    second = edit(store, [0, 1], "c")
    (shared,) = {path.name for path in first.segment_files} & {path.name for path in second.segment_files}
    damage(second.path / shared)
    with pytest.raises(BadIndexError, match=r"segment is damaged .*run .assistant build.: it is made anew"):
        store.open(second.generation_id)
    assert_are(first, "a", "b")


def test_what_was_read_of_a_segment_stays_whatever_happens_to_its_file(store: Store) -> None:
    generation = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    generation.load()
    for path in generation.segment_files:
        path.write_bytes(b"")
    assert_are(generation, "a", "b")


def test_a_process_reads_a_segment_once_to_verify_it_unless_it_changes_or_is_asked_to(store: Store) -> None:
    store.publish({}, {}, rows=SegmentList.of_one(wide(1000))).close()
    disk = CountingReads()
    with Store(store.root, disk=disk).current() as generation:
        for again, reads_all in ((False, True), (False, False), (True, True), (False, False)):
            disk.places.clear()
            generation.verify(again=again)
            assert (len(disk.places) > 1) is reads_all  # the digests are read in any case
        (path,) = generation.segment_files
        os.utime(path, ns=(1, 1))
        disk.places.clear()
        generation.verify()
        assert len(disk.places) > 1
        spoil(path, 500 * 1024)
        with pytest.raises(BadIndexError, match="segment is damaged"):
            generation.verify()


def test_going_back_reads_the_whole_generation_first(store: Store) -> None:
    first = store.publish({}, {}, rows=SegmentList.of_one(wide(1000)))
    store.publish({}, {}, rows=SegmentList.of_one(entries("a")))
    (path,) = first.segment_files
    spoil(path, 500 * 1024)
    with pytest.raises(BadIndexError, match="no earlier intact generation"):
        store.rollback()
    with pytest.raises(BadIndexError, match="segment is damaged"):
        store.rollback(first.generation_id)


def test_the_rows_of_some_entries_joined_with_those_of_none_are_theirs() -> None:
    some = {name: array.tolist() for name, array in entries("a bc", "d").items()}
    for is_one, one, other in ((True, entries("a bc", "d"), {}), (False, {}, entries("a bc", "d"))):
        found = joined(np.full(2, is_one), one, other)
        assert {name: array.tolist() for name, array in found.items()} == some


def test_rows_of_two_sets_of_entries_are_joined_in_any_order() -> None:
    one, other = entries("a bc", "", "d"), entries("ef", "g hi j")
    both = joined(np.array([True, False, True, False, True]), one, other)
    expected = entries("a bc", "ef", "", "g hi j", "d")
    assert {name: array.tolist() for name, array in both.items()} == {
        name: array.tolist() for name, array in expected.items()
    }
    none = entries()
    assert joined(np.array([True, True, True]), one, none).keys() == one.keys()


def places(*counts: int) -> npt.NDArray[np.int64]:
    """So many living entries in each segment."""
    return np.concatenate([np.arange(count) | number << 32 for number, count in enumerate(counts)]).astype(np.int64)


@pytest.mark.parametrize(
    ("sizes", "live", "expected"),
    [
        ([100], [75], [False]),
        ([100], [74], [True]),
        ([100, 4], [100, 2], [False, True]),
        ([100, 1, 1], [100, 1, 1], [False, False, False]),
        ([100, 1, 1, 1], [100, 1, 1, 1], [False, True, True, True]),
        ([100, 30, 1, 1], [100, 30, 1, 1], [False, False, True, True]),
        ([32, 4, 2, 2], [32, 4, 2, 2], [False, False, True, True]),
        ([30, 30, 30, 30], [30, 30, 30, 30], [True, True, True, True]),
        ([100, 5, 1, 1], [100, 0, 1, 1], [False, False, False, False]),
    ],
    ids=[
        "few dead",
        "many dead",
        "many of few",
        "few",
        "too many",
        "too many small",
        "a tenth is not small",
        "too many large",
        "none living",
    ],
)
def test_what_is_merged(sizes: list[int], live: list[int], expected: list[bool]) -> None:
    """Of a policy that allows four segments, the new one among them."""
    found = merged_segments(np.array(sizes), places(*live), Policy(most=4))
    assert found.tolist() == expected


BORROWER = """
import os, sys
from pathlib import Path
from index.storage.store import Store
with Store(Path(sys.argv[1]), lender=int(sys.argv[2]) or None).current() as generation:
    print(generation.entry_rows().arrays(["lines"])["lines"].tobytes().decode())
"""


def borrowed(store: Store, *, lender: int) -> str | None:
    """What another process reads; None where it fails."""
    command = [sys.executable, "-c", BORROWER, str(store.root), str(lender)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


@pytest.mark.skipif(not CAN_LEND, reason="memory is lent on Linux")
def test_what_one_process_has_read_and_verified_is_lent_to_others(store: Store) -> None:
    generation = store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    (path,) = generation.segment_files
    generation.load()
    spoil(path, 0)
    assert borrowed(store, lender=os.getpid()) == "ab"
    assert borrowed(store, lender=0) is None
    memories = [each for each in Path("/proc/self/fd").iterdir() if each.exists() and path.stem in str(each.readlink())]
    assert len(memories) == 1
    with pytest.raises(PermissionError), memories[0].open("r+b") as memory:
        memory.write(b"x")


@pytest.mark.skipif(not CAN_LEND, reason="memory is lent on Linux")
def test_what_was_not_read_whole_is_not_lent(store: Store) -> None:
    generation = store.publish({}, {}, rows=SegmentList.of_one(entries("not", "whole")))
    (path,) = generation.segment_files
    assert borrowed(store, lender=os.getpid()) == "notwhole"
    spoil(path, 0)
    assert borrowed(store, lender=os.getpid()) is None


@pytest.mark.skipif(not CAN_LEND, reason="memory is lent on Linux")
def test_memory_is_lent_once_it_is_sealed_by_its_name_and_size() -> None:
    memory = Memory("one", 10)
    memory.content[:] = 7
    assert lent(os.getpid(), "one", 10) is None
    memory.seal()
    before = open_files()
    found = lent(os.getpid(), "one", 10)
    assert found is not None
    assert (found.tolist(), found.flags.writeable) == ([7] * 10, False)
    assert [lent(os.getpid(), name, size) for name, size in (("one", 11), ("one", 9), ("on", 10))] == [None] * 3
    del found
    assert open_files() <= before  # what others leave may be closed meanwhile


def test_a_lender_that_has_ended_lends_nothing_and_the_file_is_read(store: Store) -> None:
    store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b")))
    assert borrowed(store, lender=2**22 - 1) == "ab"


def test_no_descriptor_and_no_memory_stays_after_a_segment(store: Store) -> None:
    store.publish({}, {}, rows=SegmentList.of_one(entries("a", "b"))).close()
    before = open_files()
    for is_whole in (False, True):
        generation = Store(store.root).current()
        if is_whole:
            generation.load()
        generation.close()
        del generation
    assert open_files() <= before  # what others leave may be closed meanwhile


def test_the_whole_segment_of_other_entries_is_refused(store: Store) -> None:
    one, other = (store.publish({}, {}, rows=SegmentList.of_one(entries(*each))) for each in ("wx", "yz"))
    (path,), (another,) = one.segment_files, other.segment_files
    path.write_bytes(another.read_bytes())
    with pytest.raises(BadIndexError, match=r"segment is damaged \(expected SHA-256"):
        Store(store.root, disk=Disk()).open(one.generation_id)
