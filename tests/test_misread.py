"""A documented message is recognised as a program reads it in a picture: words glued together, letters for digits."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.analysis.tokens import tokenize
from index.messages.documented.template_files import template_files
from index.messages.misread import MisreadWords
from index.messages.template_matcher import TemplateMatcher
from index.storage.entry_table import EntryTable, entry_columns, entry_files
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store

KNOWN = frozenset("payment amount exceeds outstanding time timesheet invoice token error 809 28001".split())
MESSAGES = Path(__file__).parent / "data" / "messages"


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("the amountoutstanding", ("the", "amount", "outstanding")),
        ("paymentamountexceeds", ("payment", "amount", "exceeds")),
        ("apaymentamount", ("a", "payment", "amount")),
        ("isnotoutstanding", ("is", "not", "outstanding")),
        ("Timesheet", ("timesheet",)),  # a word of the articles is none of two others
        ("paymentprovider", ("paymentprovider",)),  # what the articles do not have stays
        ("Error 8O9", ("error", "809")),
        ("ORA-28OOl", ("ora", "28001")),
        ("Error 8O7", ("error", "8o7")),  # nobody documents 807
        ("sO9", ("so9",)),
        ("x" * 49, ("x" * 49,)),
    ],
)
def test_words_that_the_articles_do_not_have_are_read_as_those_that_they_have(text: str, keys: tuple[str, ...]) -> None:
    assert MisreadWords(KNOWN.__contains__).read_again(tokenize(text)).keys == keys


def test_each_piece_knows_its_place() -> None:
    again = MisreadWords(KNOWN.__contains__).read_again(tokenize("No amountoutstanding."))
    assert [again.folded.text[start:end] for start, end in again.spans] == ["No", "amount", "outstanding"]


def test_two_hundred_words_are_tried_and_no_more() -> None:
    again = MisreadWords(KNOWN.__contains__).read_again(tokenize("qqqqqq " * 200 + "amountoutstanding"))
    assert again.keys[-1] == "amountoutstanding"


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> TemplateMatcher:
    corpus = load_corpus(MESSAGES)
    files = {
        **entry_files(corpus.articles, corpus.entries),
        **template_files(corpus.entries, list(map(whole_text, corpus.entries))),
    }
    generation = Store(tmp_path_factory.mktemp("misread")).publish(
        files, {}, rows=SegmentList.of_one(entry_columns(corpus.entries))
    )
    return TemplateMatcher(generation, EntryTable(generation))


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Thesign-in to gw-7 was refused;thepasswordhasexpired.", "password-expired"),
        ("Error 8O9:The tunnel to gw could not beopened because the server did notreply.", "server-not-reached"),
        ("Ernployee K-77 has notaxcode.", "tax-code-missing"),
        ("The pay runis c1osed", None),  # too little of a message, however it is read
    ],
)
def test_a_misread_message_is_recognised(matcher: TemplateMatcher, text: str, entry: str | None) -> None:
    found = [matcher._entries.entry_id(match.rows[0]) for match in matcher.recognise(text).matches]
    assert [each.partition("#")[2] for each in found] == ([entry] if entry else [])


def test_another_code_is_not_read_as_a_documented_one(matcher: TemplateMatcher) -> None:
    assert matcher.recognise("Error 8O5: The tunnel to gw could not be opened because of the weather.").matches == ()
