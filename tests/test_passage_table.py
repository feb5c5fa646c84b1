"""A generation's passages keep their vectors, and a vector is computed once for a text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.article import Field, Passage
from index.passage_table import FIELDS, PassageTable, encode_passages, passage_files
from index.store import Store
from tests.conftest import WordEncoder

ROWS = {"a#1": 0, "a#2": 1}


def passage(entry_id: str, field: Field, text: str) -> Passage:
    return Passage(entry_id, field, text, hashlib.sha256(text.encode()).hexdigest())


PASSAGES = (
    passage("a#1", Field.MESSAGE, "the printer is on fire"),
    passage("a#1", Field.CAUSE, "too hot"),
    passage("a#2", Field.SYMPTOM, "too hot"),
)


def table_of(root: Path, passages: Sequence[Passage], words: WordEncoder) -> PassageTable:
    vectors, _ = encode_passages(passages, words, previous=None)
    return PassageTable(Store(root).publish(passage_files(passages, ROWS, vectors), {}))


@pytest.fixture
def table(tmp_path: Path, words: WordEncoder) -> PassageTable:
    return table_of(tmp_path, PASSAGES, words)


def test_passages_come_back_as_rows(table: PassageTable, words: WordEncoder) -> None:
    assert len(table) == 3
    assert table.entries.tolist() == [0, 0, 1]
    assert [FIELDS[field] for field in table.fields] == [Field.MESSAGE, Field.CAUSE, Field.SYMPTOM]
    assert [bytes(digest).hex() for digest in table.digests] == [each.digest for each in PASSAGES]
    np.testing.assert_allclose(table.vectors, words.encode([each.text for each in PASSAGES]))


def test_the_vectors_are_read_only(table: PassageTable) -> None:
    with pytest.raises(ValueError, match="read-only"):
        table.vectors[0] = 0


def test_a_text_that_stands_twice_is_encoded_once(words: WordEncoder) -> None:
    vectors, encoded = encode_passages(PASSAGES, words, previous=None)
    assert encoded == 2
    assert words.texts == ["the printer is on fire", "too hot"]
    np.testing.assert_array_equal(vectors[1], vectors[2])


def test_known_texts_take_their_vectors_over_whatever_entry_they_stand_in(
    table: PassageTable, words: WordEncoder
) -> None:
    words.texts.clear()
    moved = (passage("a#2", Field.WHOLE, "the printer is on fire"), passage("a#1", Field.SYMPTOM, "new words"))
    vectors, encoded = encode_passages(moved, words, previous=table)
    assert (encoded, words.texts) == (1, ["new words"])
    np.testing.assert_array_equal(vectors[0], table.vectors[0])
    np.testing.assert_allclose(vectors[1], words.encode(["new words"])[0])


def test_progress_counts_what_is_encoded(words: WordEncoder) -> None:
    done: list[int] = []
    encode_passages(PASSAGES, words, previous=None, advance=done.append)
    assert sum(done) == 2


def test_vectors_that_are_taken_over_are_the_ones_a_fresh_build_computes(
    table: PassageTable, words: WordEncoder
) -> None:
    changed = (*PASSAGES[1:], passage("a#2", Field.WHOLE, "the printer is cold"))
    taken_over, _ = encode_passages(changed, words, previous=table)
    fresh, _ = encode_passages(changed, words, previous=None)
    np.testing.assert_array_equal(taken_over, fresh)


def test_no_passages_are_no_rows(words: WordEncoder) -> None:
    vectors, encoded = encode_passages([], words, previous=None)
    assert (vectors.shape, encoded) == ((0, 4096), 0)
