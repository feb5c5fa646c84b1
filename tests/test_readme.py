"""What the READMEs say is true: commands are run and their output compared, and every file that is named exists."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
from pydantic import TypeAdapter
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
READMES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in [ROOT / "README.md", *sorted(ROOT.glob("*/README.md"))]
}
README = READMES["README.md"]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = [*READMES, "assistant/CHAT.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "NOTICE"]
CHANGES = [  # what differs from one build or one tuning to the next
    (re.compile(r"\b\d{6}-[0-9a-f]{12}\b"), "GENERATION"),
    (re.compile(r"\(\d+%\)"), "(N%)"),
    (re.compile(r"\b\d+( passages| re-used| vectors)"), r"N\1"),
]


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


SESSIONS = [
    pytest.param(block, id=f"{name}-{block.split(chr(10))[0]}")
    for name in READMES
    for block in blocks("console", READMES[name])
]


def commands_of(session: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a console block, each with the lines that it should print."""
    first, *shown = re.split(r"^\$ ", session, flags=re.MULTILINE)
    assert first == "", f"a console block begins with {first!r}"
    return [(command, output.splitlines()) for command, _, output in (each.partition("\n") for each in shown)]


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
    """A folder as a checkout is after `make run`: with the articles, the command and an index."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "corpus" / "articles", folder / "corpus" / "articles")
    shutil.copytree(ROOT / "corpus" / "judgments", folder / "corpus" / "judgments")
    (folder / "bin").mkdir()
    command = folder / "bin" / "assistant"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m assistant.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    assert in_shell("assistant build", folder).returncode == 0
    return folder


def in_shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands as in a new terminal, which shows errors and results alike."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    own = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["/bin/sh", "-c", f"exec 2>&1\n{script}"],
        cwd=folder,
        env=inherited | own,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_prints_what_it_shows_and_leaves_the_articles_alone(session: str, checkout: Path) -> None:
    """One shell runs all commands of a block, so that what one exports holds for the next."""
    commands = commands_of(session)
    done = in_shell("\n".join(f"{command}\nprintf '\\036%s\\036' $?" for command, _ in commands), checkout)
    printed = done.stdout.split("\036")
    for (command, expected), output, status in zip(commands, printed[::2], printed[1::2], strict=False):
        assert status == "0", command
        assert re.fullmatch(as_pattern(expected), plain(output)), f"$ {command}\n{output}"
    for path in (ROOT / "corpus" / "articles").iterdir():
        assert (checkout / "corpus" / "articles" / path.name).read_bytes() == path.read_bytes()


def test_commands_are_shown_in_sessions_or_are_tested_below() -> None:
    """What stands in a block of `sh` has its own test, as its output is not shown."""
    lines = [line for text in READMES.values() for block in blocks("sh", text) for line in block.splitlines()]
    assert {line.split()[-1] if "make" in line else line.split()[0] for line in lines} == {"run", "test", "curl"}


def make_targets(text: str) -> set[str]:
    inside = "\n".join(blocks("sh", text)) + "\n".join(re.findall(r"`([^`\n]+)`", text))
    return {target for line in re.findall(r"\bmake ((?:[a-z]+ ?)+)", inside) for target in line.split()}


@pytest.mark.parametrize("target", sorted(set().union(*map(make_targets, [*READMES.values(), CONTRIBUTING]))))
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
    first, products = done.stdout.splitlines()
    decision, _, ids = first.partition(" ")
    assert products == "['Actionstep Practice Management']"
    assert decision == "answer"
    assert ids.startswith("['xero-error-messages#failed-to-renew-token'")


def test_the_typed_program_is_answered_with_what_its_types_say(address: str) -> None:
    (program,) = blocks("python", READMES["assistant/README.md"])
    names: dict[str, Any] = {"__name__": "typed_example"}
    exec(compile(program.replace("http://127.0.0.1:7860", address), "README", "exec", dont_inherit=True), names)
    answer = names["ask"]("failed to renew token")
    TypeAdapter(get_type_hints(names["Answer"])["decision"]).validate_python(answer["decision"])
    for name, kind in get_type_hints(names["Hit"]).items():
        TypeAdapter(kind).validate_python(answer["hits"][0][name], strict=True)
    assert answer["hits"][0]["entry_id"] == "xero-error-messages#failed-to-renew-token"
    schemas = httpx.get(f"{address}/openapi.json").json()["components"]["schemas"]
    for ours, described in (("Answer", "Answer"), ("Hit", "AnswerHit")):
        assert set(names[ours].__annotations__) <= set(schemas[described]["required"])


def test_the_messages_for_chats_are_json() -> None:
    for block in blocks("json", (ROOT / "assistant" / "CHAT.md").read_text("utf-8")):
        assert isinstance(json.loads(block), dict)


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
    rows = dict(re.findall(r"^\| `ASSISTANT_([A-Z_]+)` \| ([^|]*?) ?\|", "\n".join(READMES.values()), re.MULTILINE))
    assert sorted(rows) == sorted(field.name.upper() for field in dataclasses.fields(Settings))
    for field in dataclasses.fields(Settings):
        if field.name != "cache":  # the user's own
            assert rows[field.name.upper()].strip("`") == str(field.default), field.name


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_exists(paper: str) -> None:
    examples = re.compile(r"^```.*?^```$|`!\[[^`\n]*`", re.MULTILINE | re.DOTALL)
    text = examples.sub("", (ROOT / paper).read_text("utf-8"))
    beside = (ROOT / paper).parent
    linked = set(re.findall(r"\]\((?!https?:|#)([^)#]+)\)", text))
    named = set(re.findall(r"[\w./-]*\w/[\w./-]+\.(?:py|md|toml|txt)", text))
    assert {each for each in linked if not (beside / each).exists()} == set()
    lost = {each for each in named if not (ROOT / each).exists() and not (beside / each).exists() and "://" not in each}
    assert lost == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_names_a_place_of_one_machine(paper: str) -> None:
    text = (ROOT / paper).read_text(encoding="utf-8")
    assert re.findall(r"(?:/home/|/root/|/Users/|/work/|/tmp/)\S*", text) == []
