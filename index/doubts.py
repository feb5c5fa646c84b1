"""Reasons to doubt a hit: what speaks against an entry, whatever its signals are, limits its probability.

An entry may come close to a query that quotes its message with another value or with a "not" in it, that names the
number of another error, or that only shares a beginning with it. No signal sees that; it is looked for here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from math import exp

from index.analysis.intent import asks_how, is_of_a_program, tells_of_trouble
from index.analysis.quotation import Quotation, quotation, without_values_of
from index.analysis.statuses import without_statuses
from index.analysis.terms import is_stop_word, words_of
from index.analysis.tokens import fold
from index.codes.code_index import CodeIndex
from index.codes.error_codes import Code, one_of_each
from index.hit import EVEN, Hit
from index.messages.contrast import is_another
from index.ranking.ranker import STORY, Allowed, ClauseHits, Ranker
from index.storage.entry_table import EntryTable

_MOST_PROBABLE = {Quotation.NONE: 1.0, Quotation.UNTOLD: 0.69, Quotation.ANOTHER: 0.2}  # of an entry so quoted
_UNDERSTOOD_BY_WORDS = 0.69  # the most probable that an entry is which has the query's meaning, but not its words
_SHARED = 0.75  # of the query's words, which an entry has that is sure without the meaning
_TELLING = 4  # letters of a word that counts there
_MOST_MESSAGES = 20  # of an entry that a query is held against, and as many symptoms
_LONGEST_QUOTED = 2_000  # characters; in a longer paste a quotation is one of many, and a cause has told its trouble
_MOST_PROBLEMS = 3  # of a query are searched for; a log may have one a line, and each takes as long as a query
_UNSURE = 0.45  # at most, of an entry whose message is the query but for a word; a question
_MOST_TOGETHER = 0.999  # of the hits of a query
_MOST_HELD = 3  # hits that are held against their messages
_SELDOM = 1.5  # by which the log-odds fall of what a query of its kind is seldom about
_UNTROUBLED = 0.8  # the same of stories without trouble in the surest clause: 24 of 81 with an entry, 27 of 40 without
_SAID = 0.8  # of the words of a message, which an entry has that says it
_RANKED = 50  # hits for another problem in a documented message; what ranks lower is not probable


class Doubts:
    """Limits the probabilities of the hits of one generation.

    Args:
        entries: The entries of the generation.
        codes: Their codes.
        ranker: Ranks what is left of a query.
    """

    def __init__(self, entries: EntryTable, codes: CodeIndex, ranker: Ranker) -> None:
        self._entries = entries
        self._codes = codes
        self._ranker = ranker

    def weigh(
        self,
        query: str,
        codes: Sequence[Code],
        hits: tuple[Hit, ...],
        allowed: Allowed,
        clauses: Sequence[ClauseHits] = (),
    ) -> tuple[Hit, ...]:
        """Return hits in the order of their probabilities, once each has no more than is left by what is against it.

        Args:
            query: The query, cleaned of what a paste brings along.
            codes: Those in it.
            hits: Best first.
            allowed: Which entries may be hits.
            clauses: Those of the query, each with its own hits.
        """
        hits = self._without_neighbours(codes, self._apart_from_values(query, hits, allowed))
        return self._held_against_messages(query, self._by_intent(query, clauses, hits))

    def beyond_beginnings(
        self, query: str, hits: tuple[Hit, ...], lookalikes: Mapping[int, tuple[int, int]], allowed: Allowed
    ) -> tuple[Hit, ...]:
        """Return hits with those whose message only begins as the query does no more probable than by what follows.

        Args:
            query: The query.
            hits: Best first.
            lookalikes: Where in the query the problem stands whose beginning it shares with an entry, by its row.
            allowed: Which entries may be hits.
        """
        most: dict[str, float] = {}
        for start, end in list(dict.fromkeys(lookalikes.values()))[:_MOST_PROBLEMS]:
            excerpts = self._ranker.excerpts(query[start:end])
            ranked = self._ranker.rank(excerpts, k=_RANKED, allowed=allowed, by_clause=False).hits
            apart = {hit.entry_id: hit.probability or 0.0 for hit in ranked}
            ids = [self._entries.entry_id(row) for row, span in lookalikes.items() if span == (start, end)]
            most |= {entry_id: apart.get(entry_id, 0.0) for entry_id in ids}
        return _limited(hits, most)

    def _apart_from_values(self, query: str, hits: tuple[Hit, ...], allowed: Allowed) -> tuple[Hit, ...]:
        """Return hits with the first no more probable than without statuses and the quoted values of its message."""
        row = self._entries.row_of(hits[0].entry_id) if hits and (hits[0].probability or 0.0) > EVEN else None
        if row is None or len(query) >= _LONGEST_QUOTED:
            return hits
        rest = without_statuses(fold(query).text)
        if not any(map(str.isalpha, rest)):
            return _limited(hits, {hit.entry_id: _UNSURE for hit in hits})
        for message in self._entries.entry(row).messages[:_MOST_MESSAGES]:
            rest = without_values_of(rest, message)
        if rest == fold(query).text or not any(map(str.isalnum, rest)):
            return hits
        ranked = self._ranker.rank(self._ranker.excerpts(rest), k=_RANKED, allowed=allowed).hits
        apart = {hit.entry_id: hit.probability or 0.0 for hit in ranked}
        return _limited(hits, {hits[0].entry_id: apart.get(hits[0].entry_id, 0.0)})

    def _held_against_messages(self, query: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Return hits with the first less probable where the query quotes its message and says something else."""
        most: dict[str, float] = {}
        while hits and len(most) < _MOST_HELD and len(query) < _LONGEST_QUOTED:
            first = hits[0]
            if first.entry_id in most or (first.probability or 0.0) <= _MOST_PROBABLE[Quotation.ANOTHER]:
                break
            most[first.entry_id] = self._most_probable(query, first.entry_id)
            hits = _limited(hits, most)
        return hits

    def _most_probable(self, query: str, entry_id: str) -> float:
        """Return how probable an entry may be, by what its messages and its title have in common with the query."""
        row = self._entries.row_of(entry_id)
        if row is None:
            return 1.0
        entry = self._entries.entry(row)
        messages = entry.messages[:_MOST_MESSAGES]
        quoted = min((quotation(query, each, entry.symptoms) for each in messages), default=Quotation.NONE)
        return min(_MOST_PROBABLE[quoted], _UNSURE if is_another(query, entry) else 1.0)

    def _by_intent(self, query: str, clauses: Sequence[ClauseHits], hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Return hits with those less probable that a query of its kind is seldom about.

        Who asks how something is done, where nothing is wrong, seldom asks about an error; nor does a story whose
        surest clause has no word of trouble. The message of a program that is not the one of an entry (this would be
        settled) is seldom another wording of it.
        """
        if fall := _untroubled(query, clauses):
            against = [hit for hit in hits if self._is_error(hit.entry_id)]
        elif fall := is_of_a_program(query) * _SELDOM:
            against = [hit for hit in hits if not _says_all(hit, query)]
        else:
            return hits
        together = min(sum(hit.probability or 0.0 for hit in hits), _MOST_TOGETHER)
        left = 1 / (together + (1 - together) * exp(fall))
        return _limited(hits, {hit.entry_id: left * (hit.probability or 0.0) for hit in against})

    def _is_error(self, entry_id: str) -> bool:
        """Return whether an entry tells of a trouble before it says what to do."""
        row = self._entries.row_of(entry_id)
        if row is None:
            return False
        entry = self._entries.entry(row)
        told = (entry.title, *entry.messages[:_MOST_MESSAGES], *entry.symptoms[:_MOST_MESSAGES], entry.cause or "")
        return any(tells_of_trouble(text[:_LONGEST_QUOTED]) for text in told)

    def _without_neighbours(self, codes: Sequence[Code], hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        """Return hits without a sure one that has not the number of an error that the query names and others have."""
        rows: set[int] = set()
        for code in one_of_each(codes):
            entries = self._codes.find(code)
            rows |= set(entries.mentioned) if self._codes.is_certain(code) and not code.is_shared else set()
        ids = {self._entries.entry_id(row) for row in rows}
        return _limited(hits, {hit.entry_id: _UNSURE for hit in hits if hit.entry_id not in ids}) if ids else hits


def _untroubled(query: str, clauses: Sequence[ClauseHits]) -> float:
    """Return by how much the log-odds of an error fall, because a query tells of no trouble."""
    if asks_how(query):
        return _SELDOM
    surest = max(clauses, key=lambda each: each.hits[0].probability or 0.0 if each.hits else 0.0, default=None)
    is_untroubled = surest and len(clauses) >= STORY and not tells_of_trouble(surest.clause.text)
    return _UNTROUBLED if is_untroubled else 0.0


def _says_all(hit: Hit, query: str) -> bool:
    """Return whether nearly all words of a query stand in an entry, as those of a part of its message do."""
    own = {word for word in words_of(query) if not is_stop_word(word)}
    return len(own.intersection(hit.why.words)) >= _SAID * len(own)


def told_by_words(query: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Return hits of a query whose meaning the encoder does not know: none is sure that shares few of its words."""
    words = {word for word in words_of(query) if len(word) >= _TELLING}
    limits = {
        hit.entry_id: _UNDERSTOOD_BY_WORDS
        for hit in hits
        if len(words.intersection(hit.why.words)) < _SHARED * len(words)
    }
    return _limited(hits, limits)


def _limited(hits: Sequence[Hit], most: Mapping[str, float]) -> tuple[Hit, ...]:
    """Return hits in the order of their probabilities, once some have no more than they may have at most."""
    probabilities = [min(hit.probability or 0.0, most.get(hit.entry_id, 1.0)) for hit in hits]
    order = sorted(range(len(hits)), key=lambda at: -probabilities[at])
    scores = accumulate((hits[at].score for at in order), min)
    return tuple(
        replace(hits[at], rank=rank, score=score, probability=probabilities[at])
        for rank, (at, score) in enumerate(zip(order, scores, strict=True), start=1)
    )
