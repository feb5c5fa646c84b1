"""An entry becomes passages that an encoder can read whole."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Block, BlockKind, Entry, Field, Solution, Span
from corpus.passages import make_passage, passages_of, plain_text, units, whole_text, windows

ENTRY = Entry(
    entry_id="a#b",
    title="No answer",
    messages=("Error **809**", "No answer"),
    symptoms=("It drops",),
    cause="A router.",
    solutions=(
        Solution(None, (Block(BlockKind.STEPS, "1. Open [it](x.html).\n2. Go on."),)),
        Solution("By phone", (Block(BlockKind.TEXT, "Call."),)),
    ),
    context="Laptops",
    breadcrumb=("VPN",),
    span=Span(1, 9),
)


def words(text: str) -> int:
    return len(text.split())


def packed(text: str, count: Callable[[str], int], max_tokens: int) -> list[str]:
    return list(windows(text, count_tokens=count, max_tokens=max_tokens))


def letters(text: str) -> int:
    return len("".join(text.split()))


def test_an_entry_gives_a_passage_for_each_of_its_texts_and_none_twice() -> None:
    assert passages_of(ENTRY, count_tokens=words) == tuple(
        make_passage("a#b", field, text)
        for field, text in [
            (Field.WHOLE, "No answer Error 809 A router. Open it. Go on. By phone Call. Laptops It drops"),
            (Field.MESSAGE, "No answer"),
            (Field.MESSAGE, "Error 809"),
            (Field.SYMPTOM, "It drops"),
            (Field.CAUSE, "A router."),
            (Field.SOLUTION, "Open it. Go on."),
            (Field.SOLUTION, "By phone Call."),
        ]
    )


def test_a_cause_of_one_window_also_gives_its_sentences_one_by_one() -> None:
    entry = replace(ENTRY, cause="It will not open. I cannot print.\nNothing happens at all")
    causes = [each.text for each in passages_of(entry, count_tokens=words) if each.field is Field.CAUSE]
    assert causes == [
        "It will not open. I cannot print. Nothing happens at all",
        "It will not open.",
        "I cannot print.",
        "Nothing happens at all",
    ]


def test_the_digest_tells_texts_and_whole_entries_apart() -> None:
    part, whole = make_passage("a#b", Field.CAUSE, "text"), make_passage("a#b", Field.WHOLE, "text")
    assert part.digest == hashlib.sha256(b"part:text").hexdigest()
    assert whole.digest == hashlib.sha256(b"whole:text").hexdigest()
    assert make_passage("c#d", Field.SOLUTION, "text").digest == part.digest


def test_the_whole_text_is_every_part_once() -> None:
    assert whole_text(ENTRY) == "No answer Error 809 A router. Open it. Go on. By phone Call. Laptops It drops"


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**Bold**, *thin* and `code`", "Bold, thin and code"),
        ("See [the *guide*](https://example.org/a_(b)) now", "See the guide now"),
        ("![a button](button.png)", "a button"),
        ("[![a button](button.png)](page.html)", "a button"),
        ("- one\n- two", "one two"),
        ("1. one\n2. two", "one two"),
        ("snake_case and 2*3*4 stay", "snake_case and 2*3*4 stay"),
        ("# Heading", "Heading"),
    ],
)
def test_plain_text_has_the_words_without_the_marks(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


@pytest.mark.parametrize("piece", ["[", "![", "[a](", "![a](b"])
def test_plain_text_takes_no_longer_than_the_text(piece: str) -> None:
    """These took seconds once: a text of 100 kB must not be searched from each bracket to its end."""
    assert plain_text(piece * 25_000).count(piece[0]) == 25_000


def test_a_text_gives_windows_of_whole_sentences() -> None:
    text = "Open the door now. Then close it again. Wait for a minute."
    assert windows(text, count_tokens=words, max_tokens=9) == (
        "Open the door now. Then close it again.",
        "Wait for a minute.",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Note\nRestart the printer first.", ["Note Restart the printer first."]),
        ("It was closed by Mr. smith.", ["It was closed by Mr. smith."]),
        ('Read the page. "Then go on with it."', ["Read the page.", '"Then go on with it."']),
        ("Call us now. OK.", ["Call us now. OK."]),
        ("OK", ["OK"]),
        ("", []),
    ],
)
def test_units_are_sentences_and_what_is_too_short_joins_its_neighbour(text: str, found: list[str]) -> None:
    assert units(text) == found


def test_a_sentence_that_is_too_long_is_cut_between_words_and_a_word_that_is_too_long_inside() -> None:
    assert packed("a b c d", words, 2) == ["a b", "c d"]
    assert packed("abcdef", letters, 3) == ["abc", "def"]


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_windows_keep_to_the_limit_and_lose_nothing(text: str, max_tokens: int) -> None:
    found = packed(text, letters, max_tokens)
    assert [window for window in found if letters(window) > max_tokens] == []
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["word", "two.", "long:", "x"]), max_size=60), st.integers(min_value=1, max_value=9))
def test_windows_lose_and_break_no_word(sentence: list[str], max_tokens: int) -> None:
    found = packed(" ".join(sentence), words, max_tokens)
    assert " ".join(found).split() == sentence
    assert [window for window in found if words(window) > max_tokens] == []
