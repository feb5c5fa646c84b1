"""Every word of a query against every word of the passages; of very long entries, of the nearest passages."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from corpus.article import Field
from corpus.passages import make_passage
from index.encoding.passage_encoder import encode_passages
from index.ranking.binary_codes import BYTES
from index.ranking.engine import Gathered
from index.ranking.fusion import Floats
from index.ranking.late_interaction import late_interaction
from index.ranking.passage_table import FIELDS as PLACES
from index.ranking.word_vectors import WordVectors, word_vectors
from tests.conftest import WordEncoder

ENTRIES = {
    "a#1": ("printer fire ink hot paper", "printer", "fire hot", "ink paper"),
    "a#2": ("toner empty tray", "toner", "tray empty"),
}
FIELDS = (Field.WHOLE, Field.MESSAGE, Field.CAUSE, Field.SOLUTION)
COUNTS = np.array([4, 3])


@pytest.fixture
def given(words: WordEncoder) -> Gathered:
    passages = [
        make_passage(entry_id, field, text, 0, len(text))
        for entry_id, texts in ENTRIES.items()
        for field, text in zip(FIELDS, texts, strict=False)
    ]
    encoded, _ = encode_passages(passages, words, previous=None)
    ends = np.append(0, np.cumsum(encoded.word_counts))
    runs = [slice(start, end) for start, end in itertools.pairwise(ends)]
    return Gathered(
        keys=np.arange(2),
        counts=COUNTS,
        fields=np.array([PLACES.index(passage.field) for passage in passages], dtype=np.uint8),
        vectors=encoded.vectors.astype(np.float32),
        word_counts=encoded.word_counts,
        codes=lambda wanted: np.concatenate([encoded.codes[runs[at]] for at in np.flatnonzero(wanted)]),
        frequencies={},
        lengths=np.ones(2, dtype=np.float32),
    )


def query(words: WordEncoder, text: str) -> WordVectors:
    return word_vectors(text, words.encode_tokens([text], as_query=True).tokens[0])


def late(
    given: Gathered, queries: list[WordVectors], *, nearness: list[float] | None = None, most: int = 1_000
) -> list[Floats]:
    near = np.array(nearness or [0.0] * len(given.fields), dtype=np.float32)
    return late_interaction(queries, near, given, lambda word: 3.0 if word == "fire" else 1.0, most)


def test_the_best_passage_of_an_entry_counts_together_with_its_title(given: Gathered, words: WordEncoder) -> None:
    (found,) = late(given, [query(words, "printer fire tray")])
    np.testing.assert_allclose(found, [4 / 5, 1 / 5], atol=0.12)  # codes of 304 bits are estimates


def test_several_queries_are_answered_as_each_alone(given: Gathered, words: WordEncoder) -> None:
    queries = [query(words, text) for text in ("fire", "the toner is empty", "of the", "ink paper tray")]
    alone = [late(given, [each])[0] for each in queries]
    np.testing.assert_allclose(late(given, queries), alone, atol=1e-6)


def test_a_query_without_words_is_near_to_nothing(given: Gathered, words: WordEncoder) -> None:
    empty, found = late(given, [query(words, "?"), query(words, "fire")])
    assert empty.tolist() == [0, 0]
    assert found[0] > 0.8
    assert [each.tolist() for each in late(given, [query(words, "?")])] == [[0, 0]]


def test_of_long_entries_the_title_and_the_nearest_passages_are_compared(given: Gathered, words: WordEncoder) -> None:
    """Both titles and the nearest passage of each entry have six words."""
    nearness = [0.1, 0.2, 0.9, 0.3, 0.1, 0.2, 0.9]
    near = {
        word: late(given, [query(words, word)], nearness=nearness, most=6)[0]
        for word in ("printer", "fire", "ink", "paper", "toner", "empty")
    }
    assert {word: (found > 0.8).tolist() for word, found in near.items()} == {
        **{key: [True, False] for key in ("printer", "fire")},
        **{key: [False, False] for key in ("ink", "paper")},
        **{key: [False, True] for key in ("toner", "empty")},
    }
    assert late(given, [query(words, "ink")], nearness=nearness, most=15)[0][0] > 0.8


@pytest.mark.parametrize(
    ("asked_words", "least", "most"), [(5, 1_000_000, 1_000_000), (8, 50_000, 53_000), (300, 60_000, 1_200_000)]
)
def test_what_is_compared_with_two_entries_of_a_thousand_passages(
    words: WordEncoder, asked_words: int, least: int, most: int
) -> None:
    """All, while that takes ten milliseconds; or 32 passages of each entry; or so many as take ten milliseconds."""
    asked = query(words, " ".join(f"w{number}" for number in range(asked_words)))
    sizes = np.full(2_000, 100)
    compared = []

    def codes(wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
        compared.append(len(asked.words) * int(sizes[wanted].sum()))
        return np.zeros((int(sizes[wanted].sum()), BYTES), dtype=np.uint8)

    long = Gathered(
        keys=np.arange(2),
        counts=np.array([1_000, 1_000]),
        fields=np.full(len(sizes), PLACES.index(Field.SOLUTION), dtype=np.uint8),
        vectors=np.zeros((len(sizes), 4096), dtype=np.float32),
        word_counts=sizes,
        codes=codes,
        frequencies={},
        lengths=np.ones(2, dtype=np.float32),
    )
    late_interaction([asked], np.zeros(len(sizes), dtype=np.float32), long, lambda _: 1.0)
    assert least <= compared[0] <= most
