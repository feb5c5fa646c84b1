"""Where a message that is only partly there may have been cut: at the end of the text, a quotation, a sentence, a line.

A message that stops in the middle of a sentence which then goes on with other words is another message.
"""

from __future__ import annotations

import re

from index.messages.error_codes import Evidence, code_spans
from index.messages.paste import Reading

_SENTENCE_END = re.compile(r"[.!?\u2026][\"'`)\]]{0,3}\s")
_BLANK_LINE = re.compile(r"\n[ \t\r>|*-]*\n")
_BEFORE_MESSAGE = re.compile(r"(?:[=|>\]]|[:;](?=\W))\W{0,12}\Z|[.!?\u2026][\"'`)\]]{0,3}\s")
_OPENING_QUOTE = re.compile(r"[\"'`*](?=[^\w\s]{0,4}\Z)")  # or **bold**
_CLOSING_QUOTE = re.compile(r"[\"'`*](?=[\"'`*]{0,2}[\s.,;:!?)\]-])")
_PUNCTUATION = re.compile(r"[^\w\s>|,-]")
_LOG_LINE = re.compile(r"\n[ \t]*[\[(]")
_TIME_OR_ITEM = re.compile(r"\d{4}-\d\d|\d{1,2}[:/.]\d\d|\d{1,2}[.)]\s")
_INTRODUCES = frozenset("says said reads shows showing shown displays states error message".split())
"""After them a message is quoted, with marks or without: "it says You have recorded ..."."""
_NEAR = 12  # characters beside an atom
_AROUND_CODE = 48


def may_begin(reading: Reading, place: int, *, beside_value: bool) -> bool:
    """Whether what stands before an atom ends there, so that a message cut at its front may begin with the atom.

    Args:
        reading: The text.
        place: The atom.
        beside_value: A value in quotation marks begins there: one mark before it is its own.
    """
    seam = reading.seams[place]
    if place and seam.isspace() and reading.keys[place - 1] in _INTRODUCES:
        return True
    if place in (0, reading.size) or _BEFORE_MESSAGE.search(seam) or _BLANK_LINE.search(seam):
        return True
    if "\n" in seam and (_PUNCTUATION.search(seam) or _starts_afresh(reading, place)):
        return True
    return len(_OPENING_QUOTE.findall(seam[-_NEAR:])) > beside_value


def may_end(reading: Reading, place: int, *, beside_value: bool) -> bool:
    """Whether a text that stops before an atom stops there by itself, so that a message may have been cut there."""
    seam = reading.seams[place]
    if place in (0, reading.size) or _SENTENCE_END.search(seam) or _BLANK_LINE.search(seam):
        return True
    if "\n" in seam and _starts_afresh(reading, place) and (seam[0] not in ":," or _LOG_LINE.search(seam)):
        return True
    return len(_CLOSING_QUOTE.findall(seam[:_NEAR])) > beside_value or seam[0] in ")]}|"


def _starts_afresh(reading: Reading, place: int) -> bool:
    """A line that begins with a capital, a time or a bracket is a new one, unless the one before it is all capitals."""
    seam = reading.seams[place]
    start, end = reading.atoms.spans[place]
    text = reading.atoms.folded.text
    if seam.rstrip(" \t")[-1:] in "[(*#-" or _TIME_OR_ITEM.match(text, start):
        return True
    line = text[max(0, start - len(seam) - 12) : start - len(seam)]
    return text[start].isupper() and not (line.isupper() and text[start:end].isupper())


def other_code(reading: Reading, place: int) -> bool:
    """Whether an atom is (part of) a code: where a documented code was expected, this is another error's."""
    if not 0 <= place < reading.size:
        return False
    start, end = reading.atoms.spans[place]
    text = reading.atoms.folded.text
    offset = max(0, start - _AROUND_CODE)
    return any(
        evidence > Evidence.SHAPED and offset + first < end and start < offset + last
        for first, last, _, evidence in code_spans(text[offset : end + _AROUND_CODE])
    )
