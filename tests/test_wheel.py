"""What is installed from a wheel, in an environment and a folder of its own, builds and serves as a checkout does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "assistant")
PAPERS = ("pyproject.toml", "README.md", "LICENSE", "NOTICE")
NOT_INSTALLED = ("index/built/", "index/journal.sqlite")  # made by a build and a server in the checkout


def files_of_the_rooms() -> set[str]:
    """Return what has to be in the wheel: all that the rooms hold but their papers and what was made there."""
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name not in {"README.md", "CHAT.md"}
    }
    return {name for name in found if not name.startswith(NOT_INSTALLED)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made of a copy of the checkout: building leaves files beside the code."""
    folder = tmp_path_factory.mktemp("wheel")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / "source" / room, ignore=shutil.ignore_patterns("built", "*.pyc"))
    for name in PAPERS:
        shutil.copy(ROOT / name, folder / "source")
    pip("wheel", str(folder / "source"), "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    (made,) = folder.glob("*.whl")
    return made


def pip(*arguments: str, python: str = sys.executable) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, *arguments, "--no-index", "--quiet"]
    subprocess.run(command, check=True, capture_output=True, text=True, env=environment())


def environment() -> dict[str, str]:
    """Return the environment without what would find the checkout or set anything but the cache."""
    kept = os.environ.get("ASSISTANT_CACHE")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ASSISTANT_", "PYTHON"))}
    return plain | ({"ASSISTANT_CACHE": kept} if kept else {})


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the commands of a new environment with the wheel; other libraries are those that run the test.

    The path of a .pth file is searched last, and .pth files in it are not read: the checkout is not found through it.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    commands = folder / "bin"
    pip("install", "--no-deps", str(wheel), python=str(commands / "python"))
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return commands


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with nothing but articles."""
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(ROOT / "corpus" / "articles", folder / "help")
    return folder


def run(command: Path, *arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [command, *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_every_file_of_the_rooms_and_the_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    information = f"{'-'.join(wheel.name.split('-')[:2])}.dist-info"
    assert {name for name in names if not name.startswith(information)} == files_of_the_rooms()
    assert {f"{information}/licenses/LICENSE", f"{information}/licenses/NOTICE"} <= names
    metadata = zipfile.ZipFile(wheel).read(f"{information}/METADATA").decode()
    assert "License-Expression: Apache-2.0\n" in metadata


def test_what_runs_is_what_was_installed(installed: Path, folder: Path) -> None:
    program = "import assistant, corpus, index\nfor each in (assistant, corpus, index): print(each.__file__)"
    shown = run(installed / "python", "-c", program, folder=folder).splitlines()
    assert [Path(each).is_relative_to(installed.parent) for each in shown] == [True, True, True]


@pytest.fixture(scope="module")
def address(installed: Path, folder: Path) -> Iterator[str]:
    """Where `assistant serve` answers after `assistant build`, both with an index beside the articles."""
    places = ("--corpus", "help", "--index", "built")
    assert "10 added" in run(installed / "assistant", "build", *places, folder=folder)
    command = [str(installed / "assistant"), "serve", "--port", "0", *places]
    settings = environment() | {"ASSISTANT_TOKEN": "secret", "ASSISTANT_JOURNAL": "journal.sqlite"}
    with subprocess.Popen(command, cwd=folder, env=settings, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        yield process.stderr.readline().rstrip().partition(": ")[2]
        process.terminate()


def test_the_server_has_its_pages_its_files_and_its_answers(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:
        answer = client.post("/api/search", json={"query": "failed to renew token"}).json()
        assert answer["hits"][0]["entry_id"] == "xero-error-messages#failed-to-renew-token"
        for path in ("/", "/editor", "/site/page.css", "/site/page.js", "/site/editor.js", "/favicon.ico"):
            assert client.get(path).status_code == 200, path
