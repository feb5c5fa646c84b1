"""The command `assistant`, run as people run it: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from assistant.commands import COMMANDS

ROOT = Path(__file__).parent.parent
NO_VARIABLES: Mapping[str, str] = {}
PAID = "client paid but xero says its more than whats outstanding"


def assistant(
    *arguments: str | bytes, stdin: bytes = b"", environment: Mapping[str, str] = NO_VARIABLES
) -> subprocess.CompletedProcess[str]:
    """Run the command in the checkout and return its exit code, stdout and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant.cli", *arguments],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        check=False,
        env={**{name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}, **environment},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the shipped article and the index that `assistant build` made of it."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "articles").mkdir()
    shutil.copy(ROOT / "corpus" / "articles" / "xero-error-messages.md", folder / "articles")
    done = assistant("build", *places(folder))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "added    xero-error-messages#changing-a-posted-transaction"
    assert re.fullmatch(
        r"generation 000001-[0-9a-f]{12}: 10 added, 0 changed, 0 removed, 0 unchanged; "
        r"\d+ passages encoded, \d+ re-used",
        lines[-1],
    )
    return folder


def places(folder: Path) -> tuple[str, ...]:
    return "--corpus", str(folder / "articles"), "--index", str(folder / "built")


def error_line(folder: Path, done: subprocess.CompletedProcess[str]) -> str:
    """Return the line on stderr, with DIR for the folder."""
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.replace(str(folder), "DIR").strip()


KEYS = {
    "": "schema query decision reason threshold generation took_ms corrections unknown_codes parts hits near_misses "
    "question notice unknown_filters",
    "hits": "rank part entry_id entry_title article breadcrumb messages symptoms cause solutions source "
    "being_edited score probability why",
    "article": "id title url product tags updated language",
    "solutions": "title blocks",
    "blocks": "kind markdown",
    "source": "path first_line last_line locator",
    "why": "signal field words alignment",
    "generation": "id built_at",
    "parts": "start end",
}


def check_keys(name: str, value: Any) -> None:
    """Compare the keys of every object in an answer with the documented ones, in order."""
    if isinstance(value, list):
        for each in value:
            check_keys(name, each)
    elif isinstance(value, dict):
        assert " ".join(value) == KEYS[name], name
        for key, each in value.items():
            check_keys("hits" if key == "near_misses" else key, each)


def test_search_prints_the_right_entry_first_with_its_message_and_steps(built: Path) -> None:
    done = assistant("search", PAID, *places(built))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert re.match(r"1\. The payment is more than what is still owed on the invoice", lines[0])
    assert lines[1].startswith("   Message: Failed Posting Payment Xero: XERO API Exception Detected")
    assert "xero-error-messages.md:" in done.stdout


