"""Which entries name a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.article import Entry
from corpus.codes import codes_in
from corpus.shown import message_text
from index.generation import Generation
from index.payload import Payload
from index.terms import TermList, pack_terms

_CODES, _CODE_STARTS, _CODE_ROW_STARTS, _CODE_ROWS, _CODE_IN_MESSAGE = (
    "codes.bin",
    "code-starts.npy",
    "code-row-starts.npy",
    "code-rows.npy",
    "code-in-message.npy",
)


@dataclass(frozen=True, slots=True)
class Documented:
    """The entries that name a code.

    Attributes:
        in_messages: Rows of entries with the code in a message.
        elsewhere: Rows of entries that have it only in another part.
    """

    in_messages: tuple[int, ...]
    elsewhere: tuple[int, ...]


def code_files(entries: Sequence[Entry], texts: Sequence[str]) -> dict[str, Payload]:
    """Return the files that `CodeTable` reads, by name; `texts` are all that each entry says."""
    found: dict[str, dict[int, bool]] = {}
    for row, (entry, text) in enumerate(zip(entries, texts, strict=True)):
        for message in entry.messages:
            for code in codes_in(message_text(message)):
                found.setdefault(code.key, {})[row] = True
        for code in codes_in(text):
            found.setdefault(code.key, {}).setdefault(row, False)
    keys = sorted(found, key=str.encode)
    block, starts = pack_terms(keys)
    return {
        _CODES: block,
        _CODE_STARTS: starts,
        _CODE_ROW_STARTS: np.cumsum([0, *(len(found[key]) for key in keys)], dtype=np.int64),
        _CODE_ROWS: np.array([row for key in keys for row in found[key]], dtype=np.int32),
        _CODE_IN_MESSAGE: np.array([told for key in keys for told in found[key].values()], dtype=np.bool_),
    }


class CodeTable:
    """The codes of a generation."""

    def __init__(self, generation: Generation) -> None:
        self._codes = TermList(generation.bytes_of(_CODES), generation.array(_CODE_STARTS))
        self._starts: npt.NDArray[np.int64] = generation.array(_CODE_ROW_STARTS)
        self._rows: npt.NDArray[np.int32] = generation.array(_CODE_ROWS)
        self._in_message: npt.NDArray[np.bool_] = generation.array(_CODE_IN_MESSAGE)

    def find(self, code_key: str) -> Documented:
        """Return the entries that name a code."""
        row = self._codes.row(code_key)
        own = slice(0, 0) if row is None else slice(int(self._starts[row]), int(self._starts[row + 1]))
        rows, told = self._rows[own], self._in_message[own]
        return Documented(tuple(map(int, rows[told])), tuple(map(int, rows[~told])))
