"""An entry becomes passages that an encoder can read whole."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Block, BlockKind, Entry, Field, Passage, Solution, Span
from corpus.passages import passages_of, plain_text, whole_text, windows

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


def test_an_entry_gives_a_passage_for_each_of_its_texts_and_none_twice() -> None:
    texts = [
        (Field.MESSAGE, "No answer"),
        (Field.MESSAGE, "Error 809"),
        (Field.SYMPTOM, "It drops"),
        (Field.CAUSE, "A router."),
        (Field.SOLUTION, "Open it. Go on."),
        (Field.SOLUTION, "By phone Call."),
        (Field.WHOLE, "No answer Error 809 No answer A router. Open it. Go on. By phone Call. Laptops"),
    ]
    assert passages_of(ENTRY, count_tokens=words, max_tokens=100) == tuple(
        Passage("a#b", field, text, hashlib.sha256(text.encode()).hexdigest()) for field, text in texts
    )


def test_the_whole_text_is_every_part_but_the_symptoms() -> None:
    assert whole_text(ENTRY).startswith("No answer Error 809 No answer A router.")


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


def test_windows_break_between_sentences() -> None:
    assert windows("One two. Three four. Five.", count_tokens=words, max_tokens=4) == (
        "One two. Three four.",
        "Five.",
    )


def test_a_sentence_that_is_too_long_is_cut_between_words_and_a_word_that_is_too_long_inside() -> None:
    assert windows("a b c d", count_tokens=words, max_tokens=2) == ("a b", "c d")
    assert windows("abcdef", count_tokens=len, max_tokens=3) == ("abc", "def")


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_windows_keep_to_the_limit_and_lose_nothing(text: str, max_tokens: int) -> None:
    found = windows(text, count_tokens=len, max_tokens=max_tokens)
    assert [window for window in found if len(window) > max_tokens] == []
    assert "".join("".join(found).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["word", "two.", "long:", "x"]), max_size=60), st.integers(min_value=1, max_value=9))
def test_windows_lose_and_break_no_word(sentence: list[str], max_tokens: int) -> None:
    found = windows(" ".join(sentence), count_tokens=words, max_tokens=max_tokens)
    assert " ".join(found).split() == sentence
    assert [window for window in found if words(window) > max_tokens] == []
