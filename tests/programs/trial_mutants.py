"""A fixed sample of mutants of the code that guards and decides: most of them have to fail a test."""

from __future__ import annotations

import subprocess
import sys

from tests.programs.trials import Outcome

_LEAST = 0.7
_SAMPLE = 1  # the same mutants whatever the trials' seed is, so that a share that sinks tells something


def sampled_mutants(seed: int, size: int) -> Outcome:
    """Run `tests.programs.mutation` in a process of its own, for it makes children and must not have threads."""
    options = ["--sample", str(max(size, 1)), "--seed", str(_SAMPLE), "--least", str(_LEAST)]
    command = [sys.executable, "-m", "tests.programs.mutation", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shares = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    failures = () if done.returncode == 0 else tuple((done.stdout + done.stderr).strip().splitlines())
    return Outcome("mutants", f"{size} mutants of each part", failures, seed, "; ".join(shares))
