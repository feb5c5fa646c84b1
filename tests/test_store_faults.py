"""Whichever system call of a write fails, or is the last before a power cut: the index is the old one or the new."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.errors import BadIndexError, BuildError, NoIndexError, SearchIndexError
from index.storage.file_system import Disk
from index.storage.payload import Payload
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.programs.faulty_disks import CountingDisk, FailingDisk, QuickDisk, ShortDisk
from tests.programs.power_cuts import CrashingDisk, Damage, PowerCut
from tests.programs.trials import leftovers

SEED = 20
MESSAGE = r"could not be (written|read).*(space|disk|access|limit)|no earlier intact"


def files(text: str) -> dict[str, Payload]:
    return {"entries.jsonl": text.encode(), "table.safetensors": {"vectors": np.full((3, 4), float(text), np.float32)}}


def line(text: str) -> dict[str, npt.NDArray[Any]]:
    """The rows of one entry."""
    return {"lines": np.frombuffer(text.encode(), np.uint8), "line_lengths": np.array([len(text)], np.int32)}


def publish(store: Store, text: str) -> None:
    """Publish a generation that keeps the rows of the current one and has one entry more."""
    try:
        before = store.current()
    except NoIndexError:
        store.publish(files(text), {}, rows=SegmentList.of_one(line(text)), keep=1).close()
        return
    with before:
        stays = np.append(before.entry_rows().places, -1)
        rows = SegmentList.over(before.segment_files, stays, line(text))
        store.publish(files(text), {}, rows=rows, keep=1).close()


def publish_third(store: Store) -> None:
    publish(store, "3")


def go_back(store: Store) -> None:
    store.rollback().close()


SCENARIOS: dict[str, tuple[tuple[str, ...], Callable[[Store], None], str]] = {
    "first build": ((), publish_third, "3"),
    "build that keeps segments and removes what is old": (("1", "2"), publish_third, "3"),
    "rollback": (("1", "2"), go_back, "1"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one: thousands of small files are copied."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest, folder: Path) -> tuple[Path, Callable[[Store], None], str | None, str]:
    """An index folder to copy, what is done to it, and the text of the current generation before and after."""
    before, action, after = SCENARIOS[request.param]
    for text in before:
        publish(Store(folder / "before", disk=QuickDisk()), text)
    (folder / "before").mkdir(exist_ok=True)
    return folder / "before", action, before[-1] if before else None, after


def current_text(root: Path, disk: Disk | None = None) -> str | None:
    """Return the text of the current generation, None where nothing was built."""
    try:
        with Store(root, disk=disk or Disk()).current() as current:
            text = bytes(current.bytes_of("entries.jsonl")).decode()
            vectors = current.arrays("table.safetensors")["vectors"]
            np.testing.assert_array_equal(vectors, np.full((3, 4), float(text), np.float32))
            current.load()
            lines = current.entry_rows().arrays(["lines"])["lines"].tobytes().decode()
            assert (lines[-1], sorted(set(lines))) == (text, list(lines))
            return text
    except NoIndexError:
        return None


def calls_of(root: Path, action: Callable[[Store], None], copy: Path) -> int:
    shutil.copytree(root, copy)
    disk = CountingDisk()
    action(Store(copy, disk=disk))
    shutil.rmtree(copy)
    return disk.count


def failure(action: Callable[[Store], None], store: Store) -> str | None:
    try:
        action(store)
    except SearchIndexError as error:
        return str(error)
    return None


def assert_the_next_build_succeeds(root: Path) -> None:
    publish(Store(root, disk=QuickDisk()), "9")
    assert current_text(root) == "9"
    assert leftovers(root) == []


@pytest.mark.parametrize("how", Damage)
def test_a_power_cut_before_any_call_leaves_the_old_generation_or_the_new(
    scenario: tuple[Path, Callable[[Store], None], str | None, str], folder: Path, how: Damage
) -> None:
    root, action, before, after = scenario
    seen = set()
    for at in range(1, calls_of(root, action, folder / "count") + 1):
        copy = folder / f"at{at}"
        shutil.copytree(root, copy)
        disk = CrashingDisk(at)
        with pytest.raises(PowerCut):
            action(Store(copy, disk=disk))
        disk.damage(copy, how, random.Random(f"{SEED} {at}"))
        seen.add(text := current_text(copy))
        assert text in {before, after}, f"call {at}"
        assert_the_next_build_succeeds(copy)
        shutil.rmtree(copy)
    assert seen == {before, after}


@pytest.mark.parametrize("onwards", [False, True], ids=["once", "onwards"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE], ids=errno.errorcode.get)
def test_a_call_that_fails_leaves_the_old_generation_and_says_what_to_do(
    scenario: tuple[Path, Callable[[Store], None], str | None, str], folder: Path, code: int, *, onwards: bool
) -> None:
    root, action, before, after = scenario
    for at in range(1, calls_of(root, action, folder / "count") + 1):
        copy = folder / f"at{at}"
        shutil.copytree(root, copy)
        disk = FailingDisk(at, code, onwards=onwards)
        error = failure(action, Store(copy, disk=disk))
        assert current_text(copy) == (after if error is None else before), f"call {at}, {disk.failed}: {error}"
        assert error is None or re.search(MESSAGE, error)
        assert_the_next_build_succeeds(copy)
        shutil.rmtree(copy)


@pytest.mark.parametrize("most", [1, 7])
def test_short_writes_and_reads_change_nothing(tmp_path: Path, most: int) -> None:
    publish_third(Store(tmp_path, disk=ShortDisk(most)))
    assert current_text(tmp_path) == current_text(tmp_path, ShortDisk(most)) == "3"


def test_a_disk_that_writes_nothing_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="could not be written; the disk reports an error"):
        publish_third(Store(tmp_path, disk=ShortDisk(0)))


class LyingDisk(Disk):
    """Says that it has written everything, and writes zeros to files of one kind."""

    def __init__(self, suffix: str) -> None:
        self._suffix = suffix
        self._lied_to = set[int]()

    def open(self, path: Path, flags: int) -> int:
        descriptor = super().open(path, flags)
        (self._lied_to.add if path.suffix == self._suffix else self._lied_to.discard)(descriptor)
        return descriptor

    def write(self, descriptor: int, content: memoryview) -> int:
        return super().write(descriptor, memoryview(bytes(len(content))) if descriptor in self._lied_to else content)


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".safetensors", ".segment"])
def test_data_that_the_disk_did_not_store_is_noticed_before_it_is_published(tmp_path: Path, suffix: str) -> None:
    publish(Store(tmp_path), "1")
    named = rf"what is on disk is not what was written, check the disk: .*\{suffix} is damaged"
    with pytest.raises(BuildError, match=named):
        publish(Store(tmp_path, disk=LyingDisk(suffix)), "2")
    assert current_text(tmp_path) == "1"


class InterruptingDisk(CountingDisk):
    """Ctrl-C is pressed during the call numbered `at`."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def instead(self, name: str, call: Callable[..., Any], arguments: Any, options: Any) -> Any:
        interrupted = self.count == self.at
        try:
            done = call(*arguments, **options)
        except OSError:
            if interrupted:
                raise KeyboardInterrupt from None
            raise
        if not interrupted:
            return done
        if name == "open":
            self.close(done)
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_the_old_generation_or_the_new_and_nothing_unfinished(
    scenario: tuple[Path, Callable[[Store], None], str | None, str], folder: Path
) -> None:
    root, action, before, after = scenario
    for at in range(1, calls_of(root, action, folder / "count") + 1):
        copy = folder / f"at{at}"
        shutil.copytree(root, copy)
        with pytest.raises(KeyboardInterrupt):
            action(Store(copy, disk=InterruptingDisk(at)))
        assert current_text(copy) in {before, after}, f"call {at}"
        assert [name for name in leftovers(copy) if ".old-" not in name] == [], f"call {at}"
        assert [each.problem for each in Store(copy).generations() if each.problem] == []
        assert_the_next_build_succeeds(copy)
        shutil.rmtree(copy)


