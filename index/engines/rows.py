"""What a server holds of an entry, as rows of two collections, and how words are numbers there.

BM25 is an inner product of sparse vectors: the dimension of a term is a hash of it, an entry has there what the term
would add to its score if its idf were 1, and a query has the idf.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.passages import whole_text
from index.analysis.terms import terms_of
from index.engines.milvus import Column, Kind, Row
from index.engines.options import Nearness
from index.ranking.binary_codes import BYTES, Codes
from index.ranking.bm25 import K1, norms_of, term_scores
from index.ranking.engine import Floats
from index.ranking.passage_table import PassageTable
from index.storage.entry_table import EntryTable

LAYOUT = 2  # raised when rows change their meaning: they are then in other collections
ENTRIES, MARKS = "id >= 0", "id < 0"  # the rows of entries and of marks
Ids = npt.NDArray[np.int64]
_DIMENSIONS = 2**32 - 2  # one less than Milvus allows: the last is of entries without a word
_EMPTY = {_DIMENSIONS: 1e-6}  # Milvus refuses empty vectors


def entry_columns() -> tuple[Column, ...]:
    """Return the columns of the collection of entries."""
    index = {"index_type": "SPARSE_INVERTED_INDEX", "metric_type": "IP", "params": {"drop_ratio_build": 0.0}}
    return (
        Column("weights", Kind.SPARSE, index=index),
        Column("length", Kind.REAL),
        Column("product", Kind.TEXT),
        Column("tags", Kind.TEXTS),
    )


def passage_columns(dimension: int, nearness: Nearness) -> tuple[Column, ...]:
    """Return the columns of the collection of passages."""
    graph = {"index_type": "HNSW", "params": {"M": 16, "efConstruction": 200}}
    index = graph if nearness is Nearness.APPROXIMATE else {"index_type": "FLAT", "params": {}}
    return (
        Column("entry", Kind.NUMBER),
        Column("place", Kind.NUMBER),
        Column("field", Kind.NUMBER),
        Column("vector", Kind.DENSE, dimension, {**index, "metric_type": "IP"}),
        Column("words", Kind.NUMBER),
        Column("codes", Kind.TEXT),
        Column("product", Kind.TEXT),
        Column("tags", Kind.TEXTS),
    )


def mark_of(ids: Ids) -> int:
    """Return the mark of a generation, by the ids of its entries: a number below 0."""
    return -1 - (int.from_bytes(hashlib.blake2b(ids.astype("<i8").tobytes(), digest_size=8).digest()) >> 1)


def mark_row(mark: int) -> Row:
    """Return the row of a mark, among those of entries; no search finds it."""
    return {"id": mark, "weights": _EMPTY, "length": 0.0, "product": "", "tags": []}


def id_of(*parts: str | float | Sequence[str] | None) -> int:
    """Return a whole number from 0 to 2^63 - 1 that stands for some values: ten million share one by chance of 1e-5."""
    digest = hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def dimension_of(term: str) -> int:
    """Return the dimension of a term: 32 bits of a hash."""
    return int.from_bytes(hashlib.blake2b(term.encode(), digest_size=4).digest()) % _DIMENSIONS


def query_weights(weights: Mapping[str, float]) -> dict[int, float]:
    """Return the sparse vector of a query, whose terms have their idf."""
    vector: dict[int, float] = {}
    for term, idf in weights.items():
        dimension = dimension_of(term)
        vector[dimension] = vector.get(dimension, 0.0) + idf
    return vector


def frequencies_in(rows: Sequence[Mapping[str, Any]], terms: Collection[str], mean_length: float) -> dict[str, Floats]:
    """Return for each term how often each of some entries has it, (entries,) float32, from what it adds to a score.

    Args:
        rows: Entries with `weights` and `length`.
        terms: The terms.
        mean_length: What the weights were computed with.
    """
    vectors = [dict(row["weights"]) for row in rows]
    norms = norms_of(lengths_of(rows), mean_length)
    frequencies = {}
    for term in terms:
        dimension = dimension_of(term)
        added = np.array([vector.get(dimension, 0.0) for vector in vectors], dtype=np.float64)
        frequencies[term] = np.rint(added * norms / (K1 + 1 - added)).astype(np.float32)
    return frequencies


def lengths_of(rows: Sequence[Mapping[str, Any]]) -> Floats:
    """Return (entries,) float32, how many terms each entry has."""
    return np.array([row["length"] for row in rows], dtype=np.float32)


def codes_in(rows: Sequence[Mapping[str, Any]]) -> Codes:
    """Return the (words, bytes) uint8 codes of the words of some passages, one passage after another."""
    content = b"".join(base64.b64decode(row["codes"]) for row in rows)
    return np.frombuffer(content, dtype=np.uint8).reshape(-1, BYTES)


def stored_product(product: str | None) -> str:
    """Return a product as it is stored, which is never that of an article without one."""
    return "" if product is None else f"={product}"


def entry_rows(rows: Sequence[int], ids: Ids, entries: EntryTable, mean_length: float) -> Iterator[Row]:
    """Yield the rows of some entries of a generation, each with its id."""
    for row in rows:
        counts = Counter(terms_of(whole_text(entries.entry(row))))
        length = counts.total()
        norms = norms_of(np.array([length], dtype=np.float32), mean_length)
        added = term_scores(1.0, np.array(list(counts.values()), dtype=np.float32), norms)
        weights: dict[int, float] = {}
        for term, own in zip(counts, added.tolist(), strict=True):
            dimension = dimension_of(term)
            weights[dimension] = max(own, weights.get(dimension, 0.0))
        yield {
            "id": int(ids[row]),
            "weights": weights or _EMPTY,
            "length": float(length),
            **_filtered_by(entries, row),
        }


def passage_rows(rows: Sequence[int], ids: Ids, entries: EntryTable, passages: PassageTable) -> Iterator[Row]:
    """Yield the rows of the passages of some entries of a generation."""
    for row in rows:
        own = np.arange(*np.searchsorted(passages.entries, [row, row + 1]))
        vectors, (codes, counts) = passages.vectors[own].astype(np.float32), passages.words(own)
        ends = np.cumsum(counts)
        filtered_by = _filtered_by(entries, row)
        for place, (vector, passage, end, count) in enumerate(zip(vectors, own, ends, counts, strict=True)):
            yield {
                "id": id_of(int(ids[row]), place),
                "entry": int(ids[row]),
                "place": place,
                "field": int(passages.fields[passage]),
                "vector": vector.tolist(),
                "words": int(count),
                "codes": base64.b64encode(codes[end - count : end].tobytes()).decode(),
                **filtered_by,
            }


def _filtered_by(entries: EntryTable, row: int) -> dict[str, Any]:
    article = entries.article(row)
    return {"product": stored_product(article.product), "tags": list(article.tags)}
