"""A query becomes hits: what can be recognised exactly comes first, what has to be understood after it.

A documented message in a paste, whatever values stand in it, settles the matter, and so does a documented code; a code
that nobody documented must not be answered by its neighbour. Everything else is ranked by meaning (`ranker`), with
mistyped words corrected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from corpus.article import Field
from index.analysis.language import is_readable
from index.analysis.paste_cleanup import clean_paste
from index.analysis.spelling import SpellingCorrector
from index.hit import EVEN, Correction, Hit, PartHits, SearchResult, Why
from index.messages.code_index import CodeIndex
from index.messages.error_codes import codes_in, names_a_kind
from index.messages.template_matcher import Occurrence, TemplateMatcher
from index.models.encoder import Encoder
from index.ranking.ranker import Allowed, Ranker
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.image_table import ImageTable

SURE = 0.99  # the probability of an entry whose documented message or code stands in the query
_LOOKED_AT = 50  # hits for what follows the beginning of a message; what ranks lower has no chance worth its name
_RESTS = 3  # are asked of a query; a log may have as many as lines, and each takes as long as a query
_LEAST_CHANCE = 1e-6  # so that entries which the words speak against share what a code makes sure


class Retriever:
    """Searches one generation; safe to use from several threads.

    Args:
        generation: An opened generation, made with `encoder`.
        encoder: Encodes queries.
    """

    def __init__(self, generation: Generation, encoder: Encoder) -> None:
        self.generation = generation
        self.entries = EntryTable(generation)
        self.images = ImageTable(generation)
        self.ranker = Ranker(generation, self.entries, encoder)
        self._templates = TemplateMatcher(generation, self.entries)
        self._code_table = CodeIndex(generation)
        self._is_common = lambda word: encoder.count_tokens(word) == 1
        self._corrections = SpellingCorrector(generation, self._is_common)

    def search(self, query: str, *, k: int = 10, product: str | None = None, tags: Sequence[str] = ()) -> SearchResult:
        """Return at most `k` entries for each error in the query, best first.

        Args:
            query: Any text.
            k: How many entries at most.
            product: Only entries of this product.
            tags: Only entries whose articles have all of these tags.
        """
        allowed = self.entries.allowed(product, tags)
        recognised = self._templates.find(query)
        occurrences = [each for each in recognised.occurrences if _allowed(each.rows, allowed)]
        if len(occurrences) > 1:
            return SearchResult(
                tuple(self._recognised(part, each, (), k, allowed) for part, each in enumerate(occurrences))
            )
        plain = clean_paste(query).text
        corrected, corrections = self._corrected(self.ranker.excerpts(plain))
        hits = self.ranker.rank(corrected, k=k, allowed=allowed)
        if recognised.others and not occurrences:
            hits = _reconsidered(hits, self._chances_of_the_rest(query, recognised.others, allowed))
        documented, unknown = self._codes(plain, hits, allowed)
        if occurrences:
            return SearchResult((self._recognised(0, occurrences[0], hits, k, allowed),))
        if documented:
            return SearchResult((self._coded(query, documented, hits, k),), corrections, unknown)
        readable = is_readable("\n".join(corrected), is_known=self._corrections.knows)
        return SearchResult((PartHits(0, len(query), hits),), corrections, unknown, readable)

    def _corrected(self, excerpts: Sequence[str]) -> tuple[tuple[str, ...], tuple[Correction, ...]]:
        found = [self._corrections.correct(excerpt) for excerpt in excerpts]
        return tuple(text for text, _ in found), tuple(
            dict.fromkeys(each for _, corrections in found for each in corrections)
        )

    def _chances_of_the_rest(
        self, query: str, others: Mapping[int, tuple[int, int]], allowed: Allowed
    ) -> dict[str, float]:
        """Return the chances that entries have without the words that lead to them in any case, by their ids.

        After the beginning of a message that many troubles share, what follows has to find the entry by itself.
        """
        chances: dict[str, float] = {}
        for start, end in list(dict.fromkeys(others.values()))[:_RESTS]:
            found = self.ranker.rank(self.ranker.excerpts(query[start:end]), k=_LOOKED_AT, allowed=allowed)
            alone = {hit.entry_id: hit.probability or 0.0 for hit in found}
            own = [self._id(row) for row, place in others.items() if place == (start, end)]
            chances |= {entry_id: alone.get(entry_id, 0.0) for entry_id in own}
        return chances

    def _recognised(self, number: int, found: Occurrence, hits: Sequence[Hit], k: int, allowed: Allowed) -> PartHits:
        """Put the entries of a documented message first."""
        rows = [row for row in found.rows if allowed is None or allowed[row]]
        why = Why("template", Field.MESSAGE, (), found.alignment or None)
        exact = [Hit(self._id(row), 0, found.coverage, SURE / len(rows), why, number) for row in rows]
        ranked = _before(exact, hits, max(k, len(rows)))
        return PartHits(found.start, found.end, ranked, tied=len(rows), is_settled=True)

    def _coded(self, query: str, rows: tuple[int, ...], hits: Sequence[Hit], k: int) -> PartHits:
        """Put the entries that document a code first; where several do, what else the query says decides."""
        ids = {self._id(row) for row in rows}
        ranked = [hit for hit in hits if hit.entry_id in ids]
        chances = [max(hit.probability or 0.0, _LEAST_CHANCE) for hit in ranked]
        exact = [
            replace(hit, probability=SURE * chance / sum(chances), why=replace(hit.why, signal="code"))
            for hit, chance in zip(ranked, chances, strict=True)
        ] or [Hit(entry_id, 0, 1.0, SURE / len(ids), Why("code", Field.MESSAGE)) for entry_id in sorted(ids)]
        return PartHits(0, len(query), _before(exact, hits, k), is_settled=True)

    def _id(self, row: int) -> str:
        return self.entries.entry_id(row)

    def _codes(self, query: str, hits: Sequence[Hit], allowed: Allowed) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return the entries that document a code of the query, and the codes that none has.

        A code that many errors share settles only what the words leave open: "HTTP 403" is anything that was forbidden.
        """
        is_told = bool(hits) and (hits[0].probability or 0.0) > EVEN
        documented: list[int] = []
        unknown: list[str] = []
        for code in codes_in(query):
            named = self._code_table.find(code)
            if not (is_told and names_a_kind(code.key)):
                documented += [row for row in named.in_messages or named.elsewhere if _allowed((row,), allowed)]
            if self._code_table.is_one(code) and not any(_allowed((row,), allowed) for row in named.rows):
                unknown.append(code.text)
        return tuple(dict.fromkeys(documented)), tuple(dict.fromkeys(unknown))


