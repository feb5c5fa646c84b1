"""Masks what may identify a person in a text, before the journal keeps it."""

from __future__ import annotations

import re

_CURRENCY = r"(?:[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|GBP|AUD|NZD|CAD)\b)"
_GREETING = r"(?i:dear|hi|hello|hey|thanks|thank you|regards|cheers|sincerely|mr|mrs|ms|dr)"
_NAME = r"[A-Z][\w'\u2019-]+(?:[^\S\n]+[A-Z][\w'\u2019-]+)*"
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "[e-mail]"),
        (r"\bhttps?://\S+|\bwww\.\S+", "[address]"),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "[id]"),
        (rf"\b({_GREETING}[,.]?\s+)(?:(?i:mr|mrs|ms|dr)\.?\s+)?{_NAME}", r"\1[name]"),
        (rf"(?m)^([> \t]*(?i:from|to|cc|bcc|reply-to)[ \t]*:[ \t]*)[\"']?{_NAME}", r"\1[name]"),
        (rf"{_CURRENCY}\s?\d(?:[\d.,' ]*\d)?", "[amount]"),
        (rf"\b\d[\d.,']*\s?(?:{_CURRENCY}|(?:dollars|euros|pounds)\b)", "[amount]"),
        (r"\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b|\b\d+\.\d{2}\b", "[amount]"),
        (r"\+?\d(?:[\s()./-]?\d){5,}", "[number]"),
        (r"\b(?=\w*\d)(?=\w*[^\W\d_])\w{8,}\b|\b[A-Za-z]+-\d{4,}(?:-\w+)*\b", "[id]"),
        (r"\b\d{5,}\b", "[number]"),
    )
)


def mask(text: str) -> str:
    """Return a text with placeholders such as [e-mail] for what may identify a person.

    Masked are e-mail and web addresses, names in greetings and mail headers, amounts of money, long numbers and ids.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
