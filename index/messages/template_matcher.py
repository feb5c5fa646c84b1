"""Documented messages, found again in what people cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from index.analysis.lexicon import FUNCTION_WORDS
from index.analysis.paste_cleanup import clean_paste, message_text
from index.analysis.spelling import TypoCounter
from index.analysis.terms import TermList, pack_terms
from index.analysis.tokens import tokenize
from index.hit import Aligned
from index.messages.alignment import Alignment, align, side_by_side
from index.messages.bigram_index import BigramIndex, bigram_files
from index.messages.lookalikes import Beginnings, framed
from index.messages.paste import Paste
from index.messages.template import Template
from index.messages.template_extraction import template_of
from index.messages.template_walk import Walker
from index.storage.entry_table import EntryTable
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "templates.safetensors"
_HOPELESS = 0.7  # of what tells of a message that was found: a message with less explains less of the same words


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A documented message in a query.

    Attributes:
        start: Where it begins, in code points of the query.
        end: Where it ends.
        rows: The rows of the entries it belongs to: one where what is there identifies an entry, several where a cut
            message fits several equally well.
        coverage: Share of the documented message's characters that are there; 1 where all of it is.
        alignment: The query's stretch held against the message of the first of `rows`.
    """

    start: int
    end: int
    rows: tuple[int, ...]
    coverage: float
    alignment: tuple[Aligned, ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What is documented of a query.

    Attributes:
        occurrences: The documented messages in it, in its order.
        others: Entries whose message is not there, but its beginning or its frame with another trouble: their rows, and
            where in the query that trouble begins and ends, in code points.
    """

    occurrences: tuple[Occurrence, ...]
    others: Mapping[int, tuple[int, int]]


def template_files(entries: Sequence[Entry], texts: Iterable[str]) -> dict[str, Payload]:
    """Return the files that `TemplateMatcher` reads, by name; `texts` are all that each entry says."""
    templates: list[Template] = []
    rows: list[int] = []
    messages: list[int] = []
    for row, entry in enumerate(entries):
        for number, message in enumerate(entry.messages):
            template = template_of(message_text(message))
            if template.elements and not _is_question(entry, message):
                templates.append(template)
                rows.append(row)
                messages.append(number)
    lines = [f"{template}\n".encode() for template in templates]
    words, word_starts = _words(texts)
    return {
        _FILE: {
            "lines": np.frombuffer(b"".join(lines), dtype=np.uint8),
            "starts": np.cumsum([0, *map(len, lines)], dtype=np.int64),
            "rows": np.array(rows, dtype=np.int32),
            "messages": np.array(messages, dtype=np.int32),
            "words": words,
            "word_starts": word_starts,
        },
        **bigram_files(templates),
    }


def _is_question(entry: Entry, message: str) -> bool:
    """Whether a heading was taken for a message and is a question: one about 2 people is none about another number.

    A product asks, too ("Save changes to 'a.docx'?"), and then the message stands below a heading that says so.
    """
    return message == entry.title and message.rstrip("'\"\u201d\u2019*_ ").endswith("?")


def _words(texts: Iterable[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    words: set[str] = set()
    for text in texts:
        words.update(tokenize(text).keys)
    return pack_terms(sorted(words, key=str.encode))


class TemplateMatcher:
    """Finds the documented messages of a generation in a text; safe to use from several threads."""

    def __init__(self, generation: Generation, entries: EntryTable) -> None:
        arrays = generation.arrays(_FILE)
        self._lines = arrays["lines"].data
        self._starts: npt.NDArray[np.int64] = arrays["starts"]
        self._rows: npt.NDArray[np.int32] = arrays["rows"]
        self._messages: npt.NDArray[np.int32] = arrays["messages"]
        self._seeds = BigramIndex(generation)
        self._words = TermList(arrays["words"], arrays["word_starts"])
        self._entries = entries
        self._template = lru_cache(maxsize=1 << 12)(self._read_template)
        self._weigh = lru_cache(maxsize=1 << 14)(self._weight_of)
        self._speller = TypoCounter(lambda word: self._words.row(word) is not None)

    def find(self, query: str) -> Recognised:
        """Return the documented messages in a text, in its order and not overlapping; a repeated one once."""
        cleaned = clean_paste(query)
        paste = Paste(cleaned.text)
        if not paste.size or not len(self._rows):
            return Recognised((), {})
        others: dict[int, range] = {}
        found = list(self._alignments(paste, others))
        occurrences: list[Occurrence] = []
        seen: set[tuple[int, ...]] = set()
        for best in _grouped(found):
            if not best[0][1].is_enough:
                continue  # a sentence that shares more with one message than with any other is none of the others
            rows = tuple(sorted({int(self._rows[template]) for template, _ in best}))
            if rows not in seen:
                seen.add(rows)
                occurrences.append(self._occurrence(paste, rows, best))
        placed = tuple(
            replace(each, start=cleaned.origin(each.start), end=cleaned.origin(each.end))
            for each in sorted(occurrences, key=lambda occurrence: occurrence.start)
        )
        documented = {row for each in placed for row in each.rows}
        spans = {row: paste.tokens.original(at.start, at.stop) for row, at in others.items() if row not in documented}
        places = {row: (cleaned.origin(start), cleaned.origin(end)) for row, (start, end) in spans.items()}
        return Recognised(placed, places)

    def _alignments(self, paste: Paste, others: dict[int, range]) -> Iterator[tuple[int, Alignment]]:
        """Yield what of the templates stands there; `others` gets the entries of those that do with another trouble."""
        walker = Walker(paste, self._speller)
        beginnings = Beginnings(paste)
        tried: dict[int, set[tuple[int, int]]] = {}
        settled: list[tuple[Alignment, float]] = []
        for candidate in self._seeds.candidates(paste.keys):
            own = tried.setdefault(candidate.template, set())
            row = int(self._rows[candidate.template])
            if rest := beginnings.another_trouble(self._template(candidate.template), weigh=self._weigh):
                others[row] = rest
            beaten = [found for found, score in settled if candidate.score < _HOPELESS * score]
            for number, place in candidate.seeds:
                if (number, place) in own or any(found.start <= place < found.end for found in beaten):
                    continue
                template = self._template(candidate.template)
                alignment = align(walker, template, number, place, weigh=self._weigh, tried=own)
                if alignment is not None:
                    is_piece = alignment.is_enough and alignment.cuts
                    if is_piece and (there := framed(paste, template, alignment, weigh=self._weigh)):
                        others[row] = there
                        alignment = replace(alignment, is_enough=False)
                    yield candidate.template, alignment
                    if alignment.is_enough:
                        settled.append((alignment, candidate.score))
                    break

    def _occurrence(self, paste: Paste, rows: tuple[int, ...], best: list[tuple[int, Alignment]]) -> Occurrence:
        template, alignment = min(best, key=lambda each: int(self._rows[each[0]]))
        start, end = paste.tokens.original(alignment.start, alignment.end)
        entry = self._entries.record(int(self._rows[template]))
        message = message_text(entry["messages"][int(self._messages[template])])
        return Occurrence(
            start,
            end,
            rows,
            alignment.coverage if alignment.cuts else 1.0,
            side_by_side(alignment, message, paste.tokens),
        )

    def _read_template(self, row: int) -> Template:
        line = bytes(self._lines[int(self._starts[row]) : int(self._starts[row + 1])])
        return Template.parse(line.decode().rstrip("\n"))

    def _weight_of(self, word: str) -> float:
        """A word that few messages have tells much, one that all have little."""
        if word in FUNCTION_WORDS:
            return 0.25
        templates = len(self._rows)
        return float(np.log1p(templates / max(1, self._seeds.count(word))) / np.log1p(templates))


def _grouped(found: list[tuple[int, Alignment]]) -> Iterator[list[tuple[int, Alignment]]]:
    """Yield the alignments that fit best, those together that fit the same stretch equally well."""
    left = sorted(found, key=lambda each: (-each[1].explained, each[1].cuts, not each[1].is_enough, each[1].start))
    while left:
        best = left[0][1]
        equal = [each for each in left if _is_equal(each[1], best)]
        yield equal
        left = [each for each in left if each[1].end <= best.start or best.end <= each[1].start]


def _is_equal(one: Alignment, best: Alignment) -> bool:
    overlap = min(one.end, best.end) - max(one.start, best.start)
    same = (one.explained, one.cuts, one.is_enough) == (best.explained, best.cuts, best.is_enough)
    return same and 2 * overlap > best.end - best.start
