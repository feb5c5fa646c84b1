"""What is measured on judged sets: the search that users get, each signal alone, and reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.labels import Labels
from corpus.loader import Corpus, load_corpus
from index.builder import build, corpus_digest
from index.decision import decide
from index.errors import JudgedSetError
from index.evaluation.judged_set import JudgedSet, Part, read_judged_set
from index.evaluation.run_measures import RankedAnswer, Search
from index.hit import Hit
from index.models.encoder import Encoder
from index.ranking.engine import Only
from index.ranking.fusion import Signals
from index.retriever import Retriever
from index.storage.store import Store

SIGNALS = tuple(field.name for field in fields(Signals))
DEPTH = 50  # hits: the deepest measure is recall@50


def read_set(
    folder: Path, articles: Path, *, labels: Labels, without_symptoms: bool, part: Part
) -> tuple[JudgedSet, Corpus]:
    """Return a part of a judged set and the corpus it is asked of: the set's own, or the articles.

    Args:
        folder: The set's folder.
        articles: The folder of the articles, for a set without a corpus.
        labels: The words that name the parts of an entry in those articles.
        without_symptoms: Whether to leave the symptoms out of the corpus.
        part: Which of its queries.

    Raises:
        JudgedSetError: The set cannot be read, or the part has no query with a right entry.
    """
    corpus = None if (folder / "corpus.jsonl").exists() else load_corpus(articles, labels=labels)
    entry_ids = None if corpus is None else frozenset(entry.entry_id for entry in corpus.entries)
    judged = read_judged_set(folder, entry_ids=entry_ids)
    corpus = judged.corpus or corpus
    assert corpus is not None
    if without_symptoms:
        corpus = replace(corpus, entries=tuple(replace(entry, symptoms=()) for entry in corpus.entries))
    selected = replace(
        judged,
        answerable=tuple(query for query in judged.answerable if query.is_in(part)),
        unanswerable=tuple(query for query in judged.unanswerable if query.is_in(part)),
    )
    if not selected.answerable:
        raise JudgedSetError(f'{folder}: no query of the part "{part}" has a right entry', "measure it with --part all")
    return selected, corpus


def open_search(corpus: Corpus, encoder: Encoder, cache: Path) -> Retriever:
    """Return a retriever over a corpus; its index is kept in the cache folder and built only where it is missing."""
    store = Store(cache / "evaluate" / f"{corpus_digest(corpus)[:16]}-{encoder.identity.fingerprint[:8]}")
    build(corpus, encoder, store)
    return Retriever(store.current(), encoder)


def searches(retriever: Retriever, *, with_signals: bool) -> dict[str, Search]:
    """Return the systems to measure, by name.

    Args:
        retriever: Over the corpus of the set.
        with_signals: Beside "ours", the search that users get, also return one by each signal alone and "RRF", the
            reciprocal rank fusion of all signals.
    """
    systems: dict[str, Search] = {"ours": _ours(retriever)}
    if with_signals:
        systems |= {name: _signal(retriever, name) for name in SIGNALS}
        systems["RRF"] = _reciprocal_ranks(retriever)
    return systems


def _ours(retriever: Retriever) -> Search:
    def search(query: str, without: Collection[str] = ()) -> RankedAnswer:
        result = retriever.search(query, k=DEPTH, without=without)
        decided, first = decide(result), dict[str, Hit]()
        for hit in result.hits:
            first.setdefault(hit.entry_id, hit)  # several errors in a text may have the same neighbours
        hits = tuple(first.values())
        return RankedAnswer(
            tuple(hit.entry_id for hit in hits),
            tuple(1 / rank for rank in range(1, len(hits) + 1)),  # each error in a text has scores of its own
            tuple(hit.probability or 0.0 for hit in hits),
            decided.decision,
            tuple(hit.entry_id for hit in decided.choices),
            tuple(hit.entry_id for hit in decided.near_misses),
        )

    return search


def _signal(retriever: Retriever, name: str) -> Search:
    def search(query: str, without: Collection[str] = ()) -> RankedAnswer:
        scored = retriever.ranker.score(retriever.ranker.encode(query), Only.of(without=without))
        return _ranked(retriever, scored.entries, getattr(scored.signals, name))

    return search


def _reciprocal_ranks(retriever: Retriever) -> Search:
    """Rank by the sum over all signals of 1 / (60 + rank): Cormack, Clarke, Buettcher, SIGIR 2009."""

    def search(query: str, without: Collection[str] = ()) -> RankedAnswer:
        scored = retriever.ranker.score(retriever.ranker.encode(query), Only.of(without=without))
        ranks = [np.argsort(np.argsort(-getattr(scored.signals, name), kind="stable")) for name in SIGNALS]
        return _ranked(retriever, scored.entries, np.sum([1 / (61 + each) for each in ranks], axis=0))

    return search


def _ranked(retriever: Retriever, rows: npt.NDArray[np.int64], scores: npt.NDArray[Any]) -> RankedAnswer:
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    ids = tuple(str(retriever.entries.record(int(rows[at]))["entry_id"]) for at in order)
    return RankedAnswer(ids, tuple(float(scores[at]) for at in order))
