"""A long text is divided into windows of sentences."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.passages import sentences, windows


def words(text: str) -> int:
    return len(text.split())


def packed(text: str, count: Callable[[str], int], max_tokens: int) -> list[str]:
    return list(windows(text, count_tokens=count, max_tokens=max_tokens))


def letters(text: str) -> int:
    return len("".join(text.split()))


def test_windows_have_whole_sentences() -> None:
    text = "Open the door now. Then close it again. Wait for a minute."
    assert windows(text, count_tokens=words, max_tokens=9) == (
        "Open the door now. Then close it again.",
        "Wait for a minute.",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Note\nRestart the printer first.", ["Note Restart the printer first."]),
        ("It was closed by Mr. smith.", ["It was closed by Mr. smith."]),
        ('Read the page. "Then go on with it."', ["Read the page.", '"Then go on with it."']),
        ("Call us now. OK.", ["Call us now. OK."]),
        ("OK", ["OK"]),
        ("", []),
    ],
)
def test_a_short_sentence_is_joined_with_its_neighbour(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_sentence_that_is_too_long_is_split_between_words_and_a_single_word_is_cut() -> None:
    assert packed("a b c d", words, 2) == ["a b", "c d"]
    assert packed("abcdef", letters, 3) == ["abc", "def"]


@given(st.text(), st.integers(min_value=1, max_value=40))
def test_windows_are_not_too_long_and_lose_nothing(text: str, max_tokens: int) -> None:
    result = packed(text, letters, max_tokens)
    assert [window for window in result if letters(window) > max_tokens] == []
    assert "".join("".join(result).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["word", "two.", "long:", "x"]), max_size=60), st.integers(min_value=1, max_value=9))
def test_windows_neither_lose_nor_cut_words(sentence: list[str], max_tokens: int) -> None:
    result = packed(" ".join(sentence), words, max_tokens)
    assert " ".join(result).split() == sentence
    assert [window for window in result if words(window) > max_tokens] == []


def test_a_text_without_any_token_is_a_window() -> None:
    """A symptom of one invisible character must not prevent the build of all articles."""
    assert windows("\u200b", count_tokens=lambda _: 0) == ("\u200b",)
