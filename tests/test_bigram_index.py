"""Which messages are held against a text at all: not those of which one word alone stands there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.messages.bigram_index import BigramIndex, _rarest, bigram_files
from index.messages.paste import Paste
from index.messages.template_extraction import template_of
from index.storage.store import Store

LONG = "Scanner refuses thick glossy paper today"
SHORT = "Scanner needs blue toner"


@pytest.fixture
def table(tmp_path: Path) -> BigramIndex:
    templates = [template_of(message) for message in (LONG, SHORT)]
    return BigramIndex(Store(tmp_path).publish(bigram_files(templates), {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my scanner is broken", [1]),  # one word of four may be a message cut short, one of six cannot
        ("the thick one", []),
        ("refuses thick", [0]),  # two words, though they are one pair
        ("thick and refuses", [0]),
        ("it refuses to, and then refuses again", []),  # one word twice
        (LONG, [0]),
    ],
)
def test_one_word_of_a_long_message_is_not_looked_into(table: BigramIndex, text: str, expected: list[int]) -> None:
    assert sorted(each.template for each in table.candidates(Paste(text))) == expected


def test_a_word_that_a_text_repeats_counts_once(table: BigramIndex) -> None:
    once, twice = (list(table.candidates(Paste(text))) for text in ("needs blue ink", "needs blue, blue ink"))
    assert [each.score for each in once] == [each.score for each in twice] != []


def test_words_in_two_parts_of_a_long_text_count_together_where_the_parts_meet(table: BigramIndex) -> None:
    text = " ".join(["else"] * 47 + ["refuses", "thick"])  # the parts are 48 words long
    assert [each.template for each in table.candidates(Paste(text))] == [0]


@pytest.mark.parametrize(("text", "expected"), [("my scanner is broken", []), ("it needs blue ink", [1])])
def test_in_a_long_text_a_fifth_of_a_message_has_to_be_there(
    table: BigramIndex, text: str, expected: list[int]
) -> None:
    assert [each.template for each in table.candidates(Paste(text + " else" * 200))] == expected


def test_the_rarest_are_looked_at_as_many_as_have_sixty_thousand_places_together() -> None:
    assert _rarest(np.array([30_000, 29_000, 999, 1])).tolist() == [True, True, True, True]
    assert _rarest(np.array([30_000, 29_000, 1_000, 1])).tolist() == [False, True, True, True]


def test_of_very_many_messages_the_best_are_tried_the_first_of_equal_ones(tmp_path: Path) -> None:
    templates = [template_of(message) for message in [SHORT] * 150 + ["Scanner needs yellow toner"] * 100]
    table = BigramIndex(Store(tmp_path).publish(bigram_files(templates), {}))
    found = list(table.candidates(Paste("scanner needs yellow toner")))
    assert [each.template for each in found] == [*range(150, 250), *range(20)]
    assert found[0].score > found[100].score > 0


def test_a_message_is_compared_from_its_heaviest_words_on_five_at_most(table: BigramIndex) -> None:
    (found,) = table.candidates(Paste("a scanner refuses thick glossy paper"))
    assert found.template == 0
    assert sorted(found.anchors[:4]) == [(0, 1), (1, 2), (2, 3), (3, 4)]  # the pairs, by their first words
    assert found.anchors[4:] in [((number, number + 1),) for number in range(1, 5)]  # a word that no other message has
