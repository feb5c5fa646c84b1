"""Which entries name a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from index.analysis.paste_cleanup import message_text
from index.analysis.terms import TermList, pack_terms
from index.messages.error_codes import Code, Evidence, codes_in, family_of
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "codes.safetensors"
_Mentions = dict[str, dict[int, tuple[bool, Evidence]]]  # a code's key, an entry's row: in a message? the best evidence


@dataclass(frozen=True, slots=True)
class CodeEntries:
    """The entries that name a code.

    Attributes:
        in_messages: Rows of entries with the code in a message.
        elsewhere: Rows of entries that have it only in another part.
        mentioned: Rows of entries that have what is written like it, where neither they nor the query say that it is a
            code: "p53" is a gene.
    """

    in_messages: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    mentioned: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows."""
        return (*self.in_messages, *self.elsewhere, *self.mentioned)


def code_files(entries: Sequence[Entry], texts: Sequence[str]) -> dict[str, Payload]:
    """Return the files that `CodeIndex` reads, by name; `texts` are all that each entry says."""
    mentions: _Mentions = {}
    for row, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        for code in (code for message in entry.messages for code in codes_in(message_text(message))):
            _note(mentions, code.key, row, in_message=True, evidence=code.evidence)
            family = family_of(code.key)
            if family is not None and code.evidence >= Evidence.PLACED:
                _note(mentions, family, row, in_message=True, evidence=code.evidence)
        for code in codes_in(text):
            _note(mentions, code.key, row, in_message=False, evidence=code.evidence)
    keys = sorted(mentions, key=str.encode)
    block, starts = pack_terms(keys)
    return {
        _FILE: {
            "codes": block,
            "code_starts": starts,
            "starts": np.cumsum([0, *(len(mentions[key]) for key in keys)], dtype=np.int64),
            "rows": np.array([row for key in keys for row in mentions[key]], dtype=np.int32),
            "in_message": np.array([is_in for key in keys for is_in, _ in mentions[key].values()], dtype=np.bool_),
            "evidence": np.array([best for key in keys for _, best in mentions[key].values()], dtype=np.uint8),
        },
    }


def _note(mentions: _Mentions, key: str, row: int, *, in_message: bool, evidence: Evidence) -> None:
    """Note that an entry has a code; the best evidence of all places counts."""
    was_in_message, best = mentions.setdefault(key, {}).get(row, (False, Evidence.SHAPED))
    mentions[key][row] = (was_in_message or in_message, max(best, evidence))


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
        is_code = (self._evidence[own] >= Evidence.PLACED) | (code.evidence is Evidence.NAMED)
        groups = (rows[is_code & in_message], rows[is_code & ~in_message], rows[~is_code])
        return CodeEntries(*(tuple(map(int, group)) for group in groups))

    def is_certain(self, code: Code) -> bool:
        """Whether it is a code beyond doubt: a word says so, or documented ones are written so (E-2041, E-2040)."""
        family = family_of(code.key)
        return code.evidence is Evidence.NAMED or (family is not None and self._codes.row(family) is not None)
