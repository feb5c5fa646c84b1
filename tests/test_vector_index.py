"""FAISS finds the rows that plain numpy finds, with the same scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from index.errors import BadIndexError
from index.models.encoder import Vectors
from index.ranking.search_codes import SearchCodes, scanned
from index.ranking.vector_index import VectorIndex, build_codes, goes_on, more_codes


def unit_rows(rows: int, dimension: int, seed: int) -> Vectors:
    """Unit rows that half precision holds exactly."""
    drawn = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    halves = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float16)
    return np.asarray(halves, dtype=np.float32)


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
    np.testing.assert_allclose(scores, [vectors[17] @ vectors[17]], atol=1e-6)


def test_asking_for_more_rows_than_there_are_gives_each_row_once() -> None:
    vectors = unit_rows(5, 8, seed=4)
    rows, scores = VectorIndex(vectors).nearest(vectors[0], 100)
    assert sorted(rows.tolist()) == [0, 1, 2, 3, 4]
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_no_rows_gives_none(k: int) -> None:
    rows, scores = VectorIndex(unit_rows(5, 8, seed=5)).nearest(unit_rows(1, 8, seed=6)[0], k)
    assert (rows.tolist(), scores.tolist()) == ([], [])


def test_an_empty_index_gives_no_rows() -> None:
    index = VectorIndex(np.empty((0, 8), dtype=np.float32))
    assert len(index) == 0
    assert index.nearest(unit_rows(1, 8, seed=7)[0], 3)[0].tolist() == []


def test_read_only_rows_in_either_memory_order_are_accepted() -> None:
    vectors = np.asfortranarray(unit_rows(30, 8, seed=8))
    vectors.flags.writeable = False
    rows, _ = VectorIndex(vectors).nearest(np.ascontiguousarray(vectors[3]), 1)
    assert rows.tolist() == [3]


def clustered_rows(rows: int, seed: int) -> Vectors:
    """Rows around some centres, like the passages of articles."""
    near = unit_rows(rows, 64, seed) + 2 * unit_rows(40, 64, seed + 1)[np.arange(rows) % 40]
    return np.asarray(near / np.linalg.norm(near, axis=1, keepdims=True), dtype=np.float32)


def recall(index: VectorIndex, vectors: Vectors, queries: Vectors) -> float:
    shares = [np.isin(np.argsort(-(vectors @ each))[:10], index.nearest(each, 10)[0]).mean() for each in queries]
    return float(np.mean(shares))


def test_few_rows_get_no_codes() -> None:
    assert build_codes(unit_rows(500, 48, seed=1)) is None


def test_codes_find_nearly_the_rows_that_comparing_all_finds() -> None:
    vectors, queries = np.split(clustered_rows(6050, seed=9), [6000])
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    assert codes.book.nbytes + codes.rows[:].nbytes < vectors.nbytes / 7
    index = VectorIndex(vectors, codes)
    assert recall(index, vectors, queries) >= 0.99
    rows, scores = index.nearest(vectors[5], 20)
    assert rows[0] == 5
    np.testing.assert_allclose(scores, vectors[rows] @ vectors[5], atol=1e-6)


def test_the_same_rows_get_the_same_codes() -> None:
    vectors = clustered_rows(3000, seed=13)
    first, second = (build_codes(vectors, flat_up_to=1000) for _ in range(2))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.book, second.book)
    np.testing.assert_array_equal(first.rows, second.rows)


def test_the_code_book_of_the_generation_before_is_used_again() -> None:
    vectors = clustered_rows(3000, seed=14)
    before = build_codes(vectors[:2500], flat_up_to=1000)
    assert before is not None
    after = build_codes(vectors, before=before, flat_up_to=1000)
    assert after is not None
    assert recall(VectorIndex(vectors, after), vectors, vectors[2900:2950]) >= 0.99
    np.testing.assert_array_equal(after.book, before.book)


def test_an_edit_codes_its_own_vectors_as_a_build_of_all_would() -> None:
    vectors = clustered_rows(3000, seed=17)
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    np.testing.assert_array_equal(more_codes(codes, vectors[100:110]), codes.rows[100:110])


@pytest.mark.parametrize(
    ("count", "new", "unmeasured", "expected"),
    [
        (3000, 100, 0, True),
        (3000, 150, 0, True),
        (3000, 151, 0, False),
        (3000, 100, 51, False),
        (5999, 0, 0, True),
        (6000, 0, 0, False),
        (1501, 0, 0, True),
        (1500, 0, 0, False),
    ],
)
def test_codes_are_measured_again_once_a_twentieth_is_new_or_there_are_twice_or_half_as_many(
    count: int, new: int, unmeasured: int, *, expected: bool
) -> None:
    before = SearchCodes(np.empty(0, np.uint8), np.empty((3000, 0), np.uint8), 3000, unmeasured)
    assert goes_on(before, count, new) is expected


def test_without_codes_before_all_are_made() -> None:
    assert not goes_on(None, 60_000, 1)


def test_of_rows_that_are_equal_any_are_as_good_so_that_they_have_codes_too() -> None:
    """A row that half of the others equal finds 400 of these by its code, and hardly ever the ten first of them."""
    some = clustered_rows(3000, seed=21)
    vectors = np.vstack([some, np.repeat(some[:1], 3000, axis=0)])
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    assert codes.book.size
    rows, scores = VectorIndex(vectors, codes).nearest(vectors[4000], 10)
    assert (vectors[rows] == vectors[4000]).all()
    np.testing.assert_allclose(scores, vectors[4000] @ vectors[4000], atol=1e-6)


def test_rows_that_codes_do_not_find_have_none() -> None:
    """Rows of few kinds, which differ by less than a code tells apart, and more than ranking overlooks."""
    kinds, noise = unit_rows(40, 64, seed=22), unit_rows(40_000, 64, seed=23)
    vectors = np.repeat(kinds, 1000, axis=0) + 0.05 * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    assert not codes.book.size


def test_vectors_that_no_code_book_does_for_are_compared_all() -> None:
    vectors = np.vstack([unit_rows(1500, 64, seed=18), unit_rows(1500, 64, seed=19)])
    none = SearchCodes(np.empty(0, np.uint8), np.empty((2990, 0), np.uint8), 2990, 0)
    more = more_codes(none, vectors[2990:])
    assert more.shape == (10, 0)
    index = VectorIndex(vectors, replace(none, rows=np.vstack([none.rows[:], more])))
    assert index.nearest(vectors[2995], 1)[0].tolist() == [2995]


def test_a_code_book_is_made_again_once_there_are_twice_as_many_vectors() -> None:
    vectors = clustered_rows(6000, seed=20)
    before = build_codes(vectors[:2900], flat_up_to=1000)
    after = build_codes(vectors, before=before, flat_up_to=1000)
    assert after is not None
    assert after.trained_on == 6000


@pytest.mark.parametrize("with_codes", [False, True])
@pytest.mark.parametrize("share", [3, 40])
def test_only_allowed_rows_are_returned(share: int, *, with_codes: bool) -> None:
    vectors = clustered_rows(3000, seed=15)
    index = VectorIndex(vectors, build_codes(vectors, flat_up_to=1000) if with_codes else None)
    allowed = np.arange(3000) % share == 0
    rows, _ = index.nearest(vectors[7], 10, allowed=allowed)
    expected = np.flatnonzero(allowed)[np.argsort(-(vectors[allowed] @ vectors[7]))[:10]]
    np.testing.assert_array_equal(rows, expected)


def test_where_no_row_is_allowed_none_is_returned() -> None:
    assert (
        VectorIndex(unit_rows(5, 8, seed=5))
        .nearest(unit_rows(1, 8, seed=6)[0], 3, allowed=np.zeros(5, bool))[0]
        .tolist()
        == []
    )


def test_codes_of_other_vectors_are_refused() -> None:
    vectors = clustered_rows(3000, seed=16)
    codes = build_codes(vectors, flat_up_to=1000)
    with pytest.raises(BadIndexError, match=r"the codes are of 3000 vectors of length 64, expected \(2999, 64\)"):
        VectorIndex(vectors[:-1], codes)


def test_codes_that_faiss_cannot_read_are_refused_and_its_memory_is_limited() -> None:
    vectors = unit_rows(3000, 64, seed=8)
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    with pytest.raises(BadIndexError, match=r'the search codes are damaged \(.*\); run "assistant build"'):
        VectorIndex(vectors, replace(codes, book=codes.book[: len(codes.book) // 2]))
    with pytest.raises(BadIndexError, match=r'not those of their code book; run "assistant build"'):
        VectorIndex(vectors, replace(codes, rows=codes.rows[:, 1:]))
    damaged = replace(codes, book=np.zeros(100, np.uint8))
    with pytest.raises(BadIndexError, match="the search codes are damaged"):
        build_codes(vectors, before=damaged, flat_up_to=1000)
    with pytest.raises(BadIndexError, match="the search codes are damaged"):
        more_codes(damaged, vectors)
    import faiss

    assert faiss.get_deserialization_vector_byte_limit() == 1 << 34
    assert faiss.get_deserialization_loop_limit() == 1 << 20


@pytest.mark.parametrize("k", [10, 400, 3000])
def test_codes_are_scanned_as_faiss_would_by_itself(k: int) -> None:
    """The nearest rows of its own choice, exactly compared; equal codes are among them."""
    import faiss

    rows = clustered_rows(2990, seed=17)
    vectors = np.concatenate([rows, rows[:10]])
    codes = build_codes(vectors, flat_up_to=1000)
    assert codes is not None
    index, own = VectorIndex(vectors, codes), scanned(faiss, codes)
    for query in unit_rows(10, 64, seed=18):
        near = own.search(query[None], min(max(2 * k, 400), len(vectors)))[1][0]
        ranked = sorted(near.tolist(), key=lambda row: (-float(vectors[row] @ query), row))
        found = index.nearest(query, k)[0].tolist()
        assert len(found) == k
        assert {*found[: k // 2]} <= {*ranked[:k]}
        assert {*found} <= {*near.tolist()}
