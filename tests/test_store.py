"""A generation is published completely or not at all, and every file of it is verified when it is opened."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from index.errors import BadIndexError, BuildError, BusyError, NoIndexError
from index.storage.file_system import Disk, FileDigest
from index.storage.generation import Generation, ReadLock
from index.storage.manifest import Manifest, generation_id, parse_manifest
from index.storage.payload import Payload
from index.storage.store import Store
from index.storage.writer_lock import WriterLock
from tests.conftest import open_files

VECTORS = np.arange(12, dtype=np.float32).reshape(3, 4)


def files(text: str = "one") -> dict[str, Payload]:
    return {"entries.jsonl": text.encode(), "table.safetensors": {"vectors": VECTORS}}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "built")


def test_files_that_were_published_are_read_back(store: Store) -> None:
    published = store.publish(files(), {"entries": 3})
    with Store(store.root).current() as current:
        assert current.generation_id == published.generation_id == store.current_id()
        assert current.facts == {"entries": 3}
        assert bytes(current.bytes_of("entries.jsonl")) == b"one"
        np.testing.assert_array_equal(current.arrays("table.safetensors")["vectors"], VECTORS)


def test_a_generation_that_cannot_be_prepared_is_removed_and_the_error_goes_on(store: Store) -> None:
    before = store.publish(files(), {}).generation_id

    def refuse(generation: Generation) -> None:
        raise RuntimeError(generation.generation_id)

    with pytest.raises(RuntimeError, match="000002-"):
        store.publish(files("two"), {}, prepare=refuse)
    assert [path.name for path in (store.root / "generations").iterdir()] == [before]
    assert store.current_id() == before


ARRAYS: dict[str, np.ndarray[Any, Any]] = {
    "bytes": np.arange(3, dtype=np.uint8),  # an odd number of them, before wider numbers by name
    "empty": np.zeros((0, 4), np.float16),
    "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "halves": np.arange(5, dtype=np.float16),
    "keys": np.array([1 << 63], dtype=np.uint64),
    "scalar": np.array(7),
    "truth": np.array([True, False, True]),
}


def test_arrays_are_read_back_equal_read_only_and_aligned(store: Store) -> None:
    stored = store.publish({"table.safetensors": ARRAYS}, {}).arrays("table.safetensors")
    assert set(stored) == set(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(stored[name], array)
        assert (stored[name].dtype, stored[name].shape) == (array.dtype, array.shape)
        assert (stored[name].flags.writeable, stored[name].flags.aligned) == (False, True)


def test_files_of_arrays_are_those_of_the_safetensors_library_both_ways(store: Store) -> None:
    in_order = {name: np.asarray(each, order="C") for name, each in ARRAYS.items()}  # the library takes no other
    theirs = safetensors.numpy.save(in_order)
    generation = store.publish({"ours.safetensors": ARRAYS, "theirs.safetensors": theirs}, {})
    ours = safetensors.numpy.load_file(generation.path / "ours.safetensors")
    for arrays in (ours, generation.arrays("theirs.safetensors")):
        assert {name: each.tolist() for name, each in arrays.items()} == {
            name: each.tolist() for name, each in ARRAYS.items()
        }


@pytest.mark.parametrize(
    "array",
    [np.array([{"a": 1}], dtype=object), np.array(["a"]), np.zeros(2, ">f4")],
    ids=["objects", "text", "swapped"],
)
def test_an_array_of_anything_but_plain_numbers_is_refused(store: Store, array: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match=r'the array "a" holds .*, which is not stored'):
        store.publish({"table.safetensors": {"a": array}}, {})
    assert store.generations() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        (99).to_bytes(8, "little") + b'{"a": {',
        (2).to_bytes(8, "little") + b"[]",
        (8).to_bytes(8, "little") + b'{"a": 1}',
        (55).to_bytes(8, "little") + b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  ' + b"1234",
        (55).to_bytes(8, "little") + b'{"a":{"dtype":"PKL","shape":[1],"data_offsets":[0,4]}}  ' + b"1234",
    ],
    ids=["nothing", "short", "cut header", "no header", "no record", "cut array", "unknown kind"],
)
def test_bytes_that_are_not_a_file_of_arrays_are_refused(store: Store, content: bytes) -> None:
    generation = store.publish({"table.safetensors": content}, {})
    with pytest.raises(BadIndexError, match=r'table.safetensors is not a file of arrays .*run "assistant build"'):
        generation.arrays("table.safetensors")


def test_without_a_build_the_message_names_the_command(store: Store) -> None:
    assert store.current_id() is None
    assert store.generations() == ()
    with pytest.raises(NoIndexError, match=r'no index has been built in .*built; run "assistant build"'):
        store.current()


def test_ids_sort_in_the_order_of_building_whatever_the_clock_says(store: Store) -> None:
    first, second = store.publish(files("1"), {}), store.publish(files("2"), {})
    assert [first.manifest.number, second.manifest.number] == [1, 2]
    assert first.generation_id < second.generation_id
    assert [each.generation_id for each in store.generations()] == [second.generation_id, first.generation_id]
    assert [each.is_current for each in store.generations()] == [True, False]


def test_a_number_is_not_used_again_after_a_rollback(store: Store) -> None:
    store.publish(files("1"), {})
    store.publish(files("2"), {})
    assert store.rollback().manifest.number == 1
    assert store.publish(files("3"), {}).manifest.number == 3


def test_rollback_goes_back_one_or_to_the_one_named(store: Store) -> None:
    ids = [store.publish(files(text), {}).generation_id for text in "123"]
    assert store.rollback().generation_id == ids[1] == store.current_id()
    assert store.rollback().generation_id == ids[0] == store.current_id()
    assert store.rollback(ids[2]).generation_id == ids[2] == store.current_id()
    assert store.current().generation_id == ids[2]
    store.rollback(ids[0])
    with pytest.raises(BadIndexError, match="no earlier intact generation"):
        store.rollback()
    with pytest.raises(BadIndexError, match=r'"../x" is not the id of a generation'):
        store.rollback("../x")
    with pytest.raises(BadIndexError, match=r"generation 000009-0{12} is not in"):
        store.rollback("000009-000000000000")
    assert store.current_id() == ids[0]


def test_a_generation_that_is_not_made_current_is_published_by_a_rollback_to_it(store: Store) -> None:
    first = store.publish(files("1"), {})
    second = store.publish(files("2"), {}, make_current=False)
    assert store.current_id() == first.generation_id
    store.rollback(second.generation_id)
    assert store.current_id() == second.generation_id


def test_old_generations_are_removed_but_never_one_that_a_reader_has_open(store: Store) -> None:
    opened = store.publish(files("1"), {}, keep=1)
    for text in "23":
        store.publish(files(text), {}, keep=1).close()
    assert [each.generation_id for each in store.generations()] == [store.current_id(), opened.generation_id]
    opened.drop_contents()
    assert bytes(opened.bytes_of("entries.jsonl")) == b"1"
    opened.close()
    store.publish(files("4"), {}, keep=1).close()
    assert [each.generation_id for each in store.generations()] == [store.current_id()]


def test_an_old_generation_without_its_manifest_is_removed_too(store: Store) -> None:
    first = store.publish(files("1"), {})
    first.close()
    (first.path / "manifest.json").unlink()
    store.publish(files("2"), {}, keep=1).close()
    assert [path.name for path in first.path.parent.iterdir()] == [store.current_id()]


def test_a_generation_to_which_nothing_refers_any_more_is_not_open(store: Store) -> None:
    store.publish(files("1"), {}, keep=1)  # nothing refers to it
    store.publish(files("2"), {}, keep=1)
    assert [each.is_current for each in store.generations()] == [True]


@pytest.mark.parametrize("damage", ["flip", "cut", "longer", "removed", "another's"])
@pytest.mark.parametrize("name", ["entries.jsonl", "table.safetensors", "manifest.json"])
def test_a_damaged_file_is_refused_with_its_name_and_the_remedy(store: Store, name: str, damage: str) -> None:
    good = store.publish(files("1"), {})
    bad = store.publish({**files("2"), "table.safetensors": {"vectors": VECTORS + 1}}, {})
    path = bad.path / name
    content = path.read_bytes()
    if damage == "flip":
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    elif damage == "cut":
        path.write_bytes(content[:-1])
    elif damage == "longer":
        path.write_bytes(content + b" ")
    elif damage == "removed":
        path.unlink()
    else:
        path.write_bytes((good.path / name).read_bytes())
    missing = name == "manifest.json" and damage == "removed"
    with pytest.raises(BadIndexError, match="lost its manifest" if missing else f"{name} is damaged.*assistant rollb"):
        store.current()
    assert store.rollback().generation_id == good.generation_id
    assert bytes(store.current().bytes_of("entries.jsonl")) == b"1"


def test_a_file_of_another_size_is_told_by_its_size_and_not_read(store: Store) -> None:
    class CountingReads(Disk):
        def __init__(self) -> None:
            self.read: set[int] = set()

        def read_into(self, descriptor: int, space: memoryview) -> int:
            self.read.add(len(space))
            return super().read_into(descriptor, space)

    published = store.publish(files("1"), {})
    with (published.path / "entries.jsonl").open("ab") as file:
        file.truncate(77_777)
    disk = CountingReads()
    with pytest.raises(BadIndexError, match=r"entries\.jsonl is damaged \(expected 1 bytes, found 77777 bytes\)"):
        Store(store.root, disk=disk).current()
    assert 77_777 not in disk.read


def test_of_the_generations_that_have_a_file_of_arrays_the_intact_ones_are_read_oldest_first(store: Store) -> None:
    store.publish({"entries.jsonl": b"1"}, {"at": 1}, keep=9)
    for number in (2, 3, 4, 5):
        store.publish({"table.safetensors": {"vectors": VECTORS + number}}, {"at": number}, keep=9)
    by_number = {each.facts["at"]: store.root / "generations" / each.generation_id for each in store.generations()}
    (by_number[3] / "table.safetensors").unlink()
    (by_number[5] / "manifest.json").unlink()
    found = [(facts["at"], arrays["vectors"].tolist()) for facts, arrays in store.arrays_of_each("table.safetensors")]
    assert found == [(2, (VECTORS + 2).tolist()), (4, (VECTORS + 4).tolist())]


def test_an_open_generation_is_unchanged_whatever_happens_to_its_files(store: Store) -> None:
    current = store.publish(files("1"), {})
    (current.path / "table.safetensors").write_bytes(b"")
    np.testing.assert_array_equal(current.arrays("table.safetensors")["vectors"], VECTORS)


DAMAGED_POINTERS = [
    *(b"", b"\x00" * 80, b"{}", b"[]", b'{"generation": 1, "manifest_sha256": 2}'),
    b'{"generation": "000001-0123456789ab", "manifest_sha256": "0123456789ab"}',  # half a digest
    b'{"generation": "newest-0123456789ab", "manifest_sha256": "0123456789ab%s"}' % (b"0" * 52),
]


@pytest.mark.parametrize("content", DAMAGED_POINTERS)
def test_a_damaged_pointer_is_refused_and_rollback_finds_the_newest_intact_generation(
    store: Store, content: bytes
) -> None:
    published = store.publish(files("1"), {})
    (store.root / "current").write_bytes(content)
    with pytest.raises(BadIndexError, match=r'does not name a generation.*run "assistant rollback"'):
        store.current()
    assert store.rollback().generation_id == published.generation_id == store.current_id()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["folder", "link"])
def test_a_pointer_that_is_not_a_file_is_named_or_replaced(store: Store, make: Callable[[Path], None]) -> None:
    published = store.publish(files("1"), {})
    pointer = store.root / "current"
    pointer.unlink()
    make(pointer)
    with pytest.raises((BadIndexError, NoIndexError), match=r"remove it|assistant rollback"):
        store.current()
    if pointer.is_dir():
        with pytest.raises(
            BuildError, match=r"built/current \(Is a directory\) could not be written; a folder is where"
        ):
            store.publish(files("2"), {})
        pointer.rmdir()
    assert store.rollback().generation_id == published.generation_id == store.current_id()
    assert not pointer.is_symlink()


def test_a_pointer_with_another_digest_than_the_manifest_is_refused(store: Store) -> None:
    pointer = store.publish(files("1"), {}).path.parent.parent / "current"
    content = pointer.read_bytes()
    last = content[-4:-3]
    pointer.write_bytes(content[:-4] + (b"0" if last != b"0" else b"1") + content[-3:])
    with pytest.raises(BadIndexError, match=r"manifest.json is damaged \(expected SHA-256"):
        store.current()


class RacingDisk(Disk):
    """A build publishes, and removes the generation that was current, just when a reader has opened its manifest."""

    def __init__(self, root: Path) -> None:
        self.others = iter([Store(root)])

    def lock(self, descriptor: int, *, shared: bool) -> bool:
        for other in self.others:
            other.publish(files("2"), {}, keep=1).close()
        return super().lock(descriptor, shared=shared)


def test_a_reader_whose_generation_is_removed_while_it_opens_it_gets_the_next(store: Store) -> None:
    old = store.publish(files("1"), {}).path
    with Store(store.root, disk=RacingDisk(store.root)).current() as current:
        assert not old.exists()
        assert bytes(current.bytes_of("entries.jsonl")) == b"2"


def test_the_number_of_a_generation_that_is_missing_is_not_used_again(store: Store) -> None:
    store.publish(files("1"), {})
    shutil.rmtree(store.publish(files("2"), {}).path)
    assert store.publish(files("3"), {}).manifest.number == 3


def test_a_missing_pointer_is_named_with_the_remedy(store: Store) -> None:
    published = store.publish(files("1"), {})
    (store.root / "current").unlink()
    with pytest.raises(NoIndexError, match='current is missing; run "assistant rollback"'):
        store.current()
    assert store.rollback().generation_id == published.generation_id


def test_an_intact_generation_of_another_format_names_both_formats(store: Store) -> None:
    published = store.publish(files("1"), {})
    old = Manifest(2, "2020-01-01T00:00:00+00:00", {"a": FileDigest(0, "")}, {}, {}).as_bytes()
    old = old.replace(b'"format": 2', b'"format": 1')
    sha256 = hashlib.sha256(old).hexdigest()
    folder = published.path.parent / generation_id(2, sha256)
    folder.mkdir()
    (folder / "manifest.json").write_bytes(old)
    pointer = {"generation": folder.name, "manifest_sha256": sha256}
    (store.root / "current").write_text(json.dumps(pointer))
    with pytest.raises(BadIndexError, match='of index format 1, this version reads format 2; run "assistant build"'):
        store.current()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"null", b'{"format": 2}', b"\xff"])
def test_a_file_that_is_no_manifest_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(BadIndexError, match=r'x/manifest\.json is not a manifest, it is damaged; run "assistant check'):
        parse_manifest(content, Path("x/manifest.json"))


def test_a_generation_whose_manifest_is_damaged_is_listed_with_its_problem(store: Store) -> None:
    damaged, intact = (store.publish(files(text), {"text": text}) for text in "12")
    (damaged.path / "manifest.json").write_bytes(b"{}")
    first, second = store.generations()
    assert (first.generation_id, first.problem) == (intact.generation_id, None)
    assert second.generation_id == damaged.generation_id
    assert "manifest.json is damaged" in str(second.problem)


def test_unfinished_files_of_a_writer_that_was_killed_are_removed_by_the_next(store: Store) -> None:
    published = store.publish(files("1"), {})
    for folder in (".new-1", ".old-2"):
        (published.path.parent / folder).mkdir()
        (published.path.parent / folder / "half").write_bytes(b"x")
    (store.root / ".current-3").write_bytes(b"x")
    with store.writer():
        pass
    assert sorted(path.name for path in published.path.parent.iterdir()) == [published.generation_id]
    assert sorted(path.name for path in store.root.iterdir()) == ["current", "generations", "writer.lock"]


def test_a_link_among_unfinished_files_is_removed_and_not_what_it_leads_to(store: Store, tmp_path: Path) -> None:
    published = store.publish(files("1"), {})
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "letter").write_bytes(b"x")
    (published.path.parent / ".new-1").symlink_to(tmp_path / "elsewhere")
    with store.writer():
        pass
    assert sorted(path.name for path in published.path.parent.iterdir()) == [published.generation_id]
    assert (tmp_path / "elsewhere" / "letter").read_bytes() == b"x"


HOLDER = """
import sys, time
from pathlib import Path
from index.storage.store import Store
with Store(Path(sys.argv[1])).writer():
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(store: Store) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, str(store.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        yield process
        process.kill()


def test_a_second_writer_is_told_which_process_holds_the_lock(store: Store, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(BusyError, match=f"being written by process {holder.pid} on"), store.writer(wait_s=0.05):
        pass


def test_the_lock_ends_with_the_process_that_holds_it(store: Store, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    with store.writer(wait_s=10):
        assert store.publish(files(), {}).manifest.number == 1


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    with store.writer():
        waiting = threading.Thread(target=store.publish, args=(files("2"), {}))
        waiting.start()
        assert store.publish(files("1"), {}).manifest.number == 1
    waiting.join()
    assert store.current().manifest.number == 2


def test_a_rollback_waits_for_a_writer(store: Store) -> None:
    first = store.publish(files("1"), {})
    store.publish(files("2"), {})
    rolled_back = threading.Event()

    def roll_back() -> None:
        Store(store.root).rollback(first.generation_id)
        rolled_back.set()

    waiting = threading.Thread(target=roll_back)
    with store.writer():
        waiting.start()
        assert not rolled_back.wait(0.5)
    waiting.join()
    assert store.current().generation_id == first.generation_id


def test_a_lock_in_a_folder_that_was_removed_meanwhile_does_not_count(store: Store) -> None:
    entered = threading.Event()

    def enter() -> None:
        with Store(store.root).writer():
            entered.set()

    with ExitStack() as first:
        first.enter_context(store.writer())
        waiting = threading.Thread(target=enter)
        waiting.start()
        time.sleep(0.2)  # until it waits for the file that is removed now
        shutil.rmtree(store.root)
        with Store(store.root).writer():
            first.close()
            assert not entered.wait(0.5)
    waiting.join()
    assert entered.is_set()


def test_who_holds_the_lock_already_is_told_that_it_does(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "writer.lock", Disk())
    with lock.held(wait_s=0) as is_new, lock.held(wait_s=0) as is_new_again:
        assert (is_new, is_new_again) == (True, False)


def test_the_holder_is_named_after_one_whose_name_is_longer(store: Store) -> None:
    with store.writer():  # makes the folder
        pass
    (store.root / "writer.lock").write_text(f'{{"pid": 1, "host": "{"x" * 200}", "since": "2026-01-01"}}')
    with (
        store.writer(),
        pytest.raises(BusyError, match=f"being written by process {os.getpid()} on"),
        Store(store.root).writer(wait_s=0.05),
    ):
        pass


def test_two_stores_in_one_process_are_two_writers(store: Store) -> None:
    with (
        store.writer(),
        pytest.raises(BusyError, match="being written by process"),
        Store(store.root).writer(wait_s=0.05),
    ):
        pass


def test_rollback_refuses_a_manifest_that_was_changed_or_moved(store: Store) -> None:
    old = store.publish(files("1"), {"entries": 3})
    store.publish(files("2"), {})
    manifest = old.path / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"entries": 3', b'"entries": 4'))
    with pytest.raises(BadIndexError, match=r"manifest.json is damaged \(expected the SHA-256 that its folder's name"):
        store.rollback(old.generation_id)
    manifest.write_bytes(manifest.read_bytes().replace(b'"entries": 4', b'"entries": 3'))
    moved = old.path.rename(old.path.with_name(old.path.name.replace("000001", "000007")))
    with pytest.raises(BadIndexError, match=r"manifest.json is damaged"):
        store.rollback(moved.name)


@pytest.mark.parametrize("fault", [None, OSError(errno.ENOLCK, "no locks left")], ids=["held by a writer", "no lock"])
def test_a_reader_that_gets_no_lock_leaves_no_file_open(tmp_path: Path, fault: OSError | None) -> None:
    class NoLocks(Disk):
        def lock(self, descriptor: int, *, shared: bool) -> bool:
            del descriptor, shared
            if fault is not None:
                raise fault
            return False

    generation = Store(tmp_path).publish({"a.bin": b"a"}, {})
    before = open_files()
    with pytest.raises(OSError, match=r"manifest|no locks left"):
        ReadLock(generation.path, NoLocks())
    assert open_files() <= before  # what others leave may be closed meanwhile


def test_a_generation_that_could_not_be_synced_is_gone_even_where_it_cannot_be_renamed_back(tmp_path: Path) -> None:
    class Faulty(Disk):
        has_failed = False

        def rename(self, path: Path, to: Path) -> None:
            if self.has_failed:
                raise OSError(errno.EIO, "input or output error", str(path))
            super().rename(path, to)
            self.has_failed = to.parent.name == "generations"

        def sync(self, descriptor: int) -> None:
            if self.has_failed:
                raise OSError(errno.EIO, "input or output error")
            super().sync(descriptor)

    with pytest.raises(BuildError, match="input or output error"):
        Store(tmp_path, disk=Faulty()).publish({"a.bin": b"a"}, {})
    assert [path.name for path in (tmp_path / "generations").iterdir()] == []
