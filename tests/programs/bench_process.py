"""One measurement in a process of its own, printed as JSON.

python -m tests.programs.bench_process query INDEX QUERIES
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]


def encode(texts: str) -> Figures:
    """Measure the encoders on the same texts in turn, so that other load on the machine affects all of them."""
    from sentence_transformers import SentenceTransformer

    from assistant.settings import Settings
    from index.models.loading import load_encoder
    from index.models.model_files import DEFAULT_MODEL, model_files
    from index.models.options import Backend, Precision
    from tests.programs.bench_corpus import texts_for

    cache = Settings.from_environment(os.environ).cache
    plain = SentenceTransformer(str(model_files(DEFAULT_MODEL).folder), device="cpu")
    auto, f32 = (load_encoder(DEFAULT_MODEL, cache, backend=Backend.EXPORTED, precision=each) for each in Precision)
    sections = texts_for(16, Path(texts) if texts else None)
    sample = [sentence for text in sections for sentence in (text.title, *text.sentences, " ".join(text.sentences))]
    tokens = sum(min(auto.count_tokens(each), auto.identity.max_tokens) for each in sample)
    runs: dict[str, Callable[[], object]] = {
        "auto": lambda: auto.encode(sample),
        "f32": lambda: f32.encode(sample),
        "plain": lambda: plain.encode(sample, normalize_embeddings=True, show_progress_bar=False),
    }
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(3):
        for name, run in runs.items():
            wall, processor = time.perf_counter(), time.process_time()
            run()
            taken[name].append((time.perf_counter() - wall, time.process_time() - processor))
    medians = {
        name: [statistics.median(each) for each in zip(*times[1:], strict=True)] for name, times in taken.items()
    }
    expected = plain.encode(sample, normalize_embeddings=True, show_progress_bar=False)
    return {
        "tokens_per_s": {name: tokens / wall for name, (wall, _) in medians.items()},
        "tokens_per_processor_s": {name: tokens / processor for name, (_, processor) in medians.items()},
        "ratio": medians["plain"][1] / medians["auto"][1],
        "ratio_wall": medians["plain"][0] / medians["auto"][0],
        "least_cosine": float((auto.encode(sample) * expected).sum(axis=1).min()),
    }


def query(index: str, queries: str) -> Figures:
    """Measure queries in this process, then the stages of some of them; report the most memory that was used."""
    from assistant.answering.factory import open_assistant
    from assistant.answering.query import Query
    from assistant.settings import Settings
    from index.ranking.vector_index import VectorIndex
    from index.storage.store import Store

    texts = json.loads(Path(queries).read_text())
    asked = [Query(text) for text in texts]
    assistant = open_assistant(Settings.from_environment(os.environ, index=Path(index)))
    for each in asked[:50]:
        assistant.ask(each)
    processor = time.process_time()
    took = timed(assistant.ask, asked)
    processor_ms = (time.process_time() - processor) * 1000 / len(asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)
    generation = Store(Path(index)).current()
    from assistant.answering.factory import open_encoder
    from index.messages.template_matcher import TemplateMatcher
    from index.ranking.bm25 import Bm25Index
    from index.ranking.passage_table import PassageTable
    from index.retriever import Retriever
    from index.storage.entry_table import EntryTable

    encoder = open_encoder(Settings.from_environment(os.environ))
    entries, table = EntryTable(generation), PassageTable(generation)
    ranker, bm25 = Retriever(generation, encoder).ranker, Bm25Index(generation)
    vectors = VectorIndex(table.vectors, table.search_codes)
    encoded = [ranker.encode(text) for text in texts[:200]]
    templates = TemplateMatcher(generation, entries)
    stages = {
        "messages": percentile(timed(templates.recognise, texts[:200]), 50),
        "encode": percentile(timed(ranker.encode, texts[:200]), 50),
        "nearest vectors": percentile(timed(lambda each: vectors.nearest(each.vector, 400), encoded), 50),
        "BM25": percentile(timed(lambda each: bm25.scores(bm25.statistics.weights(each.terms)), encoded), 50),
        "all signals": percentile(timed(ranker.score, encoded), 50),
    }
    return {**summary(took), "processor_ms": processor_ms, "stages": stages, "peak_mb": peak}


def timed(run: Callable[[Any], object], items: Sequence[Any]) -> list[float]:
    """Return the milliseconds that each item took."""
    taken = []
    for item in items:
        began = time.perf_counter()
        run(item)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def summary(values: Sequence[float]) -> Figures:
    return {f"p{share}": percentile(values, share) for share in (50, 95, 99)}


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    measures: dict[str, Callable[..., Figures]] = {"encode": encode, "query": query}
    print(json.dumps(measures[what](*arguments)))
