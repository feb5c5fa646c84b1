"""The long forms of the trials: `make torture`, or `python -m tests.programs.torture --seed 7 --scale 0.1 kills soak`.

Prints a line for each trial, with the seed that repeats it. The exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from index.models.encoder import Encoder
from tests.programs.trial_articles import fuzzed_articles
from tests.programs.trial_damage import crash_sweep, failing_calls, mutations
from tests.programs.trial_edits import edit_scripts
from tests.programs.trial_engine import real_server
from tests.programs.trial_merging import MergingIndex, damaged_segments
from tests.programs.trial_mutants import sampled_mutants
from tests.programs.trial_page import crowd, hostile_requests, hostile_texts
from tests.programs.trial_serving import killed_builds, rebuilds_under_clients, soak
from tests.programs.trials import Outcome

Trial = Callable[[Path, int, float], Outcome]


def _every(scale: float) -> int:
    return max(1, round(1 / scale))


TRIALS: dict[str, Trial] = {
    "crashes": lambda folder, seed, scale: crash_sweep(folder, seed, every=_every(scale)),
    "faults": lambda folder, seed, scale: failing_calls(folder, seed, every=_every(scale)),
    "merges": lambda folder, seed, scale: crash_sweep(folder, seed, every=_every(scale), made=MergingIndex),
    "merge-faults": lambda folder, seed, scale: failing_calls(folder, seed, every=_every(scale), made=MergingIndex),
    "segments": lambda folder, seed, scale: damaged_segments(folder, seed, round(1_000 * scale)),
    "mutations": lambda folder, seed, scale: mutations(folder, seed, round(2_000 * scale)),
    "edits": lambda folder, seed, scale: edit_scripts(folder, seed, round(1_000 * scale), _shipped_encoder()),
    "fuzz": lambda folder, seed, scale: fuzzed_articles(folder, seed, round(10_000 * scale)),
    "kills": lambda folder, seed, scale: killed_builds(folder, seed, round(200 * scale)),
    "clients": lambda folder, seed, scale: rebuilds_under_clients(folder, seed, round(100 * scale)),
    "texts": lambda folder, seed, _: hostile_texts(folder, seed),
    "requests": lambda folder, seed, _: hostile_requests(folder, seed),
    "crowd": lambda folder, seed, scale: crowd(folder, seed, 60 * scale),
    "mutants": lambda _, seed, scale: sampled_mutants(seed, round(40 * scale)),
    "engine": real_server,
    "soak": lambda folder, seed, scale: soak(folder, seed, round(100_000 * scale)),
}
IN_MEMORY = ("crashes", "faults", "merges", "merge-faults", "segments", "mutations", "edits", "fuzz")


def main() -> int:
    """Run the trials asked for, print the table, return the exit code."""
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=f"which ({', '.join(TRIALS)}; all)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="repeat a run")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full counts (1)")
    asked = parser.parse_args()
    if unknown := set(asked.trials) - set(TRIALS):
        parser.error(f"no such trial: {', '.join(sorted(unknown))}")
    outcomes = [_run(name, asked.seed, asked.scale) for name in asked.trials or TRIALS]
    return 1 if any(outcome.failures for outcome in outcomes) else 0


def _run(name: str, seed: int, scale: float) -> Outcome:
    memory = Path("/dev/shm")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=memory if name in IN_MEMORY and memory.is_dir() else None) as folder:
        outcome = TRIALS[name](Path(folder), seed, scale)
    verdict = f"{len(outcome.failures)} FAILURES" if outcome.failures else "0 failures"
    figures = f" | {outcome.figures}" if outcome.figures else ""
    took = time.monotonic() - began
    print(f"{outcome.name} | {outcome.done} | {verdict}{figures} | seed {seed} | {took:.0f} s", flush=True)
    for failure in outcome.failures[:20]:
        print(f"  {failure[:2000]}", file=sys.stderr)
    return outcome


def _shipped_encoder() -> Encoder:
    """Return the default encoder in single precision: in half, rounding flips up to two signs of a word's code."""
    from assistant.answering.factory import open_encoder
    from assistant.settings import Settings
    from index.models.options import Precision

    return open_encoder(Settings(precision=Precision.F32))


if __name__ == "__main__":
    sys.exit(main())
