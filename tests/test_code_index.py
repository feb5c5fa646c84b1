"""Which entries document a code, and which codes are codes beyond doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from index.codes.code_index import CodeEntries, CodeIndex, code_files
from index.codes.error_codes import Evidence, code_key, codes_in
from index.codes.shown_numbers import shown_numbers
from index.storage.entry_table import entry_files
from index.storage.store import Store
from tests.programs.processor_time import in_time

MESSAGES = ["Error 809: no tunnel", "ORA-28000: locked", "E-2041: no tax code", "The gene (IL-100) is TMEM27"]
ELSEWHERE = ["", "See error 809, or ORA-01017.", "", "p53 and K-77 are names"]


@pytest.fixture
def table(tmp_path: Path) -> CodeIndex:
    entries = [
        Entry(str(row), "", (each,), (), None, (Solution(None, (Block(BlockKind.TEXT, "x"),)),), None, (), Span(1, 1))
        for row, each in enumerate(MESSAGES)
    ]
    texts = [f"{message} {text}" for message, text in zip(MESSAGES, ELSEWHERE, strict=True)]
    article = Article("", "A", None, None, (), None, None, (), draft=False, source="a.md")
    return CodeIndex(Store(tmp_path).publish({**entry_files([article], entries), **code_files(entries, texts)}, {}))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("err 809", (CodeEntries(in_messages=(0,), elsewhere=(1,)), True)),
        ("809", (CodeEntries(in_messages=(0,), elsewhere=(1,)), False)),
        ("ora-1017", (CodeEntries(elsewhere=(1,)), True)),
        ("what is E-2041 about", (CodeEntries(in_messages=(2,)), True)),
        ("what is E-2040 about", (CodeEntries(), True)),  # E-2041 is a code, and so is what is written like it
        ("what is E-40 about", (CodeEntries(), False)),
        ("error 810", (CodeEntries(), True)),
        ("suppression of p53 in mice", (CodeEntries(mentioned=(3,)), False)),
        ("TMEM27 is cleaved", (CodeEntries(mentioned=(3,)), False)),
        ("error K-77", (CodeEntries(elsewhere=(3,)), True)),
        ("IL-200 in mice", (CodeEntries(), False)),
        ("java.lang.RuntimeException: no client", (CodeEntries(), False)),
        ("(INV-7745)", (CodeEntries(), False)),
    ],
)
def test_a_code_is_documented_where_the_query_or_the_entry_says_that_it_is_one(
    table: CodeIndex, query: str, expected: tuple[CodeEntries, bool]
) -> None:
    assert [(table.find(code), table.is_certain(code)) for code in codes_in(query)] == [expected]


def told_by(message: str) -> Entry:
    block = Block(BlockKind.TEXT, "See `` E809 `` and ``E810``.")
    return Entry("a#b", "", (message,), (), None, (Solution(None, (block,)),), None, (), Span(1, 1))


def test_a_number_in_any_number_of_backticks_is_set_off_from_the_words_around_it() -> None:
    shown = {key for key, evidence in shown_numbers(told_by("a ```E811``` b")) if evidence is Evidence.SHAPED}
    assert shown == {code_key("E810"), code_key("E811")}


def test_backticks_around_no_number_take_no_longer_than_other_text() -> None:
    entry = told_by("`" * 20_000 + "!")
    assert [key for key, _ in in_time(0.5, lambda: list(shown_numbers(entry)))].count(code_key("E810")) == 2