def test_search_loads_nothing_for_html_articles_builds_or_another_engine(built: Path) -> None:
    others = {"gradio", "jinja2", "markupsafe", "nh3", "yaml", "corpus.loader", "index.builder", "index.engines.hosted"}
    program = (
        f"import sys; from assistant.cli import main; main(sys.argv[1:]); print(sorted({others} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, "search", PAID, *places(built)]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.startswith("1. ")
    assert shown.splitlines()[-1] == "[]"


def test_search_gives_programs_json_with_every_field(built: Path) -> None:
    done = assistant("search", PAID, "--json", "-k", "2", *places(built))
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    check_keys("", answer)
    first = answer["hits"][0]
    assert (answer["schema"], answer["query"], answer["decision"], answer["reason"]) == (1, PAID, "answer", None)
    assert (first["rank"], first["entry_id"]) == (1, "xero-error-messages#payment-exceeds-outstanding")
    assert first["article"]["title"] == "Xero error messages and what to do about them"
    assert first["source"]["path"] == "xero-error-messages.md"
    assert answer["parts"] == [{"start": 0, "end": len(PAID)}]
    assert len(answer["hits"]) <= 2


def test_a_query_that_no_article_covers_is_no_error(built: Path) -> None:
    done = assistant("search", "how do I bake a chocolate cake", "--json", *places(built))
    answer = json.loads(done.stdout)
    check_keys("", answer)
    assert (done.returncode, answer["decision"], answer["reason"], answer["hits"]) == (0, "none", "no_match", [])


def test_an_empty_query_says_what_to_do_and_is_no_error(built: Path) -> None:
    done = assistant("search", "", *places(built))
    assert (done.returncode, done.stdout) == (0, "Describe what went wrong, or paste the message.\n")


def test_a_dash_reads_the_query_from_standard_input(built: Path) -> None:
    done = assistant("search", "-", "--json", *places(built), stdin="\ufeffFailed to renew token “V2”\n".encode())
    answer = json.loads(done.stdout)
    assert answer["query"] == "Failed to renew token “V2”\n"
    assert answer["hits"][0]["entry_id"] == "xero-error-messages#failed-to-renew-token"


def test_standard_input_that_is_not_utf8_is_wrong_usage(built: Path) -> None:
    done = assistant("search", "-", *places(built), stdin="für".encode("latin-1"))
    assert done.returncode == 2
    assert error_line(built, done) == (
        "assistant search: standard input is not UTF-8 (0xfc at byte 2); convert it, for example with iconv"
    )


def test_an_argument_that_is_not_utf8_is_answered(built: Path) -> None:
    done = assistant("search", b"f\xfcr", "--json", *places(built))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["query"] == "f\ufffdr"


def test_a_reader_that_goes_away_is_no_error(built: Path) -> None:
    command = [sys.executable, "-m", "assistant.cli", "search", PAID, *places(built)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_filters_narrow_the_search(built: Path) -> None:
    done = assistant("search", PAID, "--json", "--tag", "xero", "--tag", "nothing", *places(built))
    answer = json.loads(done.stdout)
    assert (answer["decision"], answer["hits"], answer["near_misses"]) == ("none", [], [])


def test_building_again_says_that_nothing_has_changed(built: Path) -> None:
    done = assistant("build", *places(built))
    assert done.returncode == 0
    assert re.fullmatch(r"generation 000001-[0-9a-f]{12}: nothing has changed\n", done.stdout)


def test_the_report_of_a_build_is_printed_as_json(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    article = tmp_path / "articles" / "xero-error-messages.md"
    text = article.read_text(encoding="utf-8")
    article.write_text(text.replace("How do I reconnect Xero?", "How do I tie Xero to it again?"), encoding="utf-8")
    (tmp_path / "articles" / "broken.md").write_text("---\nurl: [\n---\n", encoding="utf-8")
    done = assistant("build", "--json", *places(tmp_path))
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["changed"], report["added"], report["unchanged"]) == (
        ["xero-error-messages#failed-to-renew-token"],
        [],
        9,
    )
    assert 1 <= report["encoded"] <= 20  # that entry's, of more than a hundred
    assert [(each["source"], each["entries"]) for each in report["rejected"]] == [("broken.md", 0)]
    assert done.stderr.startswith(f"left out: {tmp_path}/articles/broken.md:")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["search", "a"], ["search", "a", "--json"]], ids=" ".join)
def test_without_an_index_the_command_that_makes_one_is_named(tmp_path: Path, arguments: list[str]) -> None:
    done = assistant(*arguments, *places(tmp_path))
    assert done.returncode == 1
    assert error_line(tmp_path, done) == 'assistant: no index has been built in DIR/built; run "assistant build"'


def test_without_articles_the_flag_that_names_their_folder_is_named(tmp_path: Path) -> None:
    done = assistant("build", *places(tmp_path))
    assert done.returncode == 1
    assert error_line(tmp_path, done) == (
        'assistant: DIR/articles does not exist; name the folder of the articles with "--corpus DIR"'
    )


