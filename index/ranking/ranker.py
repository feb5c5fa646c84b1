"""A description becomes ranked hits, by what its words and the entries' words mean.

Candidates come from the dense vectors and from BM25; every signal is then computed for the candidates alone, the
signals are added (`fusion`), and each hit is given its probability of being a right entry (`calibration`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpus.passages import windows
from index.analysis.terms import is_stop_word, stem, terms_of, words_of
from index.hit import Hit, Why
from index.models.encoder import Encoder, Vectors
from index.ranking.bm25 import LexicalIndex
from index.ranking.calibration import probabilities
from index.ranking.fusion import Floats, fuse
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.signals import Query, Scored, score
from index.ranking.vector_index import VectorIndex
from index.ranking.word_vectors import word_vectors
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation

CANDIDATES = 50  # from the dense vectors, and as many from BM25
_PASSAGES_A_CANDIDATE = 8  # a popular entry brings several of its passages
_CERTAINLY_READ = 250  # characters; a token is at least one of them
_LONGEST_TOKEN = 20  # characters; a longer text than so many for each token is not counted
_WINDOWS_ASKED = 3

Allowed = npt.NDArray[np.bool_] | None


class Ranker:
    """Ranks the entries of one generation; safe to use from several threads.

    Args:
        generation: An opened generation, made with `encoder`.
        entries: Its entries.
        encoder: Encodes queries.
    """

    def __init__(self, generation: Generation, entries: EntryTable, encoder: Encoder) -> None:
        self._entries = entries
        self._passages = PassageTable(generation)
        self._lexical = LexicalIndex(generation)
        self._vectors = VectorIndex(self._passages.vectors, self._passages.search_codes)
        self._encoder = encoder

    def excerpts(self, text: str) -> tuple[str, ...]:
        """Return what is asked of a text: all of it, or some windows where it is longer than what the encoder reads.

        Such a text is taken for a mail or a log with the trouble somewhere in it: asked are the windows that the
        articles have most to say about. They are measured in letters, for to count tokens takes longer than to search.
        """
        if self._is_read(text):
            return (text,)
        found = windows(text, count_tokens=len, max_tokens=_CERTAINLY_READ)
        told = [float(self._lexical.scores(terms_of(window)).max(initial=0)) for window in found]
        best = sorted(range(len(found)), key=lambda at: -told[at])[:_WINDOWS_ASKED]
        return tuple(found[at] for at in best) or (text,)

    def rank(self, excerpts: Sequence[str], *, k: int, allowed: Allowed = None) -> tuple[Hit, ...]:
        """Return at most `k` hits, best first; of several excerpts of a text the surest one answers."""
        if allowed is not None and not allowed.any():
            return ()
        asked = [self._rank_excerpt(excerpt, k, allowed) for excerpt in excerpts]
        return max(asked, key=lambda hits: max((hit.probability or 0.0 for hit in hits), default=-1.0))

    def encode(self, text: str) -> Query:
        """Return a text as it is searched for."""
        found = self._encoder.encode_tokens([text], as_query=True)
        return Query(text, found.vectors[0], word_vectors(text, found.tokens[0]), tuple(terms_of(text)))

    def score(self, query: Query, allowed: Allowed = None) -> Scored:
        """Return the candidates of a query with what each signal says of them."""
        lexical = self._lexical.scores(query.terms)
        found = np.union1d(self._nearest(query.vector, allowed), _best(lexical, allowed, CANDIDATES))
        return score(query, found, self._passages, self._lexical, lexical)

    def _rank_excerpt(self, text: str, k: int, allowed: Allowed) -> tuple[Hit, ...]:
        scored = self.score(self.encode(text), allowed)
        fused = fuse(scored.signals)
        best = np.argsort(-fused, kind="stable")[:k]
        probable = probabilities(scored.signals, scored.coverage, fused)[best]
        probable = np.minimum.accumulate(probable)  # what ranks lower is not more probable
        return tuple(
            Hit(
                entry_id=self._entries.entry_id(int(scored.entries[at])),
                rank=rank,
                score=float(fused[at]),
                probability=float(chance),
                why=self._why(text, scored, int(at)),
            )
            for rank, (at, chance) in enumerate(zip(best, probable, strict=True), start=1)
        )

    def _is_read(self, text: str) -> bool:
        most = self._encoder.identity.max_tokens
        return len(text) < _CERTAINLY_READ or (
            len(text) < most * _LONGEST_TOKEN and self._encoder.count_tokens(text) <= most
        )

    def _nearest(self, vector: Vectors, allowed: Allowed) -> npt.NDArray[np.int64]:
        own = None if allowed is None else allowed[self._passages.entries]
        rows, _ = self._vectors.nearest(vector, CANDIDATES * _PASSAGES_A_CANDIDATE, allowed=own)
        entries = self._passages.entries[rows].astype(np.int64)
        _, first = np.unique(entries, return_index=True)
        return entries[np.sort(first)[:CANDIDATES]]

    def _why(self, query: str, scored: Scored, at: int) -> Why:
        field = FIELDS[self._passages.fields[scored.passages[at]]]
        row = scored.entries[at : at + 1]
        shared = (word for word in words_of(query) if not is_stop_word(word) and self._lexical.has(stem(word), row)[0])
        return Why("dense", field, tuple(dict.fromkeys(shared)))


def _best(scores: Floats, allowed: Allowed, k: int) -> npt.NDArray[np.int64]:
    """Return the rows of the best `k` scores above 0, best first."""
    given = scores if allowed is None else np.where(allowed, scores, np.float32(0))
    rows = np.argpartition(-given, k)[:k] if len(given) > k else np.arange(len(given))
    rows = rows[given[rows] > 0]
    found: npt.NDArray[np.int64] = rows[np.argsort(-given[rows], kind="stable")]
    return found
