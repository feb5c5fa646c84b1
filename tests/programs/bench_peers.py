"""The same texts indexed and asked by our index and by others, in a process of its own.

    python bench_peers.py txtai FILE MODEL

FILE is JSON: "texts", "queries", and under "right" for each query the rows of its right texts with their grades. All
have one passage a text and BM25 beside the vectors, so that they do the same work; "plain" has vectors alone. The runs
of "txtai" and "plain" import nothing of this project, so that they can use another environment.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rank = Callable[[str], list[int]]
_WARM_UP = 20  # texts and queries


@dataclass(frozen=True, slots=True)
class Work:
    """What is indexed and asked.

    Attributes:
        right: For each query its right texts by row, with their grades.
    """

    texts: list[str]
    queries: list[str]
    right: list[dict[int, int]]


def plain(texts: Sequence[str], model: str) -> Rank:
    """Index as many people do first: sentence-transformers and a flat FAISS index."""
    import faiss
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu")
    vectors = encoder.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)

    def rank(query: str) -> list[int]:
        found = index.search(encoder.encode([query], normalize_embeddings=True, show_progress_bar=False), 10)
        return [int(row) for row in found[1][0]]

    return rank


def txtai(texts: Sequence[str], model: str) -> Rank:
    """Index by txtai's hybrid index."""
    from txtai import Embeddings  # type: ignore[import-not-found]

    embeddings = Embeddings(path=model, hybrid=True, content=False)
    embeddings.index(enumerate(texts))
    return lambda query: [int(row) for row, _ in embeddings.search(query, 10)]


def ours(texts: Sequence[str], model: str) -> Rank:
    """Index by our encoder, vector index and BM25, one passage a text."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import os

    import numpy as np

    from assistant.answering.factory import open_encoder
    from assistant.settings import Settings
    from index.analysis.terms import terms_of
    from index.ranking.bm25 import Bm25Index, bm25_files
    from index.ranking.fusion import WEIGHTS, z_scores
    from index.ranking.vector_index import VectorIndex, build_codes

    encoder = open_encoder(Settings.from_environment({**os.environ, "ASSISTANT_MODEL": model}))
    vectors = encoder.encode(texts).astype(np.float16)
    index = VectorIndex(vectors, build_codes(vectors))
    lexical = Bm25Index(_InMemory(bm25_files(texts)))  # type: ignore[arg-type]

    def rank(query: str) -> list[int]:
        vector = encoder.encode([query], as_query=True)[0]
        words = lexical.scores(lexical.statistics.weights(terms_of(query)))
        near, _ = index.nearest(vector, 50)
        told = np.argpartition(-words, min(50, len(words) - 1))[:50]
        rows = np.union1d(near, told[words[told] > 0])
        cosines = vectors[rows].astype(np.float32) @ vector
        scores = WEIGHTS["whole"] * z_scores(cosines) + WEIGHTS["lexical"] * z_scores(words[rows])
        return [int(row) for row in rows[np.argsort(-scores, kind="stable")[:10]]]

    return rank


class _InMemory:
    """Files of a generation that were never written."""

    def __init__(self, files: dict[str, Any]) -> None:
        self._files = files

    def arrays(self, name: str) -> Any:
        return self._files[name]


def measure(index: Callable[[Sequence[str], str], Rank], work: Work, model: str) -> dict[str, Any]:
    """Return how long building and asking take, and nDCG@10."""
    index(work.texts[:_WARM_UP], model)  # imports, and what is made at the first use
    wall, processor = time.perf_counter(), time.process_time()
    rank = index(work.texts, model)
    built = {"build_s": time.perf_counter() - wall, "build_processor_s": time.process_time() - processor}
    for query in work.queries[:_WARM_UP]:
        rank(query)
    taken, gains = [], []
    processor = time.process_time()
    for query, right in zip(work.queries, work.right, strict=True):
        began = time.perf_counter()
        found = rank(query)
        taken.append((time.perf_counter() - began) * 1000)
        gains.append(ndcg(found, right))
    spent = (time.process_time() - processor) * 1000 / len(work.queries)
    return {**built, "p50": statistics.median(taken), "processor_ms": spent, "ndcg": statistics.mean(gains)}


def ndcg(found: Sequence[int], right: dict[int, int]) -> float:
    """Return nDCG@10 with linear gains."""
    best = sum(grade / math.log2(at + 2) for at, grade in enumerate(sorted(right.values(), reverse=True)[:10]))
    return sum(right.get(row, 0) / math.log2(at + 2) for at, row in enumerate(found[:10])) / best


def read_work(path: Path) -> Work:
    """Read what is to be indexed and asked."""
    found = json.loads(path.read_text())
    right = [{int(row): grade for row, grade in each.items()} for each in found["right"]]
    return Work(found["texts"], found["queries"], right)


if __name__ == "__main__":
    what, path, model_folder = sys.argv[1:]
    indexes = {"plain": plain, "txtai": txtai, "ours": ours}
    print(json.dumps(measure(indexes[what], read_work(Path(path)), model_folder)))
