"""Two indexes that are asked the same queries share their vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Advance, Encoded, Encoder, Vectors
from index.models.remembering_encoder import RememberingEncoder
from index.retriever import Retriever
from index.storage.store import Store
from tests.conftest import WordEncoder

ARTICLE = """# Office

## The payment has bounced {#bounced}

**Message:** Payment 3 has bounced: the link to the bank is lost.

**Solution:** Send it again.
"""


class Counting(WordEncoder):
    """Notes what it encodes token by token."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text has; a mistyped word is no token of its own."""
        return super().count_tokens(text) + text.count("mentt")

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


LOST = "the link is lost"
SEVERAL = "the link is lost. a payment has bounced."


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        (LOST, [LOST]),
        (SEVERAL, [SEVERAL, "the link is lost.", "a payment has bounced."]),
        ("the paymentt has bounced", ["the payment has bounced"]),
        ((SEVERAL + " ") * 3 + "x" * 4200, None),
        ("", [""]),
    ],
)
def test_what_a_search_encodes_of_a_query_is_known_before(query: str, texts: list[str] | None, tmp_path: Path) -> None:
    encoder = Counting()
    store = Store(tmp_path / "built")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "office.md").write_text(ARTICLE)
    build(load_corpus(tmp_path / "articles"), encoder, store)
    retriever = Retriever(store.current(), encoder)
    before = retriever.texts_encoded(query)
    encoder.asked.clear()
    retriever.search(query)
    asked = list(dict.fromkeys(text for own in encoder.asked for text in own))
    assert list(dict.fromkeys(before)) == asked
    assert texts is None or asked == texts
