"""A query becomes hits: what can be recognised exactly comes first, what has to be understood after it.

A documented message in a paste, whatever values stand in it, settles the matter, and so does a documented code; a code
that nobody documented must not be answered by its neighbour. Everything else is ranked by meaning (`ranker`), with
mistyped words corrected, and less probable where something speaks against it (`doubts`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus.article import Field
from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.paste_cleanup import clean_paste
from index.analysis.spelling import SpellingCorrector
from index.analysis.terms import words_of
from index.analysis.vagueness import names_one, telling_terms, vagueness_of
from index.codes.code_index import CodeIndex
from index.codes.error_codes import Code, codes_in, one_of_each
from index.codes.shared_codes import names_a_kind
from index.doubts import Doubts, told_by_words
from index.engines.local import LocalEngine
from index.hit import EVEN, Correction, Hit, PartHits, SearchResult, Vagueness, Why
from index.messages.contrast import is_another
from index.messages.template_matcher import MessageMatch, TemplateMatcher
from index.models.encoder import Encoder, Vectors
from index.query_language import LanguageReader
from index.query_parts import beside, in_order, parts_of
from index.ranking.background import Background
from index.ranking.bm25 import Bm25Index
from index.ranking.engine import Engine, Only
from index.ranking.passage_table import PassageTable
from index.ranking.ranker import Ranker, texts_encoded
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.image_table import ImageTable

if TYPE_CHECKING:
    from index.engines.hosted import Hosted

SURE = 0.99  # the probability of an entry whose documented message or code stands in the query
_ASKING = frozenset("code codes mean means meaning help".split())
_Mask = npt.NDArray[np.bool_] | None  # (entries,) which entries may be hits; all if None
_LEAST_PROBABILITY = 1e-6  # so that entries which the words speak against share what a code makes sure


class Retriever:
    """Searches one generation; safe to use from several threads.

    Args:
        generation: An opened generation, made with `encoder`.
        encoder: Encodes queries.
        engine: The server that holds the entries; None searches the generation's files.

    Raises:
        BadIndexError: There is an engine, and the generation was built without.
    """

    def __init__(self, generation: Generation, encoder: Encoder, *, engine: Hosted | None = None) -> None:
        self.generation = generation
        self.entries = EntryTable(generation)
        self.images = ImageTable(generation)
        passages, bm25 = PassageTable(generation), Bm25Index(generation)
        holder: Engine = (
            LocalEngine(self.entries, passages, bm25)
            if engine is None
            else engine.open(generation, self.entries, bm25.statistics)
        )
        self.ranker = Ranker(holder, bm25.statistics, Background(passages.background), encoder)
        self._templates = TemplateMatcher(generation, self.entries)
        self._code_index = CodeIndex(generation)
        self._doubts = Doubts(self.entries, self._code_index, self.ranker)
        self._spelling = SpellingCorrector(generation, is_common=lambda word: encoder.count_tokens(word) == 1)
        self._language_reader = LanguageReader(
            generation.facts["languages"], encoder, is_in_articles=self._spelling.is_in_articles
        )

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        product: str | None = None,
        tags: Sequence[str] = (),
        without: Collection[str] = (),
    ) -> SearchResult:
        """Return at most `k` entries for each error in the query, best first.

        Args:
            query: Any text.
            k: How many entries at most.
            product: Only entries of this product.
            tags: Only entries whose articles have all of these tags.
            without: Ids of entries that are left out, as if the index did not have them.
        """
        only, allowed = Only.of(product, tags, without), self.entries.allowed(product, tags, without)
        recognition = self._templates.recognise(query)
        matches = [each for each in recognition.matches if _any_allowed(each.rows, allowed)]
        if len(matches) > 1:
            own = (self._message_part(number, match, (), k, allowed) for number, match in enumerate(matches))
            return SearchResult(tuple(own))
        plain = clean_paste(query).text
        corrected, corrections = self._corrected(self.ranker.excerpts(plain))
        ranking = self.ranker.rank(corrected, k=k, allowed=only)
        hits = ranking.hits
        if recognition.lookalikes and not matches:
            hits = self._doubts.beyond_beginnings(query, hits, recognition.lookalikes, only)
        codes = codes_in(plain)
        documented, unknown = self._documented(plain, codes, hits, allowed)
        if matches:
            first = self._message_part(0, matches[0], hits, k, allowed)
            return SearchResult(in_order([first, *beside(first, parts_of(query, ranking))]), vector=ranking.vector)
        if documented:
            part = self._code_part(query, documented, hits, k)
            return SearchResult((part,), corrections, unknown, vector=ranking.vector)
        reading = self._language_reader.read(plain, corrected="\n".join(corrected))
        if reading.is_understood and len(parts := parts_of(query, ranking)) > 1:
            return SearchResult(in_order(parts), corrections, unknown, vector=ranking.vector)
        likely = (
            self._doubts.weigh(plain, codes, hits, only, ranking.clauses)
            if reading.is_understood
            else told_by_words(plain, hits)
        )
        return SearchResult(
            (PartHits(0, len(query), likely),),
            corrections,
            unknown,
            is_readable=reading.is_readable,
            language=reading.language,
            vagueness=self._vagueness(plain, likely),
            under=self._under(plain, likely),
            vector=ranking.vector,
        )

    def texts_encoded(self, query: str) -> tuple[str, ...]:
        """Return what a search for a query encodes, so that many queries can be encoded at once.

        What is left of a query that quotes a message with other values is known only once it was searched for.
        """
        corrected, _ = self._corrected(self.ranker.excerpts(clean_paste(query).text))
        return tuple(text for excerpt in corrected for text in texts_encoded(excerpt))

    def nearest_symptoms(self, vector: Vectors, entry_ids: Sequence[str]) -> tuple[str | None, ...]:
        """Return for each entry, by its id, the symptom that is nearest to a query; None where it has no symptom.

        Args:
            vector: (dimension,) float32 unit vector of what was ranked of the query (`SearchResult.vector`).
            entry_ids: Of the entries.
        """
        rows = [self.entries.row_of(entry_id) for entry_id in entry_ids]
        return tuple(None if row is None else self._nearest_symptom(vector, row) for row in rows)

    def _nearest_symptom(self, vector: Vectors, row: int) -> str | None:
        cosines = self.ranker.symptom_cosines(vector, row)
        symptoms = [each for each in self.entries.entry(row).symptoms for _ in self.ranker.passages_in(each)]
        return symptoms[int(cosines.argmax())] if 0 < len(symptoms) == len(cosines) else None

    def _vagueness(self, query: str, hits: Sequence[Hit]) -> Vagueness:
        """Return how little a query says; the title of one entry says which, however common its words are."""
        vagueness = vagueness_of(query)
        rows = [self.entries.row_of(hit.entry_id) for hit in hits] if vagueness is Vagueness.LITTLE else []
        titles = (self.entries.entry(row).title for row in rows if row is not None)
        return Vagueness.NONE if names_one(query, titles) else vagueness

    def _under(self, query: str, hits: Sequence[Hit]) -> frozenset[str]:
        """Return which hits stand below titles that have every telling word of a query; one word is a topic."""
        telling = telling_terms(query)
        found = {hit.entry_id: telling_terms(" ".join(hit.why.words)) for hit in hits} if len(telling) > 1 else {}
        may_be = [entry_id for entry_id, words in found.items() if telling <= words]
        rows = [(entry_id, self.entries.row_of(entry_id)) for entry_id in may_be]
        titles = {entry_id: self.entries.entry(row).breadcrumb for entry_id, row in rows if row is not None}
        return frozenset(each for each, above in titles.items() if telling <= telling_terms(" ".join(above)))

    def _corrected(self, excerpts: Sequence[str]) -> tuple[tuple[str, ...], tuple[Correction, ...]]:
        pairs = [self._spelling.correct(excerpt) for excerpt in excerpts]
        corrections = dict.fromkeys(each for _, own in pairs for each in own)
        return tuple(text for text, _ in pairs), tuple(corrections)

    def _message_part(self, number: int, match: MessageMatch, hits: Sequence[Hit], k: int, allowed: _Mask) -> PartHits:
        """Put the entries of a documented message first."""
        rows = [row for row in match.rows if allowed is None or allowed[row]]
        why = Why("template", Field.MESSAGE, (), match.alignment or None)
        exact = [Hit(self._id(row), 0, match.coverage, SURE / len(rows), why, number) for row in rows]
        ranked = _with_first(exact, hits, max(k, len(rows)))
        return PartHits(match.start, match.end, ranked, tied=len(rows), is_settled=True)

    def _code_part(self, query: str, rows: tuple[int, ...], hits: Sequence[Hit], k: int) -> PartHits:
        """Put the entries that document a code first; where several do, what else the query says decides."""
        ids = {self._id(row) for row in rows}
        ranked = [hit for hit in hits if hit.entry_id in ids]
        probabilities = [max(hit.probability or 0.0, _LEAST_PROBABILITY) for hit in ranked]
        exact = [
            replace(hit, probability=SURE * probability / sum(probabilities), why=replace(hit.why, signal="code"))
            for hit, probability in zip(ranked, probabilities, strict=True)
        ] or [Hit(entry_id, 0, 1.0, SURE / len(ids), Why("code", Field.MESSAGE)) for entry_id in sorted(ids)]
        return PartHits(0, len(query), _with_first(exact, hits, k), is_settled=True)

    def _id(self, row: int) -> str:
        return self.entries.entry_id(row)

    def _documented(
        self, query: str, codes: Sequence[Code], hits: Sequence[Hit], allowed: _Mask
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return the entries that document a code of the query, and the codes that none has.

        A code that many errors share settles only what the words leave open: "HTTP 403" is anything that was forbidden.
        """
        words_decide = bool(hits) and (hits[0].probability or 0.0) > EVEN
        documented: dict[int, bool] = {}  # an entry's row: whether a code says which error it is
        unknown: list[str] = []
        for code in one_of_each(codes):
            entries = self._code_index.find(code)
            rows = entries.in_messages or entries.elsewhere
            if rows and not ((is_kind := names_a_kind(code.key)) and words_decide):
                documented |= {
                    row: documented.get(row, False) or not is_kind
                    for row in rows
                    if _any_allowed((row,), allowed) and not (is_kind and is_another(query, self.entries.entry(row)))
                }
            is_alone = len(codes) == 1 and _is_all(query, code)
            if self._code_index.is_certain(code, is_alone=is_alone) and not _any_allowed(entries.rows, allowed):
                unknown.append(code.text)
        settling = tuple(row for row, is_telling in documented.items() if is_telling or not unknown)
        return settling, tuple(dict.fromkeys(unknown))


def _is_all(query: str, code: Code) -> bool:
    """Whether a query asks about nothing but a code: "PGMP-16", "what does PGMP-16 mean?"."""
    rest = f"{query[: code.start]} {query[code.end :]}"
    return all(word in FUNCTION_WORDS or word in _ASKING for word in words_of(rest))


def _any_allowed(rows: Sequence[int], allowed: _Mask) -> bool:
    return bool(rows) and (allowed is None or bool(np.any(allowed[list(rows)])))


def _with_first(exact: Sequence[Hit], hits: Sequence[Hit], k: int) -> tuple[Hit, ...]:
    """Return what is sure, then what ranks next, which shares what is left of the probability and scores no higher."""
    sure = {hit.entry_id for hit in exact}
    others = [
        replace(hit, probability=(1 - SURE) * (hit.probability or 0.0)) for hit in hits if hit.entry_id not in sure
    ]
    lift = max((hit.score for hit in others), default=0.0) - min((hit.score for hit in exact), default=0.0)
    lifted = [replace(hit, score=hit.score + max(0.0, lift)) for hit in exact]
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate([*lifted, *others][:k], start=1))
