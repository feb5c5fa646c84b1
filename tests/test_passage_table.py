"""The passages of a generation are stored with their vectors, and a text is encoded only once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corpus.article import Field, Passage
from corpus.passages import make_passage
from index.encoding.passage_encoder import encode_passages
from index.models.encoder import Advance, Encoded
from index.ranking.binary_codes import closest
from index.ranking.passage_table import FIELDS, PassageTable, passage_columns, passage_files
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.conftest import WordEncoder

ENTRY_IDS = ("a#1", "a#2")


def alone(entry_id: str, field: Field, text: str) -> Passage:
    """A passage that is a segment by itself."""
    return make_passage(entry_id, field, text, 0, len(text))


PASSAGES = (
    alone("a#1", Field.MESSAGE, "the printer is on fire"),
    alone("a#1", Field.CAUSE, "ink hot"),
    alone("a#2", Field.SYMPTOM, "ink hot"),
)


def table_of(root: Path, passages: Sequence[Passage], words: WordEncoder) -> PassageTable:
    encoded, _ = encode_passages(passages, words, previous=None)
    rows = SegmentList.of_one(passage_columns(passages, ENTRY_IDS, encoded))
    files = passage_files(np.empty((0, 4096), np.float16), None)
    return PassageTable(Store(root).publish(files, {}, rows=rows))


@pytest.fixture
def table(tmp_path: Path, words: WordEncoder) -> PassageTable:
    return table_of(tmp_path, PASSAGES, words)


def test_passages_are_read_back_by_row(table: PassageTable, words: WordEncoder) -> None:
    assert len(table) == 3
    assert table.entries.tolist() == [0, 0, 1]
    assert [FIELDS[field] for field in table.fields] == [Field.MESSAGE, Field.CAUSE, Field.SYMPTOM]
    assert [bytes(digest).hex() for digest in table.digests[:]] == [each.digest for each in PASSAGES]
    np.testing.assert_allclose(table.vectors[:], words.encode([each.text for each in PASSAGES]), atol=5e-4)


def test_the_words_of_a_passage_are_stored_without_stop_words(table: PassageTable, words: WordEncoder) -> None:
    codes, counts = table.words(np.arange(3))
    assert counts.tolist() == table.word_counts(np.arange(3)).tolist() == [2, 2, 2]
    close = closest(codes, np.ones(6, dtype=np.int64), words.encode_tokens(["fire hot"]).tokens[0].vectors)
    assert close.argmax(axis=0).tolist() == [1, 3]


def test_a_passage_is_encoded_in_its_context(words: WordEncoder) -> None:
    """Its vector is the mean of its own words' vectors, and the segment is encoded once for all of its passages."""
    segment = "printer fire. ink hot. ***"
    places = [(Field.WHOLE, 0, 26), (Field.MESSAGE, 0, 12), (Field.CAUSE, 14, 21), (Field.SOLUTION, 23, 26)]
    encoded, new = encode_passages(
        [make_passage("a#1", field, segment, start, end) for field, start, end in places], words, previous=None
    )
    assert (new, words.texts) == (4, [segment])
    assert encoded.word_counts.tolist() == [0, 2, 2, 0]
    whole, fire, ink = words.encode(["printer fire ink hot", "printer fire", "ink hot"])
    np.testing.assert_allclose(encoded.vectors, [whole, fire, ink, whole], atol=5e-4)


def test_a_text_that_occurs_twice_is_encoded_once(words: WordEncoder) -> None:
    encoded, new = encode_passages(PASSAGES, words, previous=None)
    assert new == 2
    assert words.texts == ["the printer is on fire", "ink hot"]
    np.testing.assert_array_equal(encoded.vectors[1], encoded.vectors[2])


def test_texts_of_the_previous_generation_are_not_encoded_again_whatever_their_entry(
    table: PassageTable, words: WordEncoder
) -> None:
    words.texts.clear()
    moved = (
        alone("a#2", Field.SYMPTOM, "the printer is on fire"),
        alone("a#1", Field.SYMPTOM, "new ink"),
    )
    encoded, new = encode_passages(moved, words, previous=table)
    assert (new, words.texts) == (1, ["new ink"])
    np.testing.assert_array_equal(encoded.vectors[0], table.vectors[0])
    np.testing.assert_array_equal(encoded.codes[:2], table.words(np.arange(1))[0])
    np.testing.assert_allclose(encoded.vectors[1], words.encode(["new ink"])[0], atol=5e-4)


def test_progress_counts_passages_that_need_no_encoding_first(words: WordEncoder) -> None:
    done: list[int] = []
    encode_passages(PASSAGES, words, previous=None, advance=done.append)
    assert done == [1, 2]


def test_progress_of_several_passages_of_a_segment_adds_up(words: WordEncoder) -> None:
    done: list[int] = []
    parts = [
        make_passage("a#1", Field.SYMPTOM, "ink hot. fire", start, end) for start, end in ((0, 7), (9, 13), (0, 3))
    ]
    encode_passages([*parts, PASSAGES[0]], words, previous=None, advance=done.append)
    assert done == [0, 4]


class OneByOne(WordEncoder):
    """Reports progress text by text, and gives a text a direction that is not among those of its words."""

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        found = super().encode_tokens(texts, as_query=as_query)
        if advance is not None:
            for _ in texts:
                advance(1)
        whole = np.zeros_like(found.vectors)
        whole[:, -1] = 1
        return Encoded(whole, found.tokens)


def test_progress_is_reported_segment_by_segment() -> None:
    """Of three passages in two segments, each segment counts for one and a half."""
    done: list[int] = []
    pair = [make_passage("a#1", Field.SYMPTOM, "ink hot. fire", start, end) for start, end in ((0, 7), (9, 13))]
    encode_passages([*pair, PASSAGES[0]], OneByOne(), previous=None, advance=done.append)
    assert done == [0, 2, 1]


def test_the_passage_that_is_the_whole_segment_has_the_encoders_vector() -> None:
    whole, part = (alone("a#1", field, "ink hot") for field in (Field.WHOLE, Field.CAUSE))
    encoded, _ = encode_passages([whole, part], OneByOne(), previous=None)
    assert encoded.vectors[:, -1].tolist() == [1, 0]


def test_more_segments_than_are_encoded_at_once_are_all_encoded(words: WordEncoder) -> None:
    encoded, _ = encode_passages([alone("a#1", Field.CAUSE, f"w{n}") for n in range(300)], words, previous=None)
    np.testing.assert_array_equal(encoded.word_counts, np.ones(300))
    np.testing.assert_array_equal(encoded.vectors.argmax(axis=1), np.arange(300))


def test_vectors_that_are_reused_are_those_a_fresh_build_computes(table: PassageTable, words: WordEncoder) -> None:
    changed = (*PASSAGES[1:], alone("a#2", Field.WHOLE, "the printer is cold"))
    reused, _ = encode_passages(changed, words, previous=table)
    fresh, _ = encode_passages(changed, words, previous=None)
    np.testing.assert_array_equal(reused.vectors, fresh.vectors)
    np.testing.assert_array_equal(reused.word_counts, fresh.word_counts)
    np.testing.assert_array_equal(reused.codes, fresh.codes)


def test_no_passages_are_no_rows(words: WordEncoder) -> None:
    encoded, new = encode_passages([], words, previous=None)
    assert (encoded.vectors.shape, len(encoded.codes), new) == ((0, 4096), 0, 0)
