"""A description becomes ranked hits, by what its words and the entries' words mean.

Candidates come from the dense vectors and from BM25; every signal is then computed for the candidates alone, the
signals are added (`fusion`), and each hit is given its probability of being a right entry (`calibration`). Of a text of
several clauses each is ranked as well: of a long mail one clause may tell the problem, of some two tell two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from corpus.passages import plain_text, windows
from index.analysis.clauses import Clause, clauses_of
from index.analysis.terms import is_stop_word, stem, terms_of, words_of
from index.hit import Hit, Why
from index.models.encoder import Encoder, Vectors
from index.ranking.background import Background
from index.ranking.bm25 import TermStatistics
from index.ranking.calibration import probabilities
from index.ranking.engine import Engine, Gathered, Keys, Only
from index.ranking.fusion import Floats, fuse
from index.ranking.passage_table import FIELDS
from index.ranking.signals import Query, Scored, score, terms_needed
from index.ranking.word_vectors import word_vectors

CANDIDATES = 50  # entries from the nearest vectors, and as many from BM25
CERTAINLY_READ = 250  # characters: a token has at least one, so the encoder reads a text of so many completely
_CERTAINLY_NOT_READ = 20  # characters a token: the tokens of a longer text are not counted, which would take long
_WINDOWS_SEARCHED = 3
STORY = 3  # clauses; a text of as many is a story, in which one clause may tell the trouble
_CLAUSE = 0.33  # weight of a story's most probable clause; from .25 to .5 as good, without it 5 of 56 stories fail

Allowed = Only | None


@dataclass(frozen=True, slots=True)
class ClauseHits:
    """A clause of a text and the entries that it would have by itself, best first."""

    clause: Clause
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The entries for a text.

    Attributes:
        text: What was ranked: the text itself, or the window of a long one that has the surest hit.
        vector: (dimension,) float32 unit vector of it.
        hits: Best first.
        clauses: Each clause of the text with its own hits; empty where the text has only one.
    """

    text: str
    vector: Vectors = field(compare=False)
    hits: tuple[Hit, ...] = ()
    clauses: tuple[ClauseHits, ...] = ()