def _allowed(rows: Sequence[int], allowed: Allowed) -> bool:
    return allowed is None or bool(np.any(allowed[list(rows)]))


def _reconsidered(hits: Sequence[Hit], most: Mapping[str, float]) -> tuple[Hit, ...]:
    """Return hits in the order of their chances, once some have no more than they may have at most."""
    chances = [min(hit.probability or 0.0, most.get(hit.entry_id, 1.0)) for hit in hits]
    order = sorted(range(len(hits)), key=lambda at: -chances[at])
    scores = accumulate((hits[at].score for at in order), min)
    return tuple(
        replace(hits[at], rank=rank, score=score, probability=chances[at])
        for rank, (at, score) in enumerate(zip(order, scores, strict=True), start=1)
    )


def _before(exact: Sequence[Hit], hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """Return what is sure, then what ranks next, which shares what is left of the probability and scores no higher."""
    sure = {hit.entry_id for hit in exact}
    others = [
        replace(hit, probability=(1 - SURE) * (hit.probability or 0.0)) for hit in hits if hit.entry_id not in sure
    ]
    lift = max((hit.score for hit in others), default=0.0) - min((hit.score for hit in exact), default=0.0)
    lifted = [replace(hit, score=hit.score + max(0.0, lift)) for hit in exact]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate([*lifted, *others][:k], start=1))
