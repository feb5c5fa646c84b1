"""What the papers show is what happens: every command is run, every output compared, every name held to exist."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from assistant.answering.assistant import Assistant
from assistant.commands import COMMANDS
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "NOTICE"]
CHANGES = [  # what differs from one build or one tuning to the next
    (re.compile(r"\b\d{6}-[0-9a-f]{12}\b"), "GENERATION"),
    (re.compile(r"\(\d+%\)"), "(N%)"),
    (re.compile(r"\b\d+( passages| re-used| vectors)"), r"N\1"),
]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def sessions() -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of the console blocks, each with the lines that it should print."""
    for block in blocks("console"):
        first, *shown = re.split(r"^\$ ", block, flags=re.MULTILINE)
        assert first == "", f"a console block begins with {first!r}"
        for each in shown:
            command, _, output = each.partition("\n")
            yield command, output.splitlines()


def plain(text: str) -> str:
    for pattern, word in CHANGES:
        text = pattern.sub(word, text)
    return text


def as_pattern(shown: list[str]) -> str:
    """Return what matches the lines shown; a line of three dots stands for any lines."""
    lines = [r"(?:.*\n)*?" if line == "..." else f"{re.escape(plain(line))}\\n" for line in shown]
    return "".join(lines)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what a fresh checkout has: the shipped article, and no index."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "corpus" / "articles").mkdir(parents=True)
    for path in (ROOT / "corpus" / "articles").glob("*.md"):
        (folder / "corpus" / "articles" / path.name).write_bytes(path.read_bytes())
    (folder / "bin").mkdir()
    command = folder / "bin" / "assistant"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return folder


def test_every_session_of_the_readme_prints_what_it_shows(checkout: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    path = f"{checkout / 'bin'}:{os.environ['PATH']}"
    shown = list(sessions())
    assert len(shown) >= 6
    for command, expected in shown:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=checkout,
            capture_output=True,
            text=True,
            check=False,
            env={**inherited, "PATH": path, "PYTHONPATH": str(ROOT)},
        )
        assert (done.returncode, done.stderr) == (0, ""), command
        assert re.fullmatch(as_pattern(expected), plain(done.stdout)), f"$ {command}\n{done.stdout}"


def make_targets(text: str) -> set[str]:
    inside = "\n".join(blocks("sh", text)) + "\n".join(re.findall(r"`([^`\n]+)`", text))
    return {target for line in re.findall(r"\bmake ((?:[a-z]+ ?)+)", inside) for target in line.split()}


@pytest.mark.parametrize("target", sorted(make_targets(README) | make_targets(CONTRIBUTING)))
def test_every_make_target_that_is_named_can_be_made(target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_two_commands_of_the_start_are_named() -> None:
    assert {"run", "test"} <= make_targets(README)


@pytest.fixture(scope="module")
def address(
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
    serve: Callable[[ASGIApp], AbstractContextManager[str]],
) -> Iterator[str]:
    store = Store(tmp_path_factory.mktemp("served") / "built")
    build(load_corpus(ROOT / "corpus" / "articles"), encoder, store)
    journal = tmp_path_factory.mktemp("journal") / "journal.sqlite"
    with serve(create_app(Assistant(store, encoder), Settings(journal=journal))) as address:
        yield address


def test_the_request_by_curl_is_answered(address: str) -> None:
    (line,) = (line for block in blocks("sh") for line in block.splitlines() if line.startswith("curl"))
    words = shlex.split(line)
    (url,) = (word for word in words if word.startswith("http"))
    header, value = words[words.index("-H") + 1].split(": ")
    sent = words[words.index("-d") + 1]
    answer = httpx.post(
        url.replace("http://127.0.0.1:7860", address), content=sent, headers={header: value}, timeout=60
    ).json()
    assert answer["query"] == json.loads(sent)["query"]
    assert answer["hits"][0]["entry_id"] == "xero-error-messages#failed-to-renew-token"


def test_the_request_in_python_is_answered(address: str) -> None:
    (program,) = blocks("python")
    program = program.replace("http://127.0.0.1:7860", address)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    decision, _, ids = done.stdout.partition(" ")
    assert decision == "answer"
    assert ids.startswith("['xero-error-messages#failed-to-renew-token'")


def test_the_article_that_is_shown_is_one(tmp_path: Path) -> None:
    (article,) = blocks("markdown")
    (tmp_path / "shown.md").write_text(article, encoding="utf-8")
    corpus = load_corpus(tmp_path)
    assert corpus.rejected == ()
    (entry,) = corpus.entries
    assert entry.entry_id == "shown#payment-exceeds-outstanding"
    assert entry.messages == ("Payment amount exceeds the amount outstanding on this document.",)
    assert entry.symptoms == ("The client has paid, but the payment will not go through.",)
    assert entry.cause == "The invoice was changed in Xero itself."
    assert [block.kind.value for block in entry.solutions[0].blocks] == ["steps"]


def test_every_command_stands_in_the_table_of_commands() -> None:
    assert set(re.findall(r"^\| `assistant ([a-z]+)` \|", README, re.MULTILINE)) == set(COMMANDS)


def test_every_setting_stands_in_the_table_of_settings_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `ASSISTANT_([A-Z_]+)` \| ([^|]*?) ?\|", README, re.MULTILINE))
    assert sorted(rows) == sorted(field.name.upper() for field in dataclasses.fields(Settings))
    for field in dataclasses.fields(Settings):
        if field.name != "cache":  # the user's own
            assert rows[field.name.upper()].strip("`") == str(field.default), field.name


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_exists(paper: str) -> None:
    text = re.sub(r"<!--.*?-->", "", (ROOT / paper).read_text(encoding="utf-8"), flags=re.DOTALL)
    linked = set(re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text))
    named = set(re.findall(r"[\w./-]*\w/[\w./-]+\.(?:py|md|toml|txt)", text))
    assert {each for each in linked | named if not (ROOT / each).exists() and "://" not in each} == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_names_a_place_of_one_machine(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    assert re.findall(r"(?:/home/|/root/|/Users/|/work/|/tmp/)\S*", text) == []
