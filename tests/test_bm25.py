"""BM25 over many entries: words that most of them have, words that few have, and the best of many scores."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ranking.bm25 import Bm25Index, best_rows, bm25_files
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store

DRAW = random.Random(5)
TEXTS = [
    " ".join(
        ["printer"] * DRAW.randint(1, 3)
        + ["offline"] * (DRAW.random() < 0.3)
        + ["tray"] * 2 * (DRAW.random() < 0.05)
        + ["paper"] * DRAW.randint(0, 40)
    )
    for _ in range(300)
]


@pytest.fixture(scope="module")
def bm25(tmp_path_factory: pytest.TempPathFactory) -> Bm25Index:
    files = bm25_files(TEXTS)
    return Bm25Index(Store(tmp_path_factory.mktemp("index")).publish(files, {}, rows=SegmentList.of_one({})))


def expected(*terms: str) -> list[float]:
    """The formula, entry by entry."""
    counts = [Counter(text.split()) for text in TEXTS]
    mean = sum(own.total() for own in counts) / len(counts)
    scores = [0.0] * len(counts)
    for term in terms:
        having = sum(term in own for own in counts)
        idf = math.log(1 + (len(counts) - having + 0.5) / (having + 0.5))
        for row, own in enumerate(counts):
            norm = 1.2 * (0.25 + 0.75 * own.total() / mean)
            scores[row] += idf * 2.2 * own[term] / (own[term] + norm)
    return scores


@pytest.mark.parametrize("terms", [("printer",), ("offlin",), ("tray",), ("tray", "printer", "offlin", "fax")])
def test_a_word_of_most_entries_adds_as_much_as_the_formula_says(bm25: Bm25Index, terms: tuple[str, ...]) -> None:
    stems = {"offlin": "offline"}
    for _ in range(2):  # what is kept of the first time is what the second one adds
        found = bm25.scores(bm25.statistics.weights(terms))
        assert found == pytest.approx(expected(*(stems.get(term, term) for term in terms)), rel=1e-5)


def test_what_a_word_of_most_entries_adds_is_kept(bm25: Bm25Index) -> None:
    weights = bm25.statistics.weights(["printer"])
    first = bm25.scores(weights)
    first += 1
    assert bm25.scores(weights) == pytest.approx(expected("printer"), rel=1e-5)


@given(st.integers(0, 5_000), st.sampled_from([1, 6, 1_000]), st.integers(1, 50), st.integers(0, 1 << 32))
def test_the_best_rows_are_those_of_all_in_order(size: int, highest: int, count: int, seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, highest + 1, size).astype(np.float32)
    ranked = np.argsort(-scores, kind="stable")[:count]
    assert sorted(best_rows(scores, count).tolist()) == sorted(row for row in ranked.tolist() if scores[row])
