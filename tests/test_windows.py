"""A long text becomes windows that an encoder can read whole."""

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
    assert sentences(text) == found


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


def test_a_text_without_a_token_is_a_window_all_the_same() -> None:
    """A symptom of a character that nobody sees must not keep all articles from being indexed."""
    assert windows("\u200b", count_tokens=lambda _: 0) == ("\u200b",)
