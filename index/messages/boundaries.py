"""Where a message that is only partly there may have been cut: at the end of the text, a quotation, a sentence, a line.

A message that stops in the middle of a sentence which then goes on with other words is another message.
"""

from __future__ import annotations

import re

from index.codes.code_evidence import CONTEXT
from index.codes.error_codes import Evidence, code_spans
from index.codes.shared_codes import is_shared
from index.messages.paste import Paste

_SENTENCE_END = re.compile(r"[.!?\u2026][\"'`)\]]{0,3}\s")
_BLANK_LINE = re.compile(r"\n[ \t\r>|*-]*\n")
_BEFORE_MESSAGE = re.compile(r"(?:[=|>\]]|[:;](?=\W))\W{0,12}\Z|[.!?\u2026][\"'`)\]]{0,3}\s")
_OPENING_QUOTE = re.compile(r"[\"'`*](?=[^\w\s]{0,4}\Z)")  # or **bold**
_CLOSING_QUOTE = re.compile(r"[\"'`*](?=[\"'`*]{0,2}[\s.,;:!?)\]-])")
_PUNCTUATION = re.compile(r"[^\w\s>|,-]")
_CODE_BEFORE = 200  # characters
_LOG_LINE = re.compile(r"\n[ \t]*[\[(]")
_TIME_OR_ITEM = re.compile(r"\d{4}-\d\d|\d{1,2}[:/.]\d\d|\d{1,2}[.)]\s")
_INTRODUCES = frozenset("says said reads shows showing shown displays states error message".split())
"""After them a message is quoted, with marks or without: "it says You have recorded ..."."""


def may_begin(paste: Paste, place: int, *, beside_value: bool) -> bool:
    """Whether what stands before a token ends there, so that a message cut at its front may begin with the token.

    Args:
        paste: The text.
        place: The token.
        beside_value: A value in quotation marks begins there: one mark before it is its own.
    """
    separator = paste.separators[place]
    if place and separator == ". " and len(paste.keys[place - 1]) == 1 and paste.keys[place - 1].isalpha():
        return False  # T. Adeyemi
    if place and separator.isspace() and paste.keys[place - 1] in _INTRODUCES:
        return True
    if place in (0, paste.size) or _BEFORE_MESSAGE.search(separator) or _BLANK_LINE.search(separator):
        return True
    if "\n" in separator and (_PUNCTUATION.search(separator) or _starts_afresh(paste, place)):
        return True
    return len(_OPENING_QUOTE.findall(separator)) > beside_value


def may_end(paste: Paste, place: int, *, beside_value: bool) -> bool:
    """Whether a text that stops before a token stops there by itself, so that a message may have been cut there."""
    separator = paste.separators[place]
    is_initial = len(paste.keys[place - 1]) == 1 and separator[:2] == ". "  # T. Adeyemi
    if (
        place in (0, paste.size)
        or _BLANK_LINE.search(separator)
        or (_SENTENCE_END.search(separator) and not is_initial)
    ):
        return True
    if "\n" in separator and _starts_afresh(paste, place) and (separator[0] not in ":," or _LOG_LINE.search(separator)):
        return True
    return len(_CLOSING_QUOTE.findall(separator)) > beside_value or separator[0] in ")]}|"


def _starts_afresh(paste: Paste, place: int) -> bool:
    """A line that begins with a capital, a time or a bracket is a new one, unless the one before it is all capitals."""
    separator = paste.separators[place]
    start, end = paste.tokens.spans[place]
    text = paste.tokens.folded.text
    if separator.rstrip(" \t")[-1:] in "[(*#-" or _TIME_OR_ITEM.match(text, start):
        return True
    line = text[max(0, start - len(separator) - 12) : start - len(separator)]
    return text[start].isupper() and not (line.isupper() and text[start:end].isupper())


def other_code_before(paste: Paste, place: int) -> bool:
    """Whether a code stands shortly before a token, with no blank line between: what follows is said of that error."""
    start = paste.tokens.spans[place][0]
    before = paste.tokens.folded.text[max(0, start - _CODE_BEFORE) : start]
    before = _BLANK_LINE.split(before)[-1]
    return any(
        evidence > Evidence.SHAPED and not is_shared(before, at, key) for at, _, key, evidence in code_spans(before)
    )


def other_code(paste: Paste, place: int) -> bool:
    """Whether a token is (part of) a code: where a documented code was expected, this is another error's."""
    if not 0 <= place < paste.size:
        return False
    start, end = paste.tokens.spans[place]
    text = paste.tokens.folded.text
    offset = max(0, start - CONTEXT)
    return any(
        evidence > Evidence.SHAPED and offset + first < end and start < offset + last
        for first, last, _, evidence in code_spans(text[offset : end + CONTEXT])
    )
