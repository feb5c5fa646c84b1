"""FAISS finds the rows that plain numpy finds, with the same scores."""

from __future__ import annotations

import numpy as np
import pytest

from index.models.encoder import Vectors
from index.vectors import VectorIndex


def unit_rows(rows: int, dimension: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


@pytest.mark.parametrize("k", [1, 10, 500])
def test_the_nearest_rows_and_their_cosines_are_those_of_numpy(k: int) -> None:
    vectors, queries = unit_rows(500, 48, seed=1), unit_rows(20, 48, seed=2)
    index = VectorIndex(vectors)
    for query in queries:
        cosines = vectors @ query
        expected = np.argsort(-cosines, kind="stable")[:k]
        rows, scores = index.nearest(query, k)
        assert len(set(rows.tolist())) == k
        np.testing.assert_array_equal(rows[:10], expected[:10])  # further down, rows 1e-7 apart may change places
        np.testing.assert_allclose(cosines[rows], cosines[expected], atol=1e-6)
        np.testing.assert_allclose(scores, cosines[rows], atol=1e-6)


def test_a_row_finds_itself_first_with_cosine_one() -> None:
    vectors = unit_rows(50, 16, seed=3)
    rows, scores = VectorIndex(vectors).nearest(vectors[17], 1)
    assert rows.tolist() == [17]
    np.testing.assert_allclose(scores, [1.0], atol=1e-6)


def test_more_than_there_are_gives_every_row_once_and_no_padding() -> None:
    vectors = unit_rows(5, 8, seed=4)
    rows, scores = VectorIndex(vectors).nearest(vectors[0], 100)
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@pytest.mark.parametrize("k", [0, -1])
def test_none_wanted_gives_none(k: int) -> None:
    rows, scores = VectorIndex(unit_rows(5, 8, seed=5)).nearest(unit_rows(1, 8, seed=6)[0], k)
    assert (rows.tolist(), scores.tolist()) == ([], [])


def test_an_index_without_rows_finds_none() -> None:
    index = VectorIndex(np.empty((0, 8), dtype=np.float32))
    assert len(index) == 0
    assert index.nearest(unit_rows(1, 8, seed=7)[0], 3)[0].tolist() == []


def test_read_only_rows_in_either_memory_order_are_taken() -> None:
    vectors = np.asfortranarray(unit_rows(30, 8, seed=8))
    vectors.flags.writeable = False
    rows, _ = VectorIndex(vectors).nearest(np.ascontiguousarray(vectors[3]), 1)
    assert rows.tolist() == [3]
