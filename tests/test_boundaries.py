"""Where a message may have been cut: at an end of the text, a quotation, a sentence or a line, and nowhere else."""

from __future__ import annotations

import pytest

from index.messages.boundaries import may_begin, may_end, other_code, other_code_before
from index.messages.paste import Paste


def place_of(paste: Paste, word: str) -> int:
    return paste.keys.index(word)


@pytest.mark.parametrize(
    "before",
    [
        *("", "Sorry. ", "Really?! ", 'He saw "', "It says ", "error ", "[10:04] ", "code=", "Log:\n\n"),
        *("Then it stopped\n", "It was **", "1. It ended!\n", "It began: '"),
    ],
)
def test_a_message_may_begin_after(before: str) -> None:
    paste = Paste(f"{before}Kiln is cold")
    assert may_begin(paste, place_of(paste, "kiln"), beside_value=False)


@pytest.mark.parametrize(
    "before",
    ["the ", "the, ", "all the\n", "J. ", "the - ", "THE WHOLE OF THE OLD\n", "THE WHOLE OF THE OLD\n        "],
)
def test_a_message_does_not_begin_after(before: str) -> None:
    paste = Paste(f"It was {before}KILN is cold" if before.isupper() else f"It was {before}kiln is cold")
    assert not may_begin(paste, place_of(paste, "kiln"), beside_value=False)


def test_a_mark_before_a_value_is_its_own() -> None:
    paste = Paste("the 'kiln' is")
    assert may_begin(paste, 1, beside_value=False)
    assert not may_begin(paste, 1, beside_value=True)
    doubled = Paste("the \"'kiln' is")
    assert may_begin(doubled, 1, beside_value=True)


@pytest.mark.parametrize(
    "after",
    [
        *("", ". Then it rained", "! Then", '" and so on', ") and so on", "\n\nand so on", "\nThen it rained"),
        *("\n2026-01-02 more", "\n12:30 more", "\n- more", "\n[x] more", "] more"),
    ],
)
def test_a_message_may_end_before(after: str) -> None:
    paste = Paste(f"the kiln is cold{after}")
    assert may_end(paste, place_of(paste, "cold") + 1, beside_value=False)


@pytest.mark.parametrize("after", [" and so on", ", and so on", "\nand so on", ":\nThen it", ",\nThen it", "-then"])
def test_a_message_does_not_end_before(after: str) -> None:
    paste = Paste(f"the kiln is cold{after}")
    assert not may_end(paste, place_of(paste, "cold") + 1, beside_value=False)


def test_a_message_of_one_word_does_not_end_amid_a_sentence() -> None:
    assert not may_end(Paste("kiln is cold"), 1, beside_value=False)


def test_an_initial_ends_no_sentence() -> None:
    paste = Paste("ask T. Adeyemi")
    assert not may_end(paste, 2, beside_value=False)
    assert not may_begin(paste, 2, beside_value=False)


def test_a_token_is_part_of_another_code() -> None:
    paste = Paste("the kiln is cold: error 7731 today")
    found = [key for place, key in enumerate(paste.keys) if other_code(paste, place)]
    assert found == ["7731"]
    assert [other_code(paste, place) for place in (-1, paste.size)] == [False, False]
    assert other_code(Paste("the kiln: ORA-01017"), 2)
    assert other_code(Paste("the 404 Not Found page"), 1)
    assert not other_code(Paste("the kiln has 12 shelves"), 3)


def test_what_a_code_stands_before_is_said_of_that_code() -> None:
    def before_kiln(text: str) -> bool:
        paste = Paste(text)
        return other_code_before(paste, place_of(paste, "kiln"))

    assert before_kiln("Error 7731: the kiln is cold")
    assert not before_kiln("Error 7731:\n\nthe kiln is cold")
    assert not before_kiln("today the kiln is cold, error 7731")
    assert not before_kiln(f"Error 7731: {'word ' * 60}the kiln is cold")
    assert not before_kiln("exit status 1: the kiln is cold")  # which many errors have


@pytest.mark.parametrize(
    ("text", "expected"),
    [("it says 'kiln'", True), ("it says (kiln)", True), ("it says [kiln]", True), ("it says 'kiln)", False)],
)
def test_what_stands_in_quotation_marks_or_in_brackets_is_enclosed(text: str, *, expected: bool) -> None:
    assert Paste(text).is_enclosed(2, 3) is expected
