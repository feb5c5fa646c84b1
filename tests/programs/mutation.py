"""Counts the mutants of the code that the tests notice.

    python -m tests.programs.mutation --sample 40 --seed 1 decision

A mutant is one small change (see `mutants`). For each, a child of this process, which has imported everything, runs
those of the fast tests of that code that enter the changed function, the quickest first; a mutant that none of them
fails on survives, and is printed. The exit code is 1 where the share of those that are noticed is below `--least`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

os.environ["OMP_NUM_THREADS"] = "1"  # a child of a process with threads may wait for them for good

import pytest

from tests.programs.mutants import Mutant, count_of, mutant_of

_BROKEN = 9  # the exit code of a child that did not come to its end
_LEAST_S = 20  # what a child may take at least; one that takes five times what its tests take has not passed


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the code and the tests that hold it.

    Attributes:
        files: Files and folders.
        tests: Files of tests, fast ones without servers.
        skipped: An expression for `pytest -k`: what of them is too slow, or needs a process of its own.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    skipped: str = ""


PARTS = {
    "middleware": Part(
        tuple(
            f"assistant/web/middleware/{name}.py"
            for name in ("rate_limit", "body_limit", "security", "responses", "fault_ids", "gradio_calls", "turns")
        ),
        ("tests/test_limits.py", "tests/test_middleware.py", "tests/test_guards.py", "tests/test_turns.py"),
        "hundred_waiting_pastes or clients_that_have_left",
    ),
    "storage": Part(
        ("index/storage", "index/storage/segments"),
        tuple(
            f"tests/test_{name}.py"
            for name in (
                *("segments", "ragged", "entry_table", "store", "guards", "check", "unchanged_files"),
                *("carried_rows", "store_faults"),
            )
        ),
        "(process and not lent) or keeps",
    ),
    "messages": Part(
        ("index/messages", "index/messages/documented"),
        tuple(
            f"tests/test_{name}.py"
            for name in (
                *("contrast", "boundaries", "message_masking", "bigram_index", "misread", "message_codes"),
                *("clauses", "repeats", "templates", "carried_rows", "clause_merging", "walks", "named_things"),
            )
        ),
    ),
    "decision": Part(("index/decision.py",), ("tests/test_decision.py",)),
}


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants were noticed, and which were not."""

    noticed: int
    survivors: tuple[Mutant, ...]

    @property
    def share(self) -> float:
        """The share that was noticed."""
        return self.noticed / max(1, self.noticed + len(self.survivors))


def files_of(part: Part) -> Iterator[str]:
    """Yield the modules of a part."""
    for name in part.files:
        path = Path(name)
        yield from (each.as_posix() for each in (sorted(path.glob("*.py")) if path.is_dir() else [path]))


def sample(part: Part, seed: int, size: int) -> list[Mutant]:
    """Return some of a part's mutants, or all where `size` is 0."""
    every = [(file, number) for file in files_of(part) for number in range(count_of(file))]
    chosen = every if not size or size >= len(every) else sorted(random.Random(seed).sample(every, size))
    return [mutant for file, number in chosen if (mutant := mutant_of(file, number)) is not None]


class Told(Protocol):
    """Called with each mutant that was tried."""

    def __call__(self, mutant: Mutant, *, is_noticed: bool) -> None:
        """Take note of a mutant, and of whether a test failed on it."""


@dataclass(frozen=True, slots=True)
class _Run:
    """How one test passed: the functions that it entered, and the seconds that it took."""

    entered: frozenset[tuple[str, str]]
    seconds: float


