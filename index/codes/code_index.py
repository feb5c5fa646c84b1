"""Which entries name a code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from index.analysis.paste_cleanup import message_text
from index.analysis.postings import Postings, merged, postings_of
from index.analysis.terms import TermList
from index.codes.error_codes import Code, Evidence, codes_in, family_of
from index.codes.shown_numbers import shown_numbers
from index.storage.carried_rows import CarriedRows, new_rows
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "codes.safetensors"
_FEW_DIGITS = 3
_WRITTEN_AS_CODE = re.compile(r"[A-Z]{1,10}-?\d{1,8}[A-Z]?")
_Mentions = dict[str, tuple[bool, Evidence]]  # a code's key: whether it is in a message, and the best evidence
_COLUMNS = {"in_message": np.bool_, "evidence": np.uint8}


@dataclass(frozen=True, slots=True)
class CodeEntries:
    """The entries that name a code.

    Attributes:
        in_messages: Rows of entries with the code in a message.
        elsewhere: Rows of entries that have it only in another part.
        mentioned: Rows of entries that have what is written like it, where neither they nor the query say that it is a
            code ("p53" is a gene), where it may count something, or where it is a code that many errors share.
    """

    in_messages: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    mentioned: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows."""
        return (*self.in_messages, *self.elsewhere, *self.mentioned)


def code_files(
    entries: Sequence[Entry], texts: Sequence[str], carried: CarriedRows | None = None
) -> dict[str, Payload]:
    """Return the files that `CodeIndex` reads, by name.

    Args:
        entries: The new entries, in the order of their rows.
        texts: All that each of them says.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    mentions = map(_mentions, entries, texts)
    postings = postings_of(zip(new_rows(carried, len(entries)), mentions, strict=True), _COLUMNS)
    if carried is not None:
        postings = merged(_postings(carried.generation.arrays(_FILE)), postings, carried)
    return {
        _FILE: {
            "codes": postings.block,
            "code_starts": postings.term_starts,
            "starts": postings.starts,
            "rows": postings.rows,
            **postings.columns,
        },
    }


def _postings(arrays: Mapping[str, npt.NDArray[Any]]) -> Postings:
    columns = {name: arrays[name] for name in _COLUMNS}
    return Postings(arrays["codes"], arrays["code_starts"], arrays["starts"], arrays["rows"], columns)


def _mentions(entry: Entry, text: str) -> _Mentions:
    """Return the codes that an entry has, which says `text` altogether."""
    mentions: _Mentions = {}
    for code in (code for message in (entry.title, *entry.messages) for code in codes_in(message_text(message))):
        if code.is_shared:
            _note(mentions, code.key, in_message=False, evidence=Evidence.NUMBER)
            continue
        _note(mentions, code.key, in_message=True, evidence=code.evidence)
        family = family_of(code.key)
        least = Evidence.NAMED if _is_short(code.key) else Evidence.PLACED
        if family is not None and code.evidence >= least:
            _note(mentions, family, in_message=True, evidence=code.evidence)
    shared: set[str] = set()
    for code in codes_in(text):
        shared |= {code.key} if code.is_shared else set()
        _note(mentions, code.key, in_message=False, evidence=_evidence(code))
    for key, evidence in shown_numbers(entry):
        shown = Evidence.NUMBER if key in shared else evidence
        _note(mentions, key, in_message=shown is Evidence.PLACED, evidence=shown)
    return mentions


def _note(mentions: _Mentions, key: str, *, in_message: bool, evidence: Evidence) -> None:
    """Note that an entry has a code; the best evidence of all places counts."""
    was_in_message, best = mentions.get(key, (False, Evidence.NUMBER))
    mentions[key] = (was_in_message or in_message, max(best, evidence))


def _evidence(code: Code) -> Evidence:
    return Evidence.NUMBER if code.is_shared else code.evidence


def _is_short(key: str) -> bool:
    """Whether a code has fewer than three digits: much is written so ("s3", "il10", "b12")."""
    return sum(map(str.isdigit, key)) < _FEW_DIGITS


def _alike(letters: str, digits: int) -> Iterator[str]:
    """Yield the families from which one differs by a letter, or of a short number by a digit more or less."""
    if digits < _FEW_DIGITS:
        yield from (f"{letters}#{other}" for other in (digits - 1, digits + 1) if other > 0)
    if len(letters) >= _FEW_DIGITS:
        for at in range(len(letters)):
            for letter in ascii_lowercase:
                yield f"{letters[:at]}{letter}{letters[at + 1 :]}#{digits}"


class CodeIndex:
    """The codes of a generation."""

    def __init__(self, generation: Generation) -> None:
        arrays = generation.arrays(_FILE)
        self._codes = TermList(arrays["codes"], arrays["code_starts"])
        self._starts: npt.NDArray[np.int64] = arrays["starts"]
        self._rows: npt.NDArray[np.int32] = arrays["rows"]
        self._in_message: npt.NDArray[np.bool_] = arrays["in_message"]
        self._evidence: npt.NDArray[np.uint8] = arrays["evidence"]

    def find(self, code: Code) -> CodeEntries:
        """Return the entries that name a code: it is one where it, or the entry, says so."""
        row = self._codes.row(code.key)
        if row is None:
            return CodeEntries()
        own = slice(int(self._starts[row]), int(self._starts[row + 1]))
        rows, in_message = self._rows[own], self._in_message[own]
        evidence = self._evidence[own]
        is_code = (evidence >= Evidence.PLACED) | ((evidence >= Evidence.SHAPED) & (code.evidence is Evidence.NAMED))
        groups = (rows[is_code & in_message], rows[is_code & ~in_message], rows[~is_code])
        return CodeEntries(*(tuple(map(int, group)) for group in groups))

    def is_certain(self, code: Code, *, is_alone: bool = False) -> bool:
        """Whether it is a code beyond doubt: a word says so, or documented ones are written so (E-2041, E-2040).

        Args:
            code: What looks like one.
            is_alone: Whether nothing else is asked about; then it is one if it is written as codes are, "PGMP-16".
        """
        if code.evidence is Evidence.NAMED:
            return True
        if (family := family_of(code.key)) is None:
            return False
        is_written_so = _WRITTEN_AS_CODE.fullmatch(code.text) is not None
        if _is_short(code.key) and not is_written_so:
            return False
        letters, _, digits = family.partition("#")
        alike = [family, *(_alike(letters, int(digits)) if is_written_so else ())]
        return (is_alone and is_written_so) or any(self._codes.row(each) is not None for each in alike)
