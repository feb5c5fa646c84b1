"""Two indexes that are asked the same queries share their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from index.models.encoder import Advance, Encoded, Encoder, Vectors
from index.models.remembering_encoder import RememberingEncoder
from index.query_parts import texts_of
from tests.conftest import WordEncoder


class Counting(WordEncoder):
    """Notes what it encodes token by token."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.asked.append(list(texts))
        return super().encode_tokens(texts, as_query=as_query, advance=advance)


def vectors(encoder: Encoder, *texts: str) -> Vectors:
    return encoder.encode_tokens(texts, as_query=True).vectors


def test_a_query_is_encoded_once_and_has_the_same_vectors_again() -> None:
    counting = Counting()
    encoder = RememberingEncoder(counting)
    first = vectors(encoder, "no paper", "no ink", "no paper")
    again = encoder.encode_tokens(["no ink", "no toner", "no paper"], as_query=True)
    assert counting.asked == [["no paper", "no ink"], ["no toner"]]
    np.testing.assert_array_equal(first, vectors(counting, "no paper", "no ink", "no paper"))
    np.testing.assert_array_equal(again.vectors, vectors(counting, "no ink", "no toner", "no paper"))
    assert [len(each.spans) for each in again.tokens] == [2, 2, 2]


def test_passages_are_passed_on() -> None:
    counting = Counting()
    encoder = RememberingEncoder(counting)
    for _ in range(2):
        encoder.encode_tokens(["no paper"])
    assert counting.asked == [["no paper"], ["no paper"]]
    assert encoder.identity == counting.identity


def test_what_was_not_asked_for_longest_is_forgotten() -> None:
    counting = Counting()
    one = counting.encode_tokens(["one"], as_query=True)
    size = one.vectors.nbytes + one.tokens[0].vectors.nbytes + one.tokens[0].spans.nbytes
    encoder = RememberingEncoder(counting, most=2 * size)
    for text in ("one", "two", "one", "three", "one", "two"):
        vectors(encoder, text)
    assert counting.asked[1:] == [["one"], ["two"], ["three"], ["two"]]


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("the link is lost", ("the link is lost",)),
        (
            "the link is lost. a payment has bounced.",
            ("the link is lost. a payment has bounced.", "the link is lost.", "a payment has bounced."),
        ),
        ("the link is lost " * 20, ()),
    ],
)
def test_what_a_search_encodes_of_a_query(query: str, texts: tuple[str, ...]) -> None:
    assert texts_of(query) == texts
