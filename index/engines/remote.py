"""The engine past one machine: the entries are rows of a Milvus server, and a generation says which of them are its.

The rows of several generations stand beside one another, and none is ever changed. So readers of an older generation
see what they saw before, whatever is written; what a query finds of another generation is dropped here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.engines.milvus import MOST_HITS, Milvus, Row
from index.engines.options import Nearness
from index.engines.rows import Ids, codes_in, frequencies_in, lengths_of, query_weights, stored_product
from index.errors import EngineError
from index.models.encoder import Vectors
from index.ranking.bm25 import TermStatistics, term_scores
from index.ranking.engine import Floats, Gathered, Keys, Only, Worded
from index.storage.entry_table import EntryTable

_PASSAGES_PER_ENTRY = 8  # several passages of one entry may be among the nearest
_SPARE = 1.125  # so many times what is wanted is asked for: some may be of another generation
_FOLLOWED = 4  # neighbours of a graph that are followed for each that is wanted: scores depend on all of these
_ROUNDING = 1e-6  # of a score: what differs by less is equal


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Where the entries of a generation are.

    Attributes:
        entries: The collection of entries.
        passages: The collection of their passages.
        dimension: Of the vectors.
        ids: (entries,) int64, the id of each entry's row there.
        counts: (entries,) int64, how many passages each has.
        mean_length: How many terms an entry has on average, as the stored weights were computed with.
        mark: The id of a row that is there as long as the rows of all entries are.
    """

    entries: str
    passages: str
    dimension: int
    ids: Ids
    counts: npt.NDArray[np.int64]
    mean_length: float
    mark: int


