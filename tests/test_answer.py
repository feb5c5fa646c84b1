"""The answer is defined once: its fields are the JSON and the schema, however either is made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from assistant.answering.answer import (
    Answer,
    AnswerHit,
    Choice,
    EntryInfo,
    GenerationInfo,
    Part,
    Question,
    Status,
    json_value,
)
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.build_report import Rejected
from index.decision import Decision, QuestionKind, Reason
from index.hit import Aligned, Correction, Hit, Why

ARTICLE = Article("vpn", "VPN", "https://a.example", "Tunnel", ("net", "home"), "2026-05-03", None, (), False, "vpn.md")
ENTRY = Entry(
    entry_id="vpn#809",
    title="Error 809",
    messages=("Error 809: \u201cclosed\u201d",),
    symptoms=("It does not connect.",),
    cause="A port.",
    solutions=(Solution(None, (Block(BlockKind.STEPS, "1. Open it."), Block(BlockKind.NOTE, "Ask."))),),
    context="At home.",
    breadcrumb=("VPN",),
    span=Span(5, 12),
)
ALIGNMENT = (Aligned("same", "Error", "error"), Aligned("yours", "809", "8090"))
HIT = AnswerHit.from_hit(Hit("vpn#809", 1, 1e-05, 0.9, Why("code", Field.MESSAGE, ("809",), ALIGNMENT)), ENTRY, ARTICLE)
PLAIN = AnswerHit.from_hit(Hit("vpn#809", 2, 1e22, None, Why("dense", Field.WHOLE), part=1), ENTRY, ARTICLE)
GENERATION = GenerationInfo("g1", "2026-11-23T03:40:00+00:00")
RECORDS = (
    Answer(
        "port \U0001f600",
        Decision.AMBIGUOUS,
        None,
        0.7,
        GENERATION,
        3.125,
        corrections=(Correction("prot", "port"),),
        unknown_codes=("810",),
        parts=(Part(0, 4), Part(5, 6)),
        hits=(HIT, PLAIN),
        question=Question(
            QuestionKind.WHICH,
            "Which?",
            (Choice("vpn#809", "809", "It does not connect.", ("vpn#809",)), Choice("none", "None", None, ())),
        ),
    ),
    Answer("", Decision.NONE, Reason.EMPTY_QUERY, 0.7, GENERATION, 0.0, near_misses=(PLAIN,)),
    EntryInfo.from_entry(ENTRY, ARTICLE),
    Status(GENERATION, 1, 2, 3, "words", (Rejected("a.md", "a.md:1: is empty", 4),), problem="damaged"),
)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_pydantic_and_the_command_line_make_the_same_json_and_it_is_as_described(record: object) -> None:
    adapter = TypeAdapter(type(record))
    value = json_value(record)
    assert json.dumps(adapter.dump_python(record, mode="json", by_alias=True)) == json.dumps(value)
    schema = adapter.json_schema(mode="serialization")
    assert sorted(schema["required"]) == sorted(schema["properties"]) == sorted(value)
    assert jsonschema_rs.is_valid(schema, value)


def test_a_hit_is_its_rank_then_the_entry_then_why() -> None:
    value = json_value(HIT)
    assert list(value)[:4] == ["rank", "part", "entry_id", "entry_title"]
    assert list(value)[-3:] == ["score", "probability", "why"]
    assert {key: value[key] for key in json_value(EntryInfo.from_entry(ENTRY, ARTICLE))} == json_value(
        EntryInfo.from_entry(ENTRY, ARTICLE)
    )
    assert "context" not in value


def test_the_schema_lists_the_kinds_of_an_aligned_stretch() -> None:
    kind = TypeAdapter(Aligned).json_schema()["properties"]["kind"]
    assert (kind["type"], kind["enum"]) == ("string", ["same", "different", "yours"])


def test_words_that_python_keeps_for_itself_are_keys_in_json() -> None:
    assert json_value(Correction("prot", "port")) == {"from": "prot", "to": "port"}


def test_a_search_in_the_terminal_does_not_import_pydantic(tmp_path: Path) -> None:
    """The import alone takes a tenth of the time that a search does."""
    program = (
        "import sys\nfrom assistant.cli import main\n"
        "code = main(sys.argv[1:])\nprint(code, 'pydantic' in sys.modules, file=sys.stderr)"
    )
    places = ("--corpus", str(Path(__file__).parent.parent / "corpus" / "articles"), "--index", str(tmp_path / "built"))
    for arguments in (["build"], ["search", "--json", "access denied"], ["search", "access denied"]):
        command = [sys.executable, "-c", program, *arguments, *places]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr.splitlines()[-1] == "0 False", arguments
