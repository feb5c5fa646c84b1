"""`make run` says what each step does before it does it, and what it skips; what it calls is replaced here by stubs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PYTHON = """#!/bin/sh
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/assistant" ;;
esac
echo "ran ${0##*/} $*"
exit ${FAILS:-0}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that `make run` reads and a Python that only says how it was called."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    stub = tmp_path / "python"
    stub.write_text(PYTHON, encoding="utf-8")
    stub.chmod(0o755)
    return tmp_path


def make(folder: Path, *targets: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *targets, f"PYTHON={folder / 'python'}"]
    return subprocess.run(command, cwd=folder, env=inherited | environment, capture_output=True, text=True, check=False)


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def assert_begins(printed: list[str], beginnings: list[str]) -> None:
    assert [line[: len(begin)] for line, begin in zip(printed, beginnings, strict=True)] == beginnings


BUILD_AND_SERVE = [
    "==> Building the index",
    "ran assistant build",
    "==> Starting the server",
    "ran assistant serve",
]


def test_the_first_run_announces_each_step_and_the_second_what_it_skips(checkout: Path) -> None:
    install = "ran python -m pip install --disable-pip-version-check --constraint constraints.txt"
    installing = [
        "==> Installing into .venv",
        "==> 1 of 3: a virtual environment",
        "ran python -m venv .venv",
        "==> 2 of 3: PyTorch",
        f"{install} torch",
        "==> 3 of 3: the assistant",
        f"{install} --editable .[ocr]",
    ]
    assert_begins(lines(make(checkout, "run")), [*installing, *BUILD_AND_SERVE])
    assert_begins(lines(make(checkout, "run")), ["==> Installation skipped", *BUILD_AND_SERVE])


def test_what_is_installed_is_brought_up_to_date_when_the_pins_change(checkout: Path) -> None:
    make(checkout, "setup")
    os.utime(checkout / ".venv" / "installed", (1, 1))  # the pins are newer
    again = lines(make(checkout, "setup"))
    assert "ran python -m venv .venv" not in again
    assert again[-1].endswith("--editable .[ocr]")


def test_an_installation_that_fails_ends_the_run_and_is_tried_again(checkout: Path) -> None:
    failed = make(checkout, "run", FAILS="1")
    assert failed.returncode == 2
    assert "ran assistant" not in failed.stdout
    assert lines(make(checkout, "run"))[-1] == "ran assistant serve"
