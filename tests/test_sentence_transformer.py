"""The default model, run by sentence-transformers, gives a unit vector for any text."""

from __future__ import annotations

import numpy as np
import pytest

from index.models.encoder import Encoder
from index.models.model_files import DEFAULT_MODEL, model_files
from index.models.sentence_transformer import SentenceTransformerEncoder

TEXTS = ["The printer is on fire.", "", "vpn", "a word " * 2000, "🔥🔥", "\x00\x07", "Ünïcode “quotes” 日本語"]


@pytest.fixture(scope="module")
def reference() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(model_files(DEFAULT_MODEL), device="cpu")


def test_the_identity_is_that_of_the_files(reference: Encoder) -> None:
    identity = reference.identity
    assert (identity.name, identity.dimension, identity.max_tokens) == ("all-MiniLM-L6-v2", 384, 254)
    assert identity.fingerprint == model_files(DEFAULT_MODEL).fingerprint


def test_rows_are_unit_float32_in_the_order_of_the_texts(reference: Encoder) -> None:
    vectors = reference.encode(TEXTS)
    assert (vectors.shape, str(vectors.dtype)) == ((len(TEXTS), 384), "float32")
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_allclose(reference.encode([text])[0], vector, atol=1e-5)


def test_more_texts_than_a_batch_keep_their_order(reference: Encoder) -> None:
    texts = [f"number {number} " + "and so on " * (number % 7) for number in range(70)]
    vectors = reference.encode(texts)
    np.testing.assert_allclose(vectors[::10], reference.encode(texts[::10]), atol=1e-5)


def test_no_texts_are_no_rows(reference: Encoder) -> None:
    assert reference.encode([]).shape == (0, 384)
    assert reference.encode_tokens([]).tokens == ()


def test_texts_of_similar_meaning_are_nearer(reference: Encoder) -> None:
    query = reference.encode(["I cannot log in"], as_query=True)[0]
    near, far = reference.encode(["Sign-in fails with a wrong password", "The invoice was voided"])
    assert query @ near > query @ far + 0.2


def test_token_vectors_come_with_the_vectors_of_encode(reference: Encoder) -> None:
    encoded = reference.encode_tokens(TEXTS)
    np.testing.assert_allclose(encoded.vectors, reference.encode(TEXTS), atol=1e-5)
    for text, each in zip(TEXTS, encoded.tokens, strict=True):
        assert len(each.vectors) == len(each.spans) == min(reference.count_tokens(text), 254)
        np.testing.assert_allclose(np.linalg.norm(each.vectors, axis=1), 1, atol=1e-5)


def test_a_tokens_span_is_its_place_in_the_text(reference: Encoder) -> None:
    text = "“Überweisung” 🔥 printers"
    (tokens,) = reference.encode_tokens([text]).tokens
    assert [text[start:end] for start, end in tokens.spans][-2:] == ["🔥", "printers"]
    assert tokens.spans.tolist() == sorted(tokens.spans.tolist())


def test_tokens_are_counted_without_a_limit_or_a_warning(reference: Encoder) -> None:
    assert [reference.count_tokens(text) for text in ("", "vpn", "a word " * 2000)] == [0, 2, 4000]


def test_a_text_longer_than_the_model_reads_is_truncated(reference: Encoder) -> None:
    long, cut = reference.encode(["word " * 300, "word " * 254])
    np.testing.assert_allclose(long, cut, atol=1e-5)


def test_progress_counts_texts(reference: Encoder) -> None:
    done: list[int] = []
    reference.encode(["a"] * 70, advance=done.append)
    assert done == [32, 32, 6]
