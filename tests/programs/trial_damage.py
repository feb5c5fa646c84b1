"""Builds are interrupted and index files damaged: what can still be opened is right, the rest is refused."""

from __future__ import annotations

import errno
import logging
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.answering.answer import json_value
from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from index.errors import BadIndexError, NoIndexError, SearchIndexError
from index.integrity_check import check
from index.storage.file_system import Disk
from index.storage.store import Store
from tests.programs.faulty_disks import CountingDisk, FailingDisk, QuickDisk, ShortDisk
from tests.programs.power_cuts import CrashingDisk, Damage, PowerCut, damage_file
from tests.programs.trials import (
    QUERIES,
    Outcome,
    StableEncoder,
    build_edition,
    editions_in,
    leftovers,
    random_for,
    without_time,
    write_edition,
)

CODES = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE)


class TrialIndex:
    """An index of edition 1 and articles of edition 2; each attempt gets a copy of the index."""

    what = ""

    def __init__(self, folder: Path) -> None:
        self.corpus = folder / "articles"
        self.before = folder / "before"
        self.copy = folder / "copy"
        write_edition(self.corpus, 0, articles=2)
        build_edition(self.corpus, self.before, disk=QuickDisk())
        write_edition(self.corpus, 1, articles=2)
        build_edition(self.corpus, self.before, disk=QuickDisk(), keep=1)
        write_edition(self.corpus, 2, articles=2)

    def build(self, root: Path, disk: Disk) -> None:
        """Do the build that is tried."""
        build_edition(self.corpus, root, disk=disk, keep=1)

    def fresh(self) -> Path:
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.before, self.copy)
        return self.copy

    def calls(self) -> int:
        disk = CountingDisk()
        self.build(self.fresh(), disk)
        return disk.count

    def edition(self) -> set[int]:
        """Return the editions that a new reader sees."""
        assistant = Assistant(Store(self.copy, disk=QuickDisk()), StableEncoder())
        found = {frozenset(editions_in(json_value(assistant.ask(Query(query))))) for query in QUERIES}
        return set(found.pop()) if len(found) == 1 else {-1}

    def faults_left(self) -> Iterator[str]:
        """Yield what a check finds, and what is wrong after the next build."""
        yield from (problem.description for problem in check(Store(self.copy, disk=QuickDisk())).problems)
        self.build(self.copy, QuickDisk())
        yield from leftovers(self.copy)
        if self.edition() != {2}:
            yield f"the next build gives {self.edition()}"


def crash_sweep(folder: Path, seed: int, *, every: int = 1, made: type[TrialIndex] = TrialIndex) -> Outcome:
    """Cut the power before each call of a build, then damage what was not synced, in each way."""
    index = made(folder)
    calls = range(1 + seed % every, index.calls() + 1, every)
    failures = [
        f"call {at}, {how}: {fault}" for at in calls for how in Damage for fault in _power_cut(index, at, how, seed)
    ]
    return Outcome(
        f"power cut in a build{index.what}",
        f"{len(calls)} calls x {len(Damage)} kinds of damage",
        tuple(failures),
        seed,
    )


def _power_cut(index: TrialIndex, at: int, how: Damage, seed: int) -> Iterator[str]:
    disk = CrashingDisk(at)
    try:
        index.build(index.fresh(), disk)
        yield "the power was not cut"
    except PowerCut:
        disk.damage(index.copy, how, random_for(seed, at, how))
    try:
        if index.edition() not in ({1}, {2}):
            yield f"shows the editions {index.edition()}"
        yield from index.faults_left()
    except SearchIndexError as error:
        yield str(error)


def failing_calls(folder: Path, seed: int, *, every: int = 1, made: type[TrialIndex] = TrialIndex) -> Outcome:
    """Let each call of a build fail with each error, once and from then on."""
    index = made(folder)
    calls = range(1 + seed % every, index.calls() + 1, every)
    failures = [
        f"call {at}, {errno.errorcode[code]}, {'onwards' if onwards else 'once'}: {fault}"
        for at in calls
        for code in CODES
        for onwards in (False, True)
        for fault in _failing_call(index, FailingDisk(at, code, onwards=onwards))
    ]
    failures += [f"writes of {most}: {fault}" for most in (1, 100) for fault in _short(index, most)]
    done = f"{len(calls)} calls x {len(CODES)} errors x once and onwards, short writes"
    return Outcome(f"calls that fail in a build{index.what}", done, tuple(failures), seed)


