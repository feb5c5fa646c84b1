"""A word vector in 38 bytes still gives its cosine with another, closely enough for late interaction."""

from __future__ import annotations

import numpy as np
import pytest

from index.ranking.binary_codes import BITS, BYTES, closest, compress, rotation


def test_the_rotation_keeps_lengths_and_angles() -> None:
    turned = rotation(384)
    assert turned.shape == (384, BITS)
    np.testing.assert_allclose(turned.T @ turned, np.eye(BITS), atol=1e-5)


def test_a_code_takes_38_bytes() -> None:
    codes = compress(np.eye(384, dtype=np.float32)[:3])
    assert (codes.shape, codes.nbytes, BYTES) == ((3, 38), 114, 38)


@pytest.mark.parametrize("dimension", [128, 384, 768])
def test_a_code_comes_close_to_the_cosine(dimension: int) -> None:
    draw = np.random.default_rng(0)
    vectors = draw.standard_normal((300, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact = vectors @ vectors.T
    estimates = closest(compress(vectors), np.ones(300, dtype=np.int64), vectors)
    assert float(np.abs(estimates - exact).mean()) < 0.06
    assert abs(float(np.diag(estimates).mean()) - 1) < 0.02
    assert (estimates.argmax(axis=0) == np.arange(300)).all()


def test_a_code_does_not_depend_on_the_others() -> None:
    vectors = np.random.default_rng(1).standard_normal((20, 384)).astype(np.float32)
    together, alone = compress(vectors), compress(vectors[7:8])
    np.testing.assert_array_equal(together[7], alone[0])


def test_of_a_run_of_codes_the_closest_to_each_query_counts() -> None:
    draw = np.random.default_rng(2)
    vectors = draw.standard_normal((1_000, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes, queries = compress(vectors), vectors[[3, 700]]
    alone = closest(codes, np.ones(1_000, dtype=np.int64), queries)
    together = closest(codes, np.array([5, 0, 900, 95]), queries)
    np.testing.assert_allclose(together[[0, 2, 3]], [alone[:5].max(0), alone[5:905].max(0), alone[905:].max(0)])
    assert alone[3, 0] == together[0, 0]
    assert alone[700, 1] == together[2, 1]
    assert together[1].tolist() == [-np.inf, -np.inf]


def test_the_rotation_is_the_same_everywhere() -> None:
    """The figures are those of the first machine; another library's QR may turn an axis, `rotation` turns it back."""
    np.testing.assert_allclose(rotation(384)[0, :4], [0.0000650, 0.0151185, -0.0168370, -0.0470519], atol=1e-6)
