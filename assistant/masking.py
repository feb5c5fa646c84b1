"""Masks what may identify a person in a text, before the journal keeps it."""

from __future__ import annotations

import re

_CURRENCY = r"(?:[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|GBP|AUD|NZD|CAD)\b)"
_GREETING = r"(?i:dear|hi|hello|hey|thanks|thank you|regards|cheers|sincerely|mr|mrs|ms|dr)"
_CAPITAL = r"[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f]"
_NAME = rf"{_CAPITAL}[\w'\u2019-]+(?:[^\S\n]+{_CAPITAL}[\w'\u2019-]+)*"
_NOT_GIVEN = (  # what follows "the password is" in a description of an error
    "not|wrong|incorrect|invalid|required|too|expired|missing|correct|empty|rejected|the|a|being|reset|changed|accepted"
    "|never|on|in|at"
)
_CLOSING = r"(?i:(?:kind |best |warm )?(?:regards|wishes)|cheers|sincerely|many thanks|thanks)"
_STREET = r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|close|court|square|boulevard|blvd)"
_POSTCODE = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4,5})"
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"(?i)\b(authorization\s*:\s*)(?:(?:bearer|basic|digest|token)\s+)?\S+", r"\1[secret]"),
        (r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}", r"\1[secret]"),
        (r"\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA)[_-]?(?:live_|test_)?[\w-]{10,}", "[secret]"),
        (r"(?i)([?&;](?:[\w-]*(?:token|key|secret|password|signature|sig|session|code))=)[^\s&#]+", r"\1[secret]"),
        (
            (
                r"(?i)\b((?:password|passwd|passphrase|passcode|pwd|pw|pin|secret|api[_ -]?key)"
                rf"(?:\s*[=:]\s*|\s+(?:is|was)\s+(?!(?:{_NOT_GIVEN})\b)))[^\s,;]+"
            ),
            r"\1[secret]",
        ),
        (r"(?i)\b((?:https?|ftps?|sftp|smb|file|ssh|ldap)://)\S+|\bwww\.\S+", "[address]"),
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*", "[e-mail]"),
        (r"(?i)(\\users\\|/(?:home|users)/)[\w.-]+", r"\1[name]"),
        (r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4})+(?![\w:])", "[address]"),
        (r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])", "[address]"),
        (rf"((?i:\b(?:my name is|my name's|i am called|this is) ))(?:(?i:mr|mrs|ms|dr)\.?\s+)?{_NAME}", r"\1[name]"),
        (
            (
                rf"(?m)^([> \t]*{_CLOSING},?[ \t]*\n[> \t]*){_NAME}(?=[ \t]*$)"
                rf"(?:[ \t]*\n[> \t]*{_NAME}(?=[ \t]*$))?"
            ),
            r"\1[name]",
        ),
        (
            (
                rf"\b\d{{1,4}}[a-zA-Z]?,? (?:{_CAPITAL}[\w'-]+ ){{1,3}}(?i:{_STREET})\b\.?"
                rf"(?:,? [A-Z][\w-]+){{0,2}}(?:,? {_POSTCODE}\b)?"
            ),
            "[place]",
        ),
        (
            (
                rf"\b{_CAPITAL}[\w-]*(?i:stra\u00dfe|strasse|str\.|weg|gasse|platz) \d{{1,4}}[a-z]?"
                rf"(?:,? \d{{4,5}} {_CAPITAL}[\w-]+)?"
            ),
            "[place]",
        ),
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

    Masked are passwords and tokens; e-mail, web, network and street addresses; names in greetings, signatures, mail
    headers, paths and after "my name is"; amounts of money; long numbers and ids.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