def test_an_index_folder_that_is_a_file_is_an_error(built: Path, tmp_path: Path) -> None:
    (tmp_path / "built").write_text("", encoding="utf-8")
    done = assistant("build", "--corpus", str(built / "articles"), "--index", str(tmp_path / "built"))
    assert done.returncode == 1
    assert error_line(tmp_path, done).startswith("assistant: DIR/built")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["find"], "invalid choice: 'find'"),
        (["search"], 'the query is missing or is there twice: give a text, "-", or --image FILE'),
        (["search", "a", "-k", "0"], "argument -k: '0' is not a whole number from 1"),
        (["search", "a", "-k", "many"], "argument -k: 'many' is not a whole number from 1"),
        (["build", "--keep", "-1"], "argument --keep: '-1' is not a whole number from 1"),
        (["search", "a", "--tag"], "argument --tag: expected one argument"),
        (["serve", "--port", "http"], "argument --port: 'http' is not a whole number from 0 to 65535"),
        (["serve", "--port", "70000"], "argument --port: '70000' is not a whole number from 0 to 65535"),
        (["serve", "--root-path", "help"], "argument --root-path: 'help' is not a path such as \"/help\""),
        (["search", "a", "--index", ""], "argument --index: '' is not the path of a file or a folder"),
        (["journal", "--before", "2026-10-01"], "--before is for purge only"),
        (["journal", "purge"], "purge needs --before DATE, such as --before 2026-10-01"),
        (
            ["journal", "purge", "--before", "tomorrow"],
            "argument --before: 'tomorrow' is not a date such as 2026-10-01",
        ),
        (["lint", "--json", "--github"], "argument --github: not allowed with argument --json"),
    ],
)
def test_wrong_usage_is_refused_by_the_options_name_with_exit_code_2(
    tmp_path: Path, arguments: list[str], problem: str
) -> None:
    done = assistant(*arguments)
    assert done.returncode == 2
    assert problem in error_line(tmp_path, done)


def test_a_flag_beats_the_environment(built: Path) -> None:
    there = {"ASSISTANT_CORPUS": str(built / "none"), "ASSISTANT_INDEX": str(built / "built")}
    assert assistant("search", "", environment=there).returncode == 0
    assert assistant("search", "", "--index", str(built / "other"), environment=there).returncode == 1


def test_a_variable_with_a_value_that_is_not_allowed_is_refused_by_its_name_with_exit_code_2(tmp_path: Path) -> None:
    done = assistant("search", "a", environment={"ASSISTANT_RATE_LIMIT": "-3"})
    assert done.returncode == 2
    assert error_line(tmp_path, done) == (
        "assistant search: environment variable ASSISTANT_RATE_LIMIT: '-3' is not a whole number from 0 to 1000000"
    )


def test_the_version_is_shown_with_the_encoder() -> None:
    done = assistant("--version")
    assert (done.returncode, done.stdout) == (
        0,
        f"assistant {version('troubleshooting-assistant')} (encoder all-MiniLM-L6-v2)\n",
    )
    other = assistant("--version", environment={"ASSISTANT_MODEL": "models/ours"})
    assert other.stdout.endswith("(encoder models/ours)\n")


def test_a_model_folder_without_a_model_is_an_error(built: Path, tmp_path: Path) -> None:
    done = assistant("search", "a", *places(built), environment={"ASSISTANT_MODEL": str(tmp_path)})
    assert done.returncode == 1
    assert error_line(tmp_path, done) == (
        "assistant: DIR has no modules.json; name the folder of a sentence-transformers model"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = assistant(command, "--help")
    assert done.returncode == 0
    assert f"usage: assistant {command}" in done.stdout
    assert f"Example:\n  assistant {command}" in done.stdout
    assert "--corpus DIR" in done.stdout
    assert "--index DIR" in done.stdout


@pytest.mark.parametrize(("given", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_numpy_has_one_thread_unless_the_environment_sets_another_number(given: dict[str, str], used: str) -> None:
    program = (
        "import os, sys; from assistant.cli import main; 'numpy' in sys.modules and sys.exit(9); main(['formats']); "
    )
    done = subprocess.run(
        [sys.executable, "-c", program + "print(os.environ['OPENBLAS_NUM_THREADS'])"],
        capture_output=True,
        text=True,
        check=True,
        env={**{name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}, **given},
    )
    assert done.stdout.splitlines()[-1] == used