class Ranker:
    """Ranks the entries of one generation; safe to use from several threads.

    Args:
        engine: Holds the entries.
        statistics: Of all of them.
        background: Common troubles, encoded by `encoder`.
        encoder: Encodes queries.
    """

    def __init__(self, engine: Engine, statistics: TermStatistics, background: Background, encoder: Encoder) -> None:
        self._engine = engine
        self._statistics = statistics
        self._background = background
        self._encoder = encoder

    def excerpts(self, text: str) -> tuple[str, ...]:
        """Return what is searched for: the text, or three windows of one that is longer than the encoder reads.

        A long text is probably a mail or a log with the problem somewhere in it. The windows with the highest BM25
        scores are taken. Their lengths are measured in characters: counting tokens takes longer than searching.
        """
        if self._is_read(text):
            return (text,)
        pieces = windows(text, count_tokens=len, max_tokens=CERTAINLY_READ)
        scores = self._engine.best_scores([self._statistics.weights(terms_of(piece)) for piece in pieces])
        best = sorted(range(len(pieces)), key=lambda at: -scores[at])[:_WINDOWS_SEARCHED]
        return tuple(pieces[at] for at in best) or (text,)

    def rank(self, excerpts: Sequence[str], *, k: int, allowed: Allowed = None, by_clause: bool = True) -> Ranking:
        """Return at most `k` hits, best first.

        Args:
            excerpts: What `excerpts` returned. Of several, the one with the most probable hit gives all hits.
            k: How many hits at most.
            allowed: Which entries may be hits; all if None.
            by_clause: Search for the clauses of the text as well, all encoded at once.
        """
        rankings = [self._rank_excerpt(excerpt, k, allowed, by_clause=by_clause) for excerpt in excerpts]
        return max(rankings, key=lambda each: max((hit.probability or 0.0 for hit in each.hits), default=-1.0))

    def try_engine(self) -> None:
        """Ask the engine what a query asks, of one entry; raises what a query would raise."""
        vector = np.zeros(self._encoder.identity.dimension, dtype=np.float32)
        vector[0] = 1
        self._engine.gather(self._engine.near(vector, 1, None), ())

    def encode(self, text: str) -> Query:
        """Return a query with its vector, word vectors and terms."""
        return self._encode([text])[0]

    def _encode(self, texts: Sequence[str]) -> list[Query]:
        encoded = self._encoder.encode_tokens(texts, as_query=True)
        return [
            Query(text, vector, word_vectors(text, tokens), tuple(terms_of(text)))
            for text, vector, tokens in zip(texts, encoded.vectors, encoded.tokens, strict=True)
        ]

    def score(self, query: Query, allowed: Allowed = None) -> Scored:
        """Return the candidates for a query with their signals.

        Args:
            query: The query.
            allowed: Which entries may be candidates; all if None.
        """
        gathered = self._engine.gather(self._candidates(query, allowed), terms_needed(query))
        return score([query], gathered, self._statistics, self._background)[0]

    def symptom_cosines(self, vector: Vectors, row: int) -> Floats:
        """Return (passages,) cosines of a query's vector and the symptoms of an entry, in their order."""
        gathered = self._engine.gather(np.array([row], dtype=np.int64), ())
        cosines: Floats = gathered.vectors[gathered.fields == FIELDS.index(Field.SYMPTOM)] @ vector
        return cosines

    def passages_in(self, symptom: str) -> tuple[str, ...]:
        """Return the passages that a symptom was divided into."""
        return windows(plain_text(symptom), count_tokens=self._encoder.count_tokens)

    def _rank_excerpt(self, text: str, k: int, allowed: Allowed, *, by_clause: bool) -> Ranking:
        clauses = clauses_of(text) if by_clause else ()
        query, *parts = queries = self._encode([text, *_encoded_apart(clauses)])
        candidates = self._candidates(query, allowed)
        if not len(candidates):
            return Ranking(text, query.vector)
        words = _shown_words(each.text for each in queries)
        terms = dict.fromkeys([*map(stem, words), *chain.from_iterable(map(terms_needed, queries))])
        gathered = self._engine.gather(candidates, terms)
        # apart, so that what a clause is held against leaves the whole text as much of long entries as it has alone
        (scored,) = score([query], gathered, self._statistics, self._background)
        own = score(parts, gathered, self._statistics, self._background)
        whole, *each = [self._weighed(part) for part in (scored, *own)]
        find = partial(self._hits, gathered, k)
        return Ranking(
            text,
            query.vector,
            find(query, scored, _of_story(whole, each) if len(clauses) >= STORY else whole),
            tuple(
                ClauseHits(clause, find(part, its_scored, weighed))
                for clause, part, its_scored, weighed in zip(clauses, parts, own, each, strict=False)
            ),
        )

    def _weighed(self, scored: Scored) -> _Weighed:
        fused = fuse(scored.signals)
        return _Weighed(fused, probabilities(scored.evidence, fused), np.argsort(-fused, kind="stable"))

    def _hits(self, gathered: Gathered, k: int, query: Query, scored: Scored, weighed: _Weighed) -> tuple[Hit, ...]:
        best = weighed.order[:k]
        words = [(word, gathered.frequencies[stem(word)]) for word in _shown_words([query.text])]
        scores = np.minimum.accumulate(weighed.scores[best])
        chances = np.minimum.accumulate(weighed.probabilities[best])  # what ranks lower is not more probable
        return tuple(
            Hit(
                entry_id=self._engine.entry_id(int(scored.entries[at])),
                rank=rank,
                score=float(score),
                probability=float(chance),
                why=Why("dense", FIELDS[scored.fields[at]], tuple(word for word, counts in words if counts[at])),
            )
            for rank, (at, score, chance) in enumerate(zip(best, scores, chances, strict=True), start=1)
        )

    def _is_read(self, text: str) -> bool:
        most = self._encoder.identity.max_tokens
        return len(text) < CERTAINLY_READ or (
            len(text) < most * _CERTAINLY_NOT_READ and self._encoder.count_tokens(text) <= most
        )

    def _candidates(self, query: Query, allowed: Allowed) -> Keys:
        near = self._engine.near(query.vector, CANDIDATES, allowed)
        worded = self._engine.worded(self._statistics.weights(query.terms), CANDIDATES, allowed)
        return np.union1d(near, worded.keys)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """Candidates with their scores and probabilities, all (candidates,), and their order, best first."""

    scores: Floats
    probabilities: Floats
    order: npt.NDArray[np.int64]


def texts_encoded(text: str) -> tuple[str, ...]:
    """Return what is encoded to rank a text: the whole, and its clauses where it has several."""
    return (text, *_encoded_apart(clauses_of(text)))


def _encoded_apart(clauses: Sequence[Clause]) -> list[str]:
    return [clause.text for clause in clauses if len(clauses) > 1]


def _of_story(whole: _Weighed, clauses: Sequence[_Weighed]) -> _Weighed:
    """Return the candidates of a story: what its whole says of each, and the clause that is surest of it."""
    surest = np.max([each.probabilities for each in clauses], axis=0)
    closest = np.max([each.scores for each in clauses], axis=0)
    chances: Floats = ((1 - _CLAUSE) * whole.probabilities + _CLAUSE * surest).astype(np.float32)
    scores: Floats = ((1 - _CLAUSE) * whole.scores + _CLAUSE * closest).astype(np.float32)
    return _Weighed(scores, chances, np.argsort(-chances, kind="stable"))


def _shown_words(texts: Iterable[str]) -> list[str]:
    """Return the words of texts that a hit says it shares with them."""
    return [word for word in dict.fromkeys(chain.from_iterable(map(words_of, texts))) if not is_stop_word(word)]
