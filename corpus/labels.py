"""The words that say which part of an entry follows: "Cause:", "How to resolve", "Error message" ..."""

from __future__ import annotations

import re
from enum import StrEnum


class Label(StrEnum):
    """A part of an entry, whatever an article calls it."""

    MESSAGE = "message"
    SYMPTOMS = "symptoms"
    CAUSE = "cause"
    SOLUTION = "solution"
    NOTE = "note"
    CAUTION = "caution"
    CONTEXT = "context"


_SYNONYMS = {
    Label.MESSAGE: "message, messages, error, error message, error messages, issue, problem, code, error code",
    Label.SYMPTOMS: "symptom, symptoms",
    Label.CAUSE: "cause, causes, explanation, reason, reasons, why does this happen, why this happens, possible causes",
    Label.SOLUTION: "solution, solutions, resolution, fix, action, how to resolve, how to fix, workaround,"
    " possible solution, possible solutions, what to do",
    Label.NOTE: "note, notes, tip, important note",
    Label.CAUTION: "caution, warning, important",
    Label.CONTEXT: "applies to, where, product, plan, context",
}
_BY_WORDS = {words.strip(): label for label, synonyms in _SYNONYMS.items() for words in synonyms.split(",")}
_BOLD_LABEL = re.compile(r"(?P<mark>\*\*|__)(?P<words>[^*_\n]{2,40}?)(?P<colon>:?)(?P=mark)(?P<after>:?)[ \t]*")


def label_of(words: str) -> Label | None:
    """Return the label that `words` are a name of ("Error message:" is `Label.MESSAGE`), or None."""
    return _BY_WORDS.get(re.sub(r"\s+", " ", words).strip(" :?.").casefold())


def bold_label(line: str) -> tuple[Label, str] | None:
    """Split "**Cause:** text" into its label and "text"; None where a line does not begin with a bold label.

    A colon is required, inside the bold words or after them, unless they fill the line.
    """
    found = _BOLD_LABEL.match(line)
    if found is None:
        return None
    rest = line[found.end() :]
    label = label_of(found["words"])
    if label is None or (rest and not found["colon"] and not found["after"]):
        return None
    return label, rest