def _failing_call(index: TrialIndex, disk: FailingDisk) -> Iterator[str]:
    expected = {2}
    try:
        index.build(index.fresh(), disk)
    except SearchIndexError as error:
        expected = {1}
        if os.strerror(disk.code) not in str(error):
            yield f"unclear: {error}"
    if index.edition() != expected:
        yield f"{disk.failed}: shows the editions {index.edition()}, not {expected}"
    yield from index.faults_left()


def _short(index: TrialIndex, most: int) -> Iterator[str]:
    index.build(index.fresh(), ShortDisk(most))
    yield from index.faults_left()


def _quietly() -> None:
    """Servers log each generation that they refuse, which is almost every one here."""
    logging.getLogger("index.live_retriever").setLevel(logging.ERROR)


def mutations(folder: Path, seed: int, count: int) -> Outcome:
    """Damage one file of an index in a random way and ask: refused, or answered as it should be."""
    _quietly()
    index = _two_generations(folder)
    index.fresh()
    right = {each.generation_id: answers_of(index.copy, each.generation_id) for each in Store(index.copy).generations()}
    failures: list[str] = []
    kinds: dict[str, int] = {}
    for number in range(count):
        draw = random_for(seed, number)
        root = index.fresh()
        running = Assistant(Store(root), StableEncoder())
        running.ask(Query(QUERIES[0]))
        what = mutate(root, draw)
        kinds[what.partition(" ")[0]] = kinds.get(what.partition(" ")[0], 0) + 1
        failures += [f"{number}, {what}: {fault}" for fault in wrong_answers(running, right)]
        failures += [f"{number}, {what}, after a restart: {fault}" for fault in wrong_answers(None, right, root)]
        failures += [f"{number}, {what}: {fault}" for fault in _overlooked(index.before, root)]
    kinds_text = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    return Outcome("damaged index files", f"{count} mutations ({kinds_text})", tuple(failures), seed)


def _two_generations(folder: Path) -> TrialIndex:
    index = TrialIndex(folder)
    build_edition(index.corpus, index.before, disk=QuickDisk())
    return index


def answers_of(root: Path, generation_id: str) -> list[dict[str, Any]]:
    """Return what a generation answers; it becomes the current one."""
    Store(root).rollback(generation_id).close()
    assistant = Assistant(Store(root), StableEncoder())
    return [without_time(assistant.ask(Query(query))) for query in QUERIES]


def wrong_answers(
    assistant: Assistant | None, right: dict[str, list[dict[str, Any]]], root: Path | None = None
) -> Iterator[str]:
    """Ask; anything but the right answer of an intact generation, or a refusal, is a fault."""
    if root is not None:
        assistant = Assistant(Store(root), StableEncoder())
    assert assistant is not None
    try:
        for at, query in enumerate(QUERIES):
            answer = without_time(assistant.ask(Query(query)))
            if answer != right.get(answer["generation"]["id"], [None] * len(QUERIES))[at]:
                yield f"{query!r} was answered wrongly"
    except (BadIndexError, NoIndexError) as error:
        if 'run "assistant' not in str(error):
            yield f"unclear: {error}"


def _overlooked(before: Path, root: Path) -> Iterator[str]:
    """A check must notice every change, unless the pointer now names another intact generation."""
    try:
        report = check(Store(root))
    except NoIndexError:
        return
    if report.problems or _same(before, root):
        return
    if report.current == Store(before).current_id():
        yield "the check did not notice it"


def _same(before: Path, after: Path) -> bool:
    def contents(root: Path) -> dict[str, bytes]:
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and path.name not in {"writer.lock", "current"}
        }

    return contents(before) == contents(after)


def mutate(root: Path, draw: random.Random) -> str:
    """Change one file of an index, of any kind; returns what was done to which."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "writer.lock")
    kinds = sorted({path.name for path in files})
    name = draw.choice(kinds)  # by name first: there is one pointer, and many other files
    path = draw.choice([each for each in files if each.name == name])
    how = draw.choice(("swapped", "extended", "overwritten", "cut", *[each.value for each in Damage][:-1]))
    content = path.read_bytes()
    if how == "swapped":
        other = draw.choice([each for each in files if each != path])
        path.write_bytes(other.read_bytes())
        other.write_bytes(content)
        return f"{how} {path.name} with {other.parent.name}/{other.name}"
    if how == "extended":
        path.write_bytes(content + draw.randbytes(draw.randint(1, 64)))
    elif how == "overwritten":
        start, length = draw.randrange(len(content) + 1), draw.randint(1, 64)
        path.write_bytes(content[:start] + draw.randbytes(length) + content[start + length :])
    elif how == "cut":
        path.write_bytes(content[: draw.randrange(len(content) + 1)])
    else:
        damage_file(path, Damage(how), draw)
    return f"{how} {path.parent.name}/{path.name}"
