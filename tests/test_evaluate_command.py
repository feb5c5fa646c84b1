"""`assistant evaluate` compares encoders, and says by how much chance alone is off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant.cli import main
from index.models.model_files import DEFAULT_MODEL, model_files


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A set of two entries and two queries."""
    folder = tmp_path / "set"
    folder.mkdir()
    entries = [("pump", "The pump leaks", "Replace the seal."), ("oven", "The oven is cold", "Switch it on.")]
    lines = [json.dumps({"_id": name, "title": title, "text": text}) for name, title, text in entries]
    (folder / "corpus.jsonl").write_text("\n".join(lines))
    queries = [("q1", "water runs out of the pump"), ("q2", "our oven does not get warm")]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps({"_id": name, "text": text}) for name, text in queries))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tpump\t1\nq2\toven\t1\n")
    return folder


@pytest.fixture(autouse=True)
def _without_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_BACKEND", "reference")


@pytest.fixture
def copy(tmp_path: Path) -> str:
    """The default model under another name."""
    ignored = shutil.ignore_patterns("README.md", ".git*", "onnx", "openvino")
    return str(shutil.copytree(model_files(DEFAULT_MODEL).folder, tmp_path / "copy", ignore=ignored))


def test_two_encoders_are_compared_query_by_query(judged: Path, copy: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(judged), "--model", DEFAULT_MODEL, "--model", copy]) == 0
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert lines[0][0] == "set, 2 queries"
    assert [line[0] for line in lines[1:]] == [DEFAULT_MODEL, copy, "gain"]
    assert {cell.strip() for cell in lines[3][1:] if cell} == {"0.000 [0.000, 0.000]"}
    assert main(["evaluate", str(judged), "--model", DEFAULT_MODEL, "--model", copy, "--json"]) == 0
    compared = json.loads(capsys.readouterr().out)
    assert (compared[copy]["success@1"]["mean"], compared["gain"]["nDCG@10"]["mean"]) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--model", "a", "--model", "b", "--model", "c"], "--model is given once, or twice to compare two encoders"),
        (["--model", "a", "--model", "a"], "--model is given once, or twice to compare two encoders"),
        (["--model", "a", "--model", "b", "--signals"], "compared without --signals, --left-out and --run"),
        (["--model", "a", "--model", "b", "--left-out"], "compared without --signals, --left-out and --run"),
        (["--model", "a", "--model", "b", "--run", "x"], "compared without --signals, --left-out and --run"),
    ],
)
def test_what_cannot_be_compared_is_a_usage_error(
    options: list[str], problem: str, judged: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(judged), *options]) == 2
    assert problem in capsys.readouterr().err


def test_without_a_name_the_encoder_in_use_is_measured(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(judged)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["ours", "1.000"]


def test_one_encoder_that_is_named_is_the_one_that_is_measured(
    judged: Path, copy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(judged), "--model", copy, "--json"]) == 0
    ours = json.loads(capsys.readouterr().out)["ours"]
    assert (ours["measures"]["success@1"]["mean"], ours["calibration_by_chance"] > 0) == (1.0, True)