@dataclass(slots=True)
class _Trial:
    """A plugin of pytest that runs the tests which it has collected against mutants, instead of running them once.

    Every test, and every mutant, has a child of its own: nothing that one has cached or changed is there for another.

    Attributes:
        mutants: What is tried.
        told: Called with each mutant and whether a test failed on it.
        failed: The tests that fail without a change.
    """

    mutants: Sequence[Mutant]
    told: Told
    failed: list[str] = field(default_factory=list)
    _has_failed: bool = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember whether a test of this process has failed."""
        self._has_failed = self._has_failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the tests; pytest runs none of them then."""
        files = frozenset(str(Path(mutant.file).resolve()) for mutant in self.mutants)
        runs = {item: run for item in session.items if (run := self._run_once(item, files)) is not None}
        if not self.failed:
            for mutant in self.mutants:
                place = (str(Path(mutant.file).resolve()), mutant.function)
                items = sorted(
                    (item for item, run in runs.items() if place in run.entered), key=lambda i: runs[i].seconds
                )
                timeout_s = _LEAST_S + round(5 * sum(runs[item].seconds for item in items))
                self.told(mutant, is_noticed=not self._all_pass(items, mutant, timeout_s))
        return True

    def _run_once(self, item: pytest.Item, files: frozenset[str]) -> _Run | None:
        """Run a test without a change; None where it fails."""
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            with _never_leaving():
                began = time.monotonic()
                entered = _entered_during(lambda: self._run([item]), files)
                with os.fdopen(writer, "wb") as pipe:
                    pickle.dump(None if self._has_failed else _Run(entered, time.monotonic() - began), pipe)
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            content = pipe.read()
        _wait_for(child)
        run: _Run | None = pickle.loads(content) if content else None
        if run is None:
            self.failed.append(item.nodeid)
        return run

    def _all_pass(self, items: Sequence[pytest.Item], mutant: Mutant, timeout_s: int) -> bool:
        child = os.fork()
        if child == 0:
            with _never_leaving():
                signal.alarm(timeout_s)
                mutant.apply()
                self._run(items)
                os._exit(self._has_failed)
        status = _wait_for(child)
        if os.waitstatus_to_exitcode(status) == _BROKEN:
            raise RuntimeError(f"the tests could not be run against {mutant}")
        return status == 0

    def _run(self, items: Sequence[pytest.Item]) -> None:
        """Run tests until one fails."""
        for item, following in zip_longest(items, items[1:]):
            try:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            except KeyboardInterrupt:  # which a test has raised and the code has let through
                self._has_failed = True
            if self._has_failed:
                return


@contextlib.contextmanager
def _never_leaving() -> Iterator[None]:
    """Let a child end within the block, whatever happens: what comes after it is its parent's."""
    try:
        os.setsid()
        yield
    finally:
        os._exit(_BROKEN)


def _entered_during(action: Callable[[], None], files: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Return the functions of some files that are entered meanwhile, each with its file and its full name."""
    entered: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename in files:
            entered.add((frame.f_code.co_filename, frame.f_code.co_qualname))

    threading.setprofile(note)
    sys.setprofile(note)
    action()
    sys.setprofile(None)
    return frozenset(entered)


def _wait_for(child: int) -> int:
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests have started
    return status


def score(part: Part, mutants: Iterable[Mutant]) -> Score:
    """Run the tests against each mutant, and print those that survive.

    Raises:
        RuntimeError: They fail without a change, too, or could not be run.
    """
    survivors: list[Mutant] = []
    noticed: list[Mutant] = []
    with _silent() as out:

        def told(mutant: Mutant, *, is_noticed: bool) -> None:
            (noticed if is_noticed else survivors).append(mutant)
            if not is_noticed:
                os.write(out, f"  survived: {mutant}\n".encode())

        trial = _Trial(list(mutants), told)
        arguments = ["-q", "-p", "no:cacheprovider", "-W", "ignore", *part.tests]
        arguments += ["-k", f"not ({part.skipped})"] if part.skipped else []
        ended = pytest.main(arguments, plugins=[trial])
    if trial.failed or ended:
        raise RuntimeError(f"{', '.join(trial.failed or part.tests)} fail without a change; correct that first")
    return Score(len(noticed), tuple(survivors))


@contextlib.contextmanager
def _silent() -> Iterator[int]:
    """Let nothing be printed that does not go to the descriptor that this gives."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    kept = [os.dup(1), os.dup(2)]
    try:
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        yield kept[0]
    finally:
        for descriptor, target in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nothing)


def main() -> int:
    """Score the parts asked for, return the exit code."""
    parser = argparse.ArgumentParser(prog="mutation", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"which ({', '.join(PARTS)}; all)")
    parser.add_argument("--sample", type=int, default=40, help="so many mutants of each part, 0 for all (40)")
    parser.add_argument("--seed", type=int, default=1, help="which of them (1)")
    parser.add_argument("--least", type=float, default=0.0, help="the share that has to be noticed (0)")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    shares = []
    for name in asked.parts or PARTS:
        found = score(PARTS[name], sample(PARTS[name], asked.seed, asked.sample))
        print(
            f"{name}: {found.noticed} of {found.noticed + len(found.survivors)} noticed ({found.share:.0%})", flush=True
        )
        shares.append(found.share)
    return 1 if min(shares) < asked.least else 0


if __name__ == "__main__":
    sys.exit(main())
