"""The documented messages of a generation are written down: without their values, with what they are looked up by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from corpus.passages import whole_text
from index.analysis.paste_cleanup import message_text
from index.analysis.postings import Postings, merged, postings_of
from index.analysis.tokens import tokenize
from index.messages.bigram_index import bigram_files
from index.messages.documented.clause_merging import Carried, merged_clauses
from index.messages.documented.clause_sharing import NOBODY, Clauses, Message, Sharing, clauses_of
from index.messages.documented.template_table import TemplateTable, merged_tables, stored_table, table_of
from index.messages.named_things import names_in
from index.messages.own_clauses import DocumentedMessage, least_often, separators_of
from index.messages.template_extraction import spanned_template_of
from index.storage.carried_rows import CarriedRows, new_rows
from index.storage.entry_table import EntryTable
from index.storage.payload import Payload
from index.storage.ragged import Runs

_FILE = "templates.safetensors"  # which `TemplateMatcher` reads
_CLAUSES_FILE = "clauses.safetensors"  # which the next build reads
Arrays = Mapping[str, npt.NDArray[Any]]


def template_files(
    entries: Sequence[Entry], texts: Sequence[str], carried: CarriedRows | None = None
) -> dict[str, Payload]:
    """Return the files that `TemplateMatcher` reads, by name, and one that the next build reads.

    Args:
        entries: The new entries, in the order of their rows.
        texts: All that each of them says.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    rows = new_rows(carried, len(entries))
    said = [tokenize(text).keys for text in texts]
    documented = [each for row, entry in zip(rows, entries, strict=True) for each in _documented(row, entry)]
    table, templates = table_of(documented), None
    postings = postings_of(((row, dict.fromkeys(keys, ())) for row, keys in zip(rows, said, strict=True)), {})
    if carried is not None:
        before = carried.generation.arrays(_CLAUSES_FILE)
        postings = merged(_postings(before), postings, carried)
        table_before = stored_table(carried.generation.arrays(_FILE))
        table, templates = merged_tables(table_before, table, carried)
    numbers = new_rows(templates, len(documented))
    new = [Message(number, each) for number, (_, each) in zip(numbers, documented, strict=True)]
    new_texts = dict(zip(rows, said, strict=True))
    known = _Known(new_texts, table, carried)
    sharing = Sharing(postings, known.spoken, known.written)
    often = _often(postings, len(texts) if carried is None else len(carried))
    if carried is None or templates is None:
        clauses = clauses_of(new, often, sharing.first)
    else:
        changed = often ^ _often(_postings(before), len(carried.rows))
        again = list(known.documented_again(postings, changed, set(rows)))
        looked_at = sorted([*new, *again], key=lambda each: each.number)
        same = templates.rows.copy()
        same[np.isin(same, [each.number for each in again])] = -1
        kept = Carried(carried, same, table, table_before, new_texts)
        clauses = merged_clauses(_stored_clauses(before), looked_at, often, kept, sharing)
    bigrams = bigram_files([each.template for _, each in documented], templates)
    return {
        _FILE: _read_by_matcher(table, postings, clauses),
        _CLAUSES_FILE: _read_by_builds(postings, clauses),
        **bigrams,
    }


def _read_by_matcher(table: TemplateTable, postings: Postings, clauses: Clauses) -> Payload:
    return {
        "lines": table.lines.values,
        "starts": table.lines.starts,
        "rows": table.rows,
        "messages": table.messages,
        "words": postings.block,
        "word_starts": postings.term_starts,
        "own_clauses": clauses.places[clauses.sharers == NOBODY],
    }


def _read_by_builds(postings: Postings, clauses: Clauses) -> Payload:
    return {
        "terms": postings.block,
        "term_starts": postings.term_starts,
        "starts": postings.starts,
        "rows": postings.rows,
        "clauses": clauses.places,
        "sharers": clauses.sharers,
        "clause_words": clauses.words.values,
        "clause_word_starts": clauses.words.starts,
    }


class _Known:
    """The entries of a build by row; those that are carried over are read from the generation before when asked for."""

    def __init__(self, said: Mapping[int, tuple[str, ...]], table: TemplateTable, carried: CarriedRows | None) -> None:
        self._said = said
        self._table = table
        self._entries = None if carried is None else EntryTable(carried.generation)
        self._rows_before: dict[int, int] = {}
        if carried is not None:
            kept = carried.kept
            self._rows_before = dict(zip(carried.rows[kept].tolist(), kept.tolist(), strict=True))

    def spoken(self, row: int) -> tuple[str, ...]:
        return self._said[row] if row in self._said else tokenize(whole_text(self._entry_before(row))).keys

    def written(self, row: int) -> Iterator[str]:
        """Yield the messages of an entry, as `clause_sharing.line` writes them."""
        return (self._table.part(number) for number in self._table.numbers_of(row))

    def documented_again(self, said: Postings, words: set[str], new: set[int]) -> Iterator[Message]:
        """Yield the messages of carried entries that have one of some words."""
        terms = said.terms
        numbers = [number for word in words if (number := terms.row(word)) is not None]
        rows = {row for number in numbers for row in said.rows_of(number).tolist()} - new
        for row in sorted(rows):
            if own := self._table.numbers_of(row):
                documented = (each for _, each in _documented(row, self._entry_before(row)))
                yield from map(Message, own, documented)

    def _entry_before(self, row: int) -> Entry:
        assert self._entries is not None
        return self._entries.entry(self._rows_before[row])


def _documented(row: int, entry: Entry) -> Iterator[tuple[int, DocumentedMessage]]:
    """Yield the messages of an entry by which it can be recognised, each with its number among all of its messages."""
    for number, message in enumerate(entry.messages):
        text = message_text(message)
        template, spans = spanned_template_of(text, names_in(text, entry))
        if template.elements and not _is_question(entry, message):
            yield number, DocumentedMessage(row, template, separators_of(text, spans))


def _is_question(entry: Entry, message: str) -> bool:
    """Whether a heading was taken for a message and is a question: one about 2 people is none about another number.

    A product asks, too ("Save changes to 'a.docx'?"), and then the message stands below a heading that says so.
    """
    return message == entry.title and message.rstrip("'\"\u201d\u2019*_ ").endswith("?")


def _stored_clauses(arrays: Arrays) -> Clauses:
    return Clauses(arrays["clauses"], arrays["sharers"], Runs(arrays["clause_words"], arrays["clause_word_starts"]))


def _postings(arrays: Arrays) -> Postings:
    return Postings(arrays["terms"], arrays["term_starts"], arrays["starts"], arrays["rows"], {})


def _often(said: Postings, entries: int) -> set[str]:
    """Return the words that many of some entries have."""
    terms = said.terms
    return {terms[int(number)] for number in np.flatnonzero(said.counts >= least_often(entries))}
