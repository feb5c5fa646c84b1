"""Judged sets asked of the retriever that answers users."""

from __future__ import annotations

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
from index.evaluation.judged_set import JudgedQuery, JudgedSet, read_judged_set
from index.evaluation.run_measures import Ranked, Search
from index.hit import Hit
from index.models.encoder import Encoder
from index.ranking.fusion import Signals
from index.retriever import Retriever
from index.storage.store import Store

SIGNALS = tuple(field.name for field in fields(Signals))
DEPTH = 50  # as deep as the deepest measure looks


def read_set(
    folder: Path, articles: Path, *, labels: Labels, without_symptoms: bool, part: str
) -> tuple[JudgedSet, Corpus]:
    """Return a judged set and the corpus it is asked of: its own, or the articles.

    Args:
        folder: The set.
        articles: The folder of the articles, for a set without a corpus.
        labels: The words that name the parts of an entry in those articles.
        without_symptoms: Take the symptoms out of the corpus.
        part: "tune" for the third that constants are chosen on, "report" for the rest, or "all".

    Raises:
        JudgedSetError: The set cannot be read, or the part has no query with a right entry.
    """
    corpus = None if (folder / "corpus.jsonl").exists() else load_corpus(articles, labels=labels)
    known = None if corpus is None else frozenset(entry.entry_id for entry in corpus.entries)
    judged = read_judged_set(folder, known_ids=known)
    corpus = judged.corpus or corpus
    assert corpus is not None
    if without_symptoms:
        corpus = replace(corpus, entries=tuple(replace(entry, symptoms=()) for entry in corpus.entries))
    asked = _part(judged, part)
    if not asked.answerable:
        raise JudgedSetError(f'{folder}: no query of the part "{part}" has a right entry; measure it with --part all')
    return asked, corpus


def open_search(corpus: Corpus, encoder: Encoder, cache: Path) -> Retriever:
    """Return a retriever over a corpus, built in a cache folder unless it is there from the last time."""
    store = Store(cache / "evaluate" / corpus_digest(corpus)[:16])
    build(corpus, encoder, store)
    return Retriever(store.current(), encoder)


def searches(retriever: Retriever, *, alone: bool) -> dict[str, Search]:
    """Return the search that users get as "ours" and, if asked, each signal alone and the sum of reciprocal ranks."""
    found: dict[str, Search] = {"ours": _ours(retriever)}
    if alone:
        found |= {name: _signal(retriever, name) for name in SIGNALS}
        found["RRF"] = _reciprocal_ranks(retriever)
    return found


def _ours(retriever: Retriever) -> Search:
    def search(query: str) -> Ranked:
        found = retriever.search(query, k=DEPTH)
        decided, first = decide(found), dict[str, Hit]()
        for hit in found.hits:
            first.setdefault(hit.entry_id, hit)  # several errors in a text may have the same neighbours
        hits = tuple(first.values())
        return Ranked(
            tuple(hit.entry_id for hit in hits),
            tuple(1 / rank for rank in range(1, len(hits) + 1)),  # each error in a text has scores of its own
            tuple(hit.probability or 0.0 for hit in hits),
            decided.decision.value,
            tuple(hit.entry_id for hit in decided.tied),
        )

    return search


def _signal(retriever: Retriever, name: str) -> Search:
    def search(query: str) -> Ranked:
        scored = retriever.ranker.score(retriever.ranker.encode(query))
        return _ranked(retriever, scored.entries, getattr(scored.signals, name))

    return search


def _reciprocal_ranks(retriever: Retriever) -> Search:
    """Fuse all signals by the sum of 1 / (60 + rank): Cormack, Clarke, Buettcher, SIGIR 2009."""

    def search(query: str) -> Ranked:
        scored = retriever.ranker.score(retriever.ranker.encode(query))
        ranks = [np.argsort(np.argsort(-getattr(scored.signals, name), kind="stable")) for name in SIGNALS]
        return _ranked(retriever, scored.entries, np.sum([1 / (61 + each) for each in ranks], axis=0))

    return search


def _ranked(retriever: Retriever, rows: npt.NDArray[np.int64], scores: npt.NDArray[Any]) -> Ranked:
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    ids = tuple(str(retriever.entries.record(int(rows[at]))["entry_id"]) for at in order)
    return Ranked(ids, tuple(float(scores[at]) for at in order))


def _part(judged: JudgedSet, part: str) -> JudgedSet:
    def kept(query: JudgedQuery) -> bool:
        return part == "all" or query.is_tune == (part == "tune")

    return replace(
        judged,
        answerable=tuple(filter(kept, judged.answerable)),
        unanswerable=tuple(filter(kept, judged.unanswerable)),
    )
