"""A text in plain words is divided into clauses that know where they stand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis.clauses import clauses_of, same_places
from index.analysis.quotation import Quotation, quotation, without_values_of
from index.analysis.vagueness import names_one, vagueness_of
from index.hit import Vagueness


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("1) access denied at first 2) the invoice was voided", ["access denied at first", "the invoice was voided"]),
        ("a payment bounced and also journals say no", ["a payment bounced", "journals say no"]),
        ("Hello Ruth. The tray is stuck again. Thanks", ["Hello Ruth. The tray is stuck again. Thanks"]),
        ("the link is lost", ["the link is lost"]),
        ("", []),
    ],
)
def test_a_text_has_these_clauses(text: str, clauses: list[str]) -> None:
    assert [" ".join(clause.text.split()) for clause in clauses_of(text)] == clauses


@given(st.text(alphabet="ab .,;:\n1)and", max_size=200))
def test_clauses_stand_where_they_say_and_do_not_overlap(text: str) -> None:
    clauses = clauses_of(text)
    assert all(text[clause.start : clause.end].strip() == clause.text for clause in clauses)
    assert all(first.end <= second.start for first, second in itertools.pairwise(clauses))


def test_a_clause_is_traced_back_to_the_text_before_its_words_were_corrected() -> None:
    corrected, before = "the tray is stuck. the payment bounced off", "teh tray is stuk. the paymnt bouncd off"
    start, end = same_places(clauses_of(corrected)[1], corrected, before) or (0, 0)
    assert before[start:end] == "the paymnt bouncd off"
    assert same_places(clauses_of(corrected)[1], corrected, "other words") is None


@pytest.mark.parametrize(
    ("query", "vagueness"),
    [
        ("xero", Vagueness.LITTLE),
        ("xero broken", Vagueness.LITTLE),
        ("journal", Vagueness.LITTLE),
        ("problem with xero", Vagueness.LITTLE),
        ("cannot post", Vagueness.LITTLE),
        ("error", Vagueness.NOTHING),
        ("it doesn't work", Vagueness.NOTHING),
        ("it does not work", Vagueness.NOTHING),
        ("hi, can someone help me please?", Vagueness.NOTHING),
        ("failed to renew token", Vagueness.NONE),
        ("IllegalArgumentException", Vagueness.NONE),
    ],
)
def test_how_little_a_query_says(query: str, vagueness: Vagueness) -> None:
    assert vagueness_of(query) is vagueness


@pytest.mark.parametrize(
    ("query", "titles", "is_one"),
    [
        ("Tide error!", ["Tide error", "The tide table is empty"], True),
        ("tide error", ["Tide error", "Tide  ERROR"], False),  # which of the two?
        ("tide", ["Tide", "The tide table is empty"], False),
        ("error with the tide", ["Tide error"], False),
        ("", ["", "Tide error"], False),
    ],
)
def test_the_title_of_one_entry_says_which(query: str, titles: list[str], *, is_one: bool) -> None:
    assert names_one(query, titles) is is_one


CABLE = "Sending the letter failed: the cable is loose. Plug it in."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sending the letter failed: tray 2 is empty.", Quotation.ANOTHER),
        ("Error 5 - Sending the letter failed: paper jammed inside", Quotation.ANOTHER),
        ("since today sending the letter failed whenever I print envelopes", Quotation.UNTOLD),
        ("sending the letter failed, is it the loose cable?", Quotation.NONE),
        ("Sending the letter failed:", Quotation.NONE),
        ("the printer is on fire", Quotation.NONE),
    ],
)
def test_a_quoted_beginning_with_another_end_is_another_message(text: str, expected: Quotation) -> None:
    assert quotation(text, CABLE) is expected


def test_another_end_that_a_symptom_tells_is_the_same_trouble() -> None:
    text = "Sending the letter failed: all pages come out grey"
    assert quotation(text, CABLE) is Quotation.ANOTHER
    assert quotation(text, CABLE, ["All pages are grey."]) is Quotation.NONE


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("'a b.pdf' is read only", " is read only"),
        ("\u201ca b.pdf\u201d is read only", '"a b.pdf" is read only'),
        ("\u2018a b.pdf\u2019 is read only and so is 'c.pdf'", " is read only and so is 'c.pdf'"),
        ("a b.pdf is read only, isn't it", "a b.pdf is read only, isn't it"),
    ],
)
def test_a_quoted_value_that_a_message_has_too_is_left_out(text: str, rest: str) -> None:
    assert without_values_of(text, "The file 'a b.pdf' wasn't found.") == rest
