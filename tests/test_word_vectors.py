"""The vectors of a text's words."""

from __future__ import annotations

import numpy as np

from index.models.encoder import TokenVectors
from index.ranking.word_vectors import word_vectors


def test_a_words_vector_is_the_mean_of_its_tokens() -> None:
    tokens = TokenVectors(np.array([[0, 3], [3, 6], [7, 10]], np.int32), np.eye(3, dtype=np.float32))
    words = word_vectors("abcdef ghi", tokens)
    assert (words.words, words.starts.tolist()) == (("abcdef", "ghi"), [0, 7])
    np.testing.assert_allclose(words.vectors, [[0.5**0.5, 0.5**0.5, 0], [0, 0, 1]], rtol=1e-6)
    assert words.within(7, 10).words == ("ghi",)
    assert words.within(1, 7).words == ()


def test_words_that_share_a_token_count_once() -> None:
    """A paste of ten thousand letters between invisible characters is one token to the encoder."""
    tokens = TokenVectors(np.array([[0, 5], [6, 7]], np.int32), np.eye(2, dtype=np.float32))
    assert word_vectors("a\u200bb\u200bc d", tokens).words == ("a", "d")
