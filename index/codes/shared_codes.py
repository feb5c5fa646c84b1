"""Codes that many errors carry: an exit status, the class of an SQLSTATE, a line of a stack, an exception.

"ERROR 1364 (HY000)" is error 1364; HY000 stands beside a hundred others. A code that is shared never tells which error
it is while another code of the text is nobody's.
"""

from __future__ import annotations

import re

from index.codes.code_evidence import SYSTEM_ERRORS

_KIND = re.compile(r"[1-5]\d\d|[a-z]+(?:exception|error|fault)")
_SQL_CLASS = re.compile(r"hy\d\d\d|[0-9a-z]{2}000")
_BEFORE_SQL_CLASS = re.compile(r"sqlstate\W{0,3}\Z|\d \(\Z|\d\]\W{0,2}\[\Z", re.IGNORECASE)
_STACK_LINES = frozenset({"ora6512", "ora6510", "ora604", "ora4088", "ora2063"})
_EXIT = re.compile(
    r"(?:\bexit(?:ed|s)?|\bstatus|\breturned)(?: with)?(?: a)?(?: non-?zero)?(?: exit)?(?: status| code)?\W{0,3}\Z",
    re.IGNORECASE,
)
_MAKE = re.compile(r"(?:\*\*\*|\bmake(?:\[\d+\])?:) (?:\[[^\]\n]{0,80}\] )?error \Z", re.IGNORECASE)
_EXIT_DIGITS = 3
_OF_ANY_FAILURE = frozenset({"1", "2", "255"})
_AFTER_CLAUSE = re.compile(r"(?:^|[.:;,(\n\]-])\s*[^.:;,(\n\]]{0,30}\Z")
_READ = 100  # characters before a code


def is_shared(text: str, start: int, key: str) -> bool:
    """Whether a code of a folded text is one that many errors carry, whichever of them it is.

    An exit status is, where it is 1 or 2 or a clause of its own: "upload failed: exit status 7". In "the container
    stops with exit code 137" it is what the sentence is about.

    >>> is_shared("ERROR 1364 (HY000)", 12, "hy000"), is_shared("ERROR 1364 (HY000)", 6, "1364")
    (True, False)
    """
    before = text[max(0, start - _READ) : start]
    if key in _STACK_LINES or (before[-6:].casefold() == "error " and _MAKE.search(before)):
        return True
    if _SQL_CLASS.fullmatch(key):
        return _BEFORE_SQL_CLASS.search(before) is not None
    if not (key.isdigit() and len(key) <= _EXIT_DIGITS) or (exits := _EXIT.search(before)) is None:
        return False
    clause = _AFTER_CLAUSE.search(before[: exits.start()])
    return key in _OF_ANY_FAILURE or (clause is not None and not any(map(str.isalpha, clause[0])))


def names_a_kind(key: str) -> bool:
    """Whether a code names a kind of failure that many errors are of: a status of HTTP, an exception, an errno."""
    return _KIND.fullmatch(key) is not None or key.upper() in SYSTEM_ERRORS
