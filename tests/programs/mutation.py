"""Counts the mutants of the code that the tests notice.

    python -m tests.programs.mutation --sample 40 --seed 1 decision

A mutant is one small change (see `mutants`). For each, a child of this process, which has imported everything, runs the
few fast tests of that code; a mutant that none of them fails on survives, and is printed. The exit code is 1 where the
share of those that are noticed is below `--least`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # a child of a process with threads may wait for them for good

import pytest

from tests.programs.mutants import Mutant, count_of, mutant_of


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
                *("clauses", "repeats", "templates", "carried_rows", "clause_merging"),
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


def run_tests(part: Part, mutant: Mutant | None, *, timeout_s: int) -> bool:
    """Run the tests of a part in a child of this process; return whether all passed.

    What takes longer than `timeout_s` has not passed.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.alarm(timeout_s)
        if mutant is not None:
            mutant.apply()
        os._exit(_pytest(part, "-x"))
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what the tests have started
    return status == 0


def _pytest(part: Part, *options: str) -> int:
    arguments = ["-q", "-p", "no:cacheprovider", "-W", "ignore", *options, *part.tests]
    if part.skipped:
        arguments += ["-k", f"not ({part.skipped})"]
    nothing = os.open(os.devnull, os.O_WRONLY)
    kept = [os.dup(1), os.dup(2)]
    try:
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        return int(pytest.main(arguments))
    finally:
        for descriptor, target in zip(kept, (1, 2), strict=True):
            os.dup2(descriptor, target)
            os.close(descriptor)
        os.close(nothing)


def score(part: Part, mutants: Iterable[Mutant]) -> Score:
    """Run the tests against each mutant, and print those that survive.

    Raises:
        RuntimeError: They fail without a change, too.
    """
    _pytest(part, "--collect-only")  # imports everything, once
    began = time.monotonic()
    if not run_tests(part, None, timeout_s=600):
        raise RuntimeError(f"{', '.join(part.tests)} fail without a change; correct that first")
    timeout_s = 10 + round(5 * (time.monotonic() - began))
    noticed, survivors = 0, []
    for mutant in mutants:
        if run_tests(part, mutant, timeout_s=timeout_s):
            survivors.append(mutant)
            print(f"  survived: {mutant}", flush=True)
        else:
            noticed += 1
    return Score(noticed, tuple(survivors))


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
