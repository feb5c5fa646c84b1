"""A description becomes ranked hits, by meaning and by words.

Candidates come from the nearest vectors and from BM25. Four signals are computed for the candidates only, added up
(`fusion`), and turned into the probability that each hit is right (`calibration`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from corpus.passages import windows
from index.analysis.terms import is_stop_word, stem, terms_of, words_of
from index.hit import Hit, Why
from index.models.encoder import Encoder, Vectors
from index.ranking.bm25 import Bm25Index
from index.ranking.calibration import probabilities
from index.ranking.fusion import Floats, fuse
from index.ranking.passage_table import FIELDS, PassageTable
from index.ranking.signals import Query, Scored, score
from index.ranking.vector_index import VectorIndex
from index.ranking.word_vectors import word_vectors
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation

CANDIDATES = 50  # entries from the nearest vectors, and as many from BM25
_PASSAGES_PER_CANDIDATE = 8  # several passages of one entry may be among the nearest
_CERTAINLY_READ = 250  # characters: a token has at least one, so the encoder reads a text of so many completely
_CERTAINLY_NOT_READ = 20  # characters a token: the tokens of a longer text are not counted, which would take long
_WINDOWS_SEARCHED = 3

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
        self._bm25 = Bm25Index(generation)
        self._vectors = VectorIndex(self._passages.vectors, self._passages.search_codes)
        self._encoder = encoder

    def excerpts(self, text: str) -> tuple[str, ...]:
        """Return what is searched for: the text, or three windows of one that is longer than the encoder reads.

        A long text is probably a mail or a log with the problem somewhere in it. The windows with the highest BM25
        scores are taken. Their lengths are measured in characters: counting tokens takes longer than searching.
        """
        if self._is_read(text):
            return (text,)
        pieces = windows(text, count_tokens=len, max_tokens=_CERTAINLY_READ)
        scores = [float(self._bm25.scores(terms_of(piece)).max(initial=0)) for piece in pieces]
        best = sorted(range(len(pieces)), key=lambda at: -scores[at])[:_WINDOWS_SEARCHED]
        return tuple(pieces[at] for at in best) or (text,)

    def rank(self, excerpts: Sequence[str], *, k: int, allowed: Allowed = None) -> tuple[Hit, ...]:
        """Return at most `k` hits, best first.

        Args:
            excerpts: What `excerpts` returned. Of several, the one with the most probable hit gives all hits.
            k: How many hits at most.
            allowed: (entries,) which entries may be hits; all if None.
        """
        if allowed is not None and not allowed.any():
            return ()
        ranked = [self._rank_excerpt(excerpt, k, allowed) for excerpt in excerpts]
        return max(ranked, key=lambda hits: max((hit.probability or 0.0 for hit in hits), default=-1.0))

    def encode(self, text: str) -> Query:
        """Return a query with its vector, word vectors and terms."""
        encoded = self._encoder.encode_tokens([text], as_query=True)
        return Query(text, encoded.vectors[0], word_vectors(text, encoded.tokens[0]), tuple(terms_of(text)))

    def score(self, query: Query, allowed: Allowed = None) -> Scored:
        """Return the candidates for a query with their signals.

        Args:
            query: The query.
            allowed: (entries,) which entries may be candidates; all if None.
        """
        lexical = self._bm25.scores(query.terms)
        candidates = np.union1d(self._nearest(query.vector, allowed), _best(lexical, allowed, CANDIDATES))
        return score(query, candidates, self._passages, self._bm25, lexical)

    def _rank_excerpt(self, text: str, k: int, allowed: Allowed) -> tuple[Hit, ...]:
        scored = self.score(self.encode(text), allowed)
        fused = fuse(scored.signals)
        best = np.argsort(-fused, kind="stable")[:k]
        chances = probabilities(scored.signals, scored.coverage, fused)[best]
        chances = np.minimum.accumulate(chances)  # a lower rank is never more probable
        return tuple(
            Hit(
                entry_id=self._entries.entry_id(int(scored.entries[at])),
                rank=rank,
                score=float(fused[at]),
                probability=float(chance),
                why=self._why(text, scored, int(at)),
            )
            for rank, (at, chance) in enumerate(zip(best, chances, strict=True), start=1)
        )

    def _is_read(self, text: str) -> bool:
        most = self._encoder.identity.max_tokens
        return len(text) < _CERTAINLY_READ or (
            len(text) < most * _CERTAINLY_NOT_READ and self._encoder.count_tokens(text) <= most
        )

    def _nearest(self, vector: Vectors, allowed: Allowed) -> npt.NDArray[np.int64]:
        own = None if allowed is None else allowed[self._passages.entries]
        rows, _ = self._vectors.nearest(vector, CANDIDATES * _PASSAGES_PER_CANDIDATE, allowed=own)
        entries = self._passages.entries[rows].astype(np.int64)
        _, first = np.unique(entries, return_index=True)
        return entries[np.sort(first)[:CANDIDATES]]

    def _why(self, query: str, scored: Scored, at: int) -> Why:
        field = FIELDS[self._passages.fields[scored.passages[at]]]
        row = scored.entries[at : at + 1]
        shared = (word for word in words_of(query) if not is_stop_word(word) and self._bm25.has(stem(word), row)[0])
        return Why("dense", field, tuple(dict.fromkeys(shared)))


def _best(scores: Floats, allowed: Allowed, k: int) -> npt.NDArray[np.int64]:
    """Return the rows of the best `k` scores above 0, best first."""
    own = scores if allowed is None else np.where(allowed, scores, np.float32(0))
    rows = np.argpartition(-own, k)[:k] if len(own) > k else np.arange(len(own))
    rows = rows[own[rows] > 0]
    best: npt.NDArray[np.int64] = rows[np.argsort(-own[rows], kind="stable")]
    return best