class RemoteEngine:
    """The entries of one generation, whose keys are their rows there; safe to use from several threads.

    Every call raises `EngineError` where the server does not answer in time, or does not have what it should.

    Args:
        milvus: The server.
        placed: Where the entries are.
        entries: The entries.
        statistics: Of the words of them all.
    """

    def __init__(self, milvus: Milvus, placed: Placed, entries: EntryTable, statistics: TermStatistics) -> None:
        self._milvus = milvus
        self._placed = placed
        self._entries = entries
        self._statistics = statistics
        self._order = np.argsort(placed.ids)
        self._sorted = placed.ids[self._order]
        # what an entry really adds to a score is at most so many times what its stored weight says
        self._drift = max(1.0, placed.mean_length / statistics.mean_length, statistics.mean_length / placed.mean_length)

    def near(self, vector: Vectors, count: int, only: Only | None) -> Keys:
        """Return at most `count` entries, those first whose nearest passage is nearer to a vector."""
        wanted = count * _PASSAGES_PER_ENTRY
        limit = min(int(wanted * _SPARE), MOST_HITS)
        while True:
            hits = self._nearest_passages(vector, limit, only)
            rows = self._rows([hit["entry"] for hit in hits])
            is_own = self._is_own(rows, only)
            if is_own.sum() >= wanted or len(hits) < limit or limit == MOST_HITS:
                break
            limit = min(2 * limit, MOST_HITS)
        scores = np.array([hit["score"] for hit in hits], dtype=np.float64)[is_own]
        entries = rows[is_own][np.lexsort((rows[is_own], -np.rint(scores / _ROUNDING)))][:wanted]
        _, first = np.unique(entries, return_index=True)
        if not len(first):
            self._entry_rows(entries)  # nothing will be gathered, which finds out whether the rows are still there
        return entries[np.sort(first)[:count]]

    def worded(self, weights: Mapping[str, float], count: int, only: Only | None) -> Worded:
        """Return at most `count` entries with the highest BM25 scores for terms, each with its idf."""
        return self._worded_each([weights], count, only)[0]

    def best_scores(self, queries: Sequence[Mapping[str, float]]) -> list[float]:
        """Return for each query (terms, each with its idf) the highest BM25 score of an entry; 0 if none has any."""
        return [float(each.scores.max(initial=0)) for each in self._worded_each(queries, 1, None)]

    def gather(self, keys: Keys, terms: Collection[str]) -> Gathered:
        """Return what ranking needs of some entries, and of some terms."""
        entries = self._entry_rows(keys)
        passages = self._passage_rows(keys)
        passage_ids = [row["id"] for row in passages]

        def codes(wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
            own = [passage_ids[at] for at in np.flatnonzero(wanted)]
            found = {row["id"]: row for row in self._by_id(self._placed.passages, "id", own, ["codes"])}
            return codes_in([self._held(found, passage) for passage in own])

        vectors = np.array([row["vector"] for row in passages], dtype=np.float32)
        return Gathered(
            keys=keys,
            counts=self._placed.counts[keys],
            fields=np.array([row["field"] for row in passages], dtype=np.uint8),
            vectors=vectors.reshape(-1, self._placed.dimension),
            word_counts=np.array([row["words"] for row in passages], dtype=np.int64),
            codes=codes,
            frequencies=frequencies_in(entries, terms, self._placed.mean_length),
            lengths=lengths_of(entries),
        )

    def entry_id(self, key: int) -> str:
        """Return the id of an entry."""
        return self._entries.entry_id(key)

    def _nearest_passages(self, vector: Vectors, limit: int, only: Only | None) -> list[Row]:
        is_graph = self._milvus.options.nearness is Nearness.APPROXIMATE
        return self._milvus.nearest(
            self._placed.passages,
            "vector",
            [vector.tolist()],
            limit=limit,
            columns=["entry"],
            condition=_condition(only),
            params={"ef": _FOLLOWED * limit} if is_graph else {},
        )[0]

    def _worded_each(self, queries: Sequence[Mapping[str, float]], count: int, only: Only | None) -> list[Worded]:
        """Return the best of several queries, exactly: what is asked for grows until nothing better may be missing."""
        found = [_NOTHING for _ in queries]
        open_ = [at for at, weights in enumerate(queries) if weights]
        limit = 2 * count + 14
        while open_:
            hits = self._milvus.nearest(
                self._placed.entries,
                "weights",
                [query_weights(queries[at]) for at in open_],
                limit=limit,
                columns=["weights", "length"],
                condition=_condition(only),
                params={"drop_ratio_search": 0.0},
            )
            for at, own in zip(open_, hits, strict=True):
                found[at] = self._best(queries[at], own, count, only)
            open_ = [
                at
                for at, own in zip(open_, hits, strict=True)
                if len(own) == limit < MOST_HITS and not self._is_settled(found[at], own, count)
            ]
            limit = min(4 * limit, MOST_HITS)
        return found

    def _is_settled(self, best: Worded, hits: Sequence[Row], count: int) -> bool:
        """Return whether nothing that comes after some hits can be among the best."""
        most_missing = hits[-1]["score"] * self._drift * (1 + 1e-5)
        return len(best.keys) == count and most_missing < best.scores[-1]

    def _best(self, weights: Mapping[str, float], hits: Sequence[Row], count: int, only: Only | None) -> Worded:
        rows = self._rows([hit["id"] for hit in hits])
        is_own = self._is_own(rows, only)
        own = [hit for hit, mine in zip(hits, is_own, strict=True) if mine]
        scores = self._scores(weights, own)
        rows, scores = rows[is_own][scores > 0], scores[scores > 0]
        order = np.lexsort((rows, -scores))[:count]
        return Worded(rows[order], scores[order])

    def _scores(self, weights: Mapping[str, float], rows: Sequence[Row]) -> Floats:
        """Return the exact BM25 scores of some entries: stored weights are of an earlier mean length."""
        frequencies = frequencies_in(rows, weights, self._placed.mean_length)
        norms = self._statistics.norms(lengths_of(rows))
        scores = np.zeros(len(rows), dtype=np.float32)
        for term, idf in weights.items():
            scores += term_scores(idf, frequencies[term], norms)
        return scores

    def _entry_rows(self, keys: Keys) -> list[Row]:
        ids, mark = self._placed.ids[keys].tolist(), self._placed.mark
        rows = self._by_id(self._placed.entries, "id", [*ids, mark], ["weights", "length"])
        found = {row["id"]: row for row in rows}
        if mark not in found:
            raise EngineError(
                f"{self._placed.entries} at {self._milvus.options.address} (ASSISTANT_ENGINE) has no longer all rows "
                "of this generation: it was built again from another folder",
                'copy the index from there, or run "assistant build"',
            )
        return [self._held(found, each) for each in ids]

    def _passage_rows(self, keys: Keys) -> list[Row]:
        """Return the passages of some entries, one entry after another."""
        ids = self._placed.ids[keys].tolist()
        columns = ["entry", "place", "field", "vector", "words"]
        found = {(row["entry"], row["place"]): row for row in self._by_id(self._placed.passages, "entry", ids, columns)}
        wanted = [
            (each, place) for each, row in zip(ids, keys, strict=True) for place in range(self._placed.counts[row])
        ]
        return [self._held(found, each) for each in wanted]

    def _by_id(self, collection: str, column: str, ids: Sequence[int], columns: Sequence[str]) -> list[Row]:
        return self._milvus.rows(collection, f"{column} in {list(ids)}", columns) if ids else []

    def _held(self, found: Mapping[Any, Row], each: Any) -> Row:
        if each not in found:
            raise EngineError(
                f"the engine at {self._milvus.options.address} (ASSISTANT_ENGINE) has lost rows of "
                f"{self._placed.entries} or {self._placed.passages}",
                'run "assistant build"',
            )
        return found[each]

    def _rows(self, ids: Sequence[int]) -> npt.NDArray[np.int64]:
        """Return the rows of some ids; -1 for those of other generations."""
        wanted = np.array(ids, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[places] == wanted, self._order[places], -1).astype(np.int64)

    def _is_own(self, rows: npt.NDArray[np.int64], only: Only | None) -> npt.NDArray[np.bool_]:
        """Return which rows are of this generation, and not left out."""
        left_out = [self._entries.row_of(entry_id) for entry_id in only.without] if only is not None else []
        return (rows >= 0) & ~np.isin(rows, [row for row in left_out if row is not None])


_NOTHING = Worded(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


def _condition(only: Only | None) -> str:
    """Return what Milvus is to look for of what a filter allows; single entries are left out here."""
    if only is None:
        return ""
    conditions = [] if only.product is None else [f"product == {_quoted(stored_product(only.product))}"]
    if only.tags:
        conditions.append(f"array_contains_all(tags, [{', '.join(map(_quoted, only.tags))}])")
    return " and ".join(conditions)


def _quoted(text: str) -> str:
    """Return a text as a string of Milvus's expressions."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
