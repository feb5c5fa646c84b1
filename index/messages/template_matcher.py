"""Documented messages are recognised in what people paste."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
import numpy.typing as npt

from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.paste_cleanup import clean_paste, message_text
from index.analysis.spelling import TypoCounter
from index.analysis.terms import TermList
from index.analysis.tokens import Folded, tokenize
from index.hit import Aligned
from index.messages.alignment import Aligner, Alignment, side_by_side
from index.messages.bigram_index import BigramIndex, Candidate
from index.messages.boundaries import other_code_before
from index.messages.lookalikes import ColonClauses, other_middle
from index.messages.misread import MisreadWords
from index.messages.named_things import names_in
from index.messages.own_clauses import OwnClauses
from index.messages.paste import Paste
from index.messages.template import Template, Word
from index.messages.template_walk import Walker
from index.messages.truncation import Edges
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation

_FILE = "templates.safetensors"
_HOPELESS = 0.7  # of the score of a message that is there; less is not tried on its words. No paste changes from 0
# to 0.7, and 0 takes 1.45 times as long; with 1 6 fail
_FUNCTION_WORD_WEIGHT = 0.25  # with 0.125 1 paste fails, and 7 in logs; with 0.5 6 more of 228 altered match


@dataclass(frozen=True, slots=True)
class MessageMatch:
    """A documented message in a query.

    Attributes:
        start: Where it begins, in code points of the query.
        end: Where it ends.
        rows: The rows of the entries it belongs to: one where what is there identifies an entry, several where a cut
            message fits several equally well.
        coverage: Share of the documented message's characters that are there; 1 where all of it is.
        alignment: The query's stretch beside the message of the first of `rows`.
    """

    start: int
    end: int
    rows: tuple[int, ...]
    coverage: float
    alignment: tuple[Aligned, ...]


@dataclass(frozen=True, slots=True)
class Recognition:
    """What is documented of a query.

    Attributes:
        matches: The documented messages in it, in its order.
        lookalikes: Entries whose message is there with another problem in it: their rows, and where in the query that
            problem begins and ends, in code points.
    """

    matches: tuple[MessageMatch, ...]
    lookalikes: Mapping[int, tuple[int, int]]


_TemplateAlignment = tuple[int, Alignment]  # of the template in this row


class TemplateMatcher:
    """Recognises the documented messages of a generation in a text; safe to use from several threads."""

    def __init__(self, generation: Generation, entries: EntryTable) -> None:
        arrays = generation.arrays(_FILE)
        self._lines = arrays["lines"].data
        self._starts: npt.NDArray[np.int64] = arrays["starts"]
        self._rows: npt.NDArray[np.int32] = arrays["rows"]
        self._messages: npt.NDArray[np.int32] = arrays["messages"]
        self._bigrams = BigramIndex(generation)
        self._words = TermList(arrays["words"], arrays["word_starts"])
        self._own_clauses = OwnClauses(arrays["own_clauses"])
        self._entries = entries
        self._template = lru_cache(maxsize=1 << 12)(self._read_template)
        self._parsed = lru_cache(maxsize=1 << 12)(Template.parse)  # several entries have one message
        self._weigh = lru_cache(maxsize=1 << 14)(self._weight_of)
        is_known = lru_cache(maxsize=1 << 14)(lambda word: self._words.row(word) is not None)
        self._count_typos = TypoCounter(is_known)
        self._misread = MisreadWords(is_known)

    def recognise(self, query: str) -> Recognition:
        """Return the documented messages in a text, in its order and not overlapping; a repeated one once."""
        cleaned = clean_paste(query)
        tokens = tokenize(cleaned.text)
        if not len(tokens) or not len(self._rows):
            return Recognition((), {})
        found = self._recognised(cleaned, Paste(tokens))
        if not found.matches and (again := self._misread.read_again(tokens)) != tokens:
            return self._recognised(cleaned, Paste(again))
        return found

    def _recognised(self, cleaned: Folded, paste: Paste) -> Recognition:
        alignments, clauses, lookalikes = self._alignments(paste)
        matches: dict[tuple[int, ...], tuple[int, MessageMatch]] = {}
        # a sentence that shares more with one message than with any other is none of the others
        found = [each for each in _best_first(alignments) if each[0][1].is_enough]
        taken = [alignment for tied in found for _, alignment in tied]
        for best in [*found, *_best_first(_apart(clauses, taken))]:
            rows = tuple(sorted({int(self._rows[template]) for template, _ in best}))
            if rows not in matches:
                template, alignment = min(best, key=lambda each: int(self._rows[each[0]]))
                matches[rows] = (alignment.start, self._match(cleaned, paste, rows, template, alignment))
        in_order = sorted(matches.values(), key=lambda each: each[0])
        documented = {row for rows in matches for row in rows}
        others = {row: at for row, at in lookalikes.items() if row not in documented}
        return Recognition(
            tuple(match for _, match in in_order),
            {row: _span(cleaned, paste, at.start, at.stop) for row, at in others.items()},
        )

    def _alignments(self, paste: Paste) -> tuple[list[_TemplateAlignment], list[_TemplateAlignment], dict[int, range]]:
        """Return the alignments of templates that share most with a text, those of their own clauses, and lookalikes.

        The last are the tokens where an entry's message differs, by the entry's row.
        """
        edges, clauses = Edges(Walker(paste, self._count_typos)), ColonClauses(paste)
        aligners: dict[int, Aligner] = {}
        alignments: list[_TemplateAlignment] = []
        own: list[_TemplateAlignment] = []
        lookalikes: dict[int, range] = {}
        settled: list[tuple[Alignment, float]] = []
        for candidate in self._bigrams.candidates(paste):
            row, template = int(self._rows[candidate.template]), self._template(candidate.template)
            if other := clauses.other_clause(template, weigh=self._weigh):
                lookalikes[row] = other
            message = partial(self._message, candidate.template)
            aligner = aligners.setdefault(candidate.template, Aligner(edges, template, self._weigh, message))
            beaten = [range(each.start, each.end) for each, score in settled if candidate.score < _HOPELESS * score]
            clause = self._own_clauses.find(edges, template, candidate, self._weigh)
            if clause is not None and not _is_of_other_code(paste, template, clause):
                own.append((candidate.template, clause))
                if other := other_middle(paste, template, clause, weigh=self._weigh):
                    lookalikes[row] = other
            alignment = _first_alignment(aligner, candidate, beaten)
            if alignment is None:
                continue
            is_piece = alignment.is_enough and alignment.cuts
            if is_piece and _is_of_other_code(paste, template, alignment):
                alignment = replace(alignment, is_enough=False)
                is_piece = False
            if is_piece and (other := other_middle(paste, template, alignment, weigh=self._weigh)):
                lookalikes[row] = other
                alignment = replace(alignment, is_enough=False)
            alignments.append((candidate.template, alignment))
            if alignment.is_enough:
                settled.append((alignment, candidate.score))
        return alignments, [each for each in own if int(self._rows[each[0]]) not in lookalikes], lookalikes

    def _match(
        self, cleaned: Folded, paste: Paste, rows: tuple[int, ...], template: int, alignment: Alignment
    ) -> MessageMatch:
        start, end = _span(cleaned, paste, alignment.start, alignment.end)
        entry = self._entries.entry(int(self._rows[template]))
        message = self._message(template)
        coverage = alignment.coverage if alignment.cuts else 1.0
        return MessageMatch(
            start, end, rows, coverage, side_by_side(alignment, message, paste.tokens, names_in(message, entry))
        )

    def _message(self, template: int) -> str:
        entry = self._entries.entry(int(self._rows[template]))
        return message_text(entry.messages[int(self._messages[template])])

    def _read_template(self, row: int) -> Template:
        line = bytes(self._lines[int(self._starts[row]) : int(self._starts[row + 1])])
        return self._parsed(line.decode().rstrip("\n"))

    def _weight_of(self, word: str) -> float:
        """A word that few messages have says much about which one it is of, one that all have little."""
        if word in FUNCTION_WORDS:
            return _FUNCTION_WORD_WEIGHT
        templates = len(self._rows)
        return float(np.log1p(templates / max(1, self._bigrams.count(word))) / np.log1p(templates))


def _is_of_other_code(paste: Paste, template: Template, piece: Alignment) -> bool:
    """Whether a piece of a message that has a code stands after another code, and its own is not in the text."""
    exact = {each.forms[0][0] for each in template.elements if isinstance(each, Word) and each.exact}
    codes = {code for code in exact if any(map(str.isdigit, code))}
    return bool(codes) and paste.vocabulary.isdisjoint(codes) and other_code_before(paste, piece.start)


def _first_alignment(aligner: Aligner, candidate: Candidate, beaten: Sequence[range]) -> Alignment | None:
    """Return the alignment from the first anchor that leads to one and is not in a stretch that a better one has."""
    anchors = (
        (number, place) for number, place in candidate.anchors if not any(place in stretch for stretch in beaten)
    )
    return next((found for anchor in anchors if (found := aligner.align(*anchor)) is not None), None)


def _span(cleaned: Folded, paste: Paste, first: int, end: int) -> tuple[int, int]:
    """Return where tokens `first` to `end` (not included) stand in the query, in code points."""
    start, stop = paste.tokens.original(first, end)
    return cleaned.origin(start), cleaned.origin(stop)


def _best_first(alignments: list[_TemplateAlignment]) -> Iterator[list[_TemplateAlignment]]:
    """Yield the alignments that fit best, those together that fit the same stretch equally well; none overlap."""
    left = sorted(alignments, key=lambda each: (-each[1].explained, each[1].cuts, not each[1].is_enough, each[1].start))
    while left:
        best = left[0][1]
        yield [each for each in left if _fits_as_well(each[1], best)]
        left = [each for each in left if each[1].end <= best.start or best.end <= each[1].start]


def _apart(alignments: list[_TemplateAlignment], others: Sequence[Alignment]) -> list[_TemplateAlignment]:
    """Return the alignments that overlap none of some others."""
    return [each for each in alignments if all(each[1].end <= one.start or one.end <= each[1].start for one in others)]


def _fits_as_well(one: Alignment, best: Alignment) -> bool:
    overlap = min(one.end, best.end) - max(one.start, best.start)
    same = (one.explained, one.cuts, one.is_enough) == (best.explained, best.cuts, best.is_enough)
    return same and 2 * overlap > best.end - best.start
