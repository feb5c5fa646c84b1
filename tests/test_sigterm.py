"""A command that gets SIGTERM removes what is unfinished and ends by that signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from assistant.cli import sigterm_raises
from tests.conftest import ARTICLES

PROGRAM = """
import time
from assistant.cli import sigterm_raises
with sigterm_raises():
    try:
        print("begun", flush=True)
        time.sleep(60)
    finally:
        print("tidied up", flush=True)
"""


def start(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_finally_clauses_run_and_the_signal_ends_the_process() -> None:
    with start("-c", PROGRAM) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.terminate()
        assert process.communicate(timeout=30) == ("tidied up\n", "")
    assert process.returncode == -signal.SIGTERM


def test_afterwards_and_in_other_threads_the_handler_is_unchanged() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with sigterm_raises():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before

    def inside() -> None:
        with sigterm_raises():
            assert signal.getsignal(signal.SIGTERM) == before

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()


@pytest.mark.parametrize("command", ["watch", "serve"])
def test_watch_and_serve_end_soon_with_the_processes_they_started(tmp_path: Path, command: str) -> None:
    options = ["--corpus", str(ARTICLES), "--index", str(tmp_path / "built")]
    options += ["--watch", "--port", "0"] if command == "serve" else []
    if command == "serve":
        subprocess.run([sys.executable, "-m", "assistant.cli", "build", *options[:4]], check=True, capture_output=True)
    with start("-m", "assistant.cli", command, *options) as process:
        assert process.stderr is not None
        line = ""
        while not line.startswith(("generation", "watching", "Troubleshooting assistant: http")):
            line = process.stderr.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        started = children.read_text().split() if children.exists() else []
        process.terminate()
        _, error = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGTERM
    assert "Traceback" not in error
    deadline = time.monotonic() + 30
    while any(map(_runs, started)):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _runs(process_id: str) -> bool:
    try:
        os.kill(int(process_id), 0)
    except ProcessLookupError:
        return False
    return True