class NetworkDisk(QuickDisk):
    """As on NFS: an exclusive lock needs a descriptor that may write."""

    def lock(self, descriptor: int, *, shared: bool) -> bool:
        if not shared and fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return super().lock(descriptor, shared=shared)


def test_old_generations_are_removed_from_a_network_folder_too(tmp_path: Path) -> None:
    store = Store(tmp_path, disk=NetworkDisk())
    for text in "123":
        store.publish(files(text), {}, keep=1).close()
    assert [each.is_current for each in store.generations()] == [True]


class FoldersUnsynced(QuickDisk):
    """As some network folders: what is renamed there is safe at once, and a folder cannot be synced."""

    def __init__(self, code: int) -> None:
        self._code = code

    def sync(self, descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(self._code, os.strerror(self._code))


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_where_folders_cannot_be_synced_is_built_all_the_same(tmp_path: Path, code: int) -> None:
    publish(Store(tmp_path, disk=FoldersUnsynced(code)), "1")
    assert current_text(tmp_path) == "1"


class Shrinking(Disk):
    """A file becomes shorter after its size was asked for."""

    def read_into(self, descriptor: int, space: memoryview) -> int:
        os.lseek(descriptor, 0, os.SEEK_END)
        return super().read_into(descriptor, space)


def test_a_file_that_becomes_shorter_while_it_is_read_is_refused_by_name(tmp_path: Path) -> None:
    publish(Store(tmp_path), "1")
    with pytest.raises(BadIndexError, match="current does not name a generation, it is damaged"):
        Store(tmp_path, disk=Shrinking()).current()


class LocklessDisk(QuickDisk):
    """A file system without locks."""

    def lock(self, descriptor: int, *, shared: bool) -> bool:
        del descriptor, shared
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def test_a_file_system_without_locks_is_named_as_the_problem(tmp_path: Path) -> None:
    Store(tmp_path).publish(files("1"), {}).close()
    store = Store(tmp_path, disk=LocklessDisk())
    with pytest.raises(BuildError, match='has no locks: name a folder on a local disk with --index, then run "assist'):
        store.publish(files("2"), {})
    with pytest.raises(BadIndexError, match="has no locks: name a folder on a local disk with --index"):
        store.current()
