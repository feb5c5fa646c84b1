"""The page and HTTP for longer than in the tests: hostile texts in a browser, hostile requests, many users."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ARTICLES
from tests.programs.crowd import ask_together, summary
from tests.programs.payloads import payloads
from tests.programs.trials import Outcome

USERS = 50


def hostile_texts(_folder: Path, seed: int) -> Outcome:
    """Put every payload into every field that is shown, in a real browser."""
    done = f"{len(payloads())} payloads in each field and in the query"
    return Outcome("scripts in texts", done, _failures("tests/test_browser_safety.py", seed), seed)


def hostile_requests(_folder: Path, seed: int) -> Outcome:
    """Send requests made from the description of the interface, and bodies of anything."""
    done = "2,000 requests made from the description, 400 of any bytes or texts"
    return Outcome("hostile requests", done, _failures("tests/test_hostile_requests.py", seed), seed)


def crowd(folder: Path, seed: int, seconds: float) -> Outcome:
    """Let many users ask at once."""
    with serving(folder / "built") as address:
        times, errors = asyncio.run(ask_together(address, USERS, seconds))
    return Outcome("crowd", f"{USERS} users for {seconds:.0f} s", tuple(errors), seed, summary(times))


def _failures(tests: str, seed: int) -> tuple[str, ...]:
    command = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={seed}", tests]
    environment = os.environ | {"ASSISTANT_TORTURE": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return () if done.returncode == 0 else (done.stdout[-2000:],)


@contextmanager
def serving(index: Path) -> Iterator[str]:
    """Run the server over the shipped articles, as `make run` does; gives its address."""
    places = ["--corpus", str(ARTICLES), "--index", str(index)]
    environment = os.environ | {"ASSISTANT_RATE_LIMIT": "0", "ASSISTANT_JOURNAL": str(index.parent / "journal.sqlite")}
    command = [sys.executable, "-m", "assistant.cli"]
    subprocess.run([*command, "build", *places], check=True, capture_output=True)
    served = [*command, "serve", "--port", "0", *places]
    with subprocess.Popen(served, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        yield process.stderr.readline().rstrip().partition(": ")[2]
        process.terminate()
