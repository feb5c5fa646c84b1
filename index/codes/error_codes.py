"""Error codes: the part of a message that names the error and never changes, unlike the values in it.

0x80070005, ORA-01017, E-2041, SQLSTATE 42P01, HTTP 403, Error 809, 550 5.1.1 and ERR_CONNECTION_RESET are codes; 200 in
"Account code '200' has been archived" is a value. What decides is a word before it, its form, or where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.analysis.tokens import fold
from index.codes.code_evidence import MAIL_REPLY, MAIL_STATUS, SYSTEM_ERRORS, Evidence, TokenContext
from index.codes.shared_codes import is_shared

__all__ = ["Code", "Evidence", "code_key", "code_spans", "codes_in", "family_of", "one_of_each"]


@dataclass(frozen=True, slots=True)
class Code:
    """A code in a text.

    Attributes:
        text: As it stands there.
        key: Equal for every way to write it: "ORA-01017" and "ora 1017" are ora1017, "-2147024891" is 0x80070005.
        start: Its first character, as a code point of the text.
        end: The character after it.
        evidence: Why it is taken for a code.
        is_shared: Many errors carry it, whichever of them it is.
    """

    text: str
    key: str
    start: int
    end: int
    evidence: Evidence
    is_shared: bool = False


def codes_in(text: str) -> tuple[Code, ...]:
    """Return the codes of a text in order, none overlapping another.

    In "Error 809 on tray 2" the code is 809; in "account code '200'" there is none, because it is the account that has
    the code. A text that is nothing but a number may be a code.
    """
    folded = fold(text)
    return tuple(
        Code(
            text[(start := folded.origin(first)) : (end := folded.origin(last))],
            key,
            start,
            end,
            evidence,
            is_shared(folded.text, first, key),
        )
        for first, last, key, evidence in code_spans(folded.text)
    )


def one_of_each(codes: Iterable[Code]) -> Iterable[Code]:
    """Return the codes without those that a text has again, written and introduced alike."""
    return {(code.text, code.key, code.evidence, code.is_shared): code for code in codes}.values()


def code_spans(text: str) -> Iterator[tuple[int, int, str, Evidence]]:
    """Yield (start, end, key, evidence) of each code of a folded text."""
    named_until = -1
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        token = match[0]
        if token.endswith(_NAME_ENDS) or token[0] == "E":
            name = token.rpartition(".")[2]  # java.io.IOException
            if name in SYSTEM_ERRORS:
                yield end - len(name), end, code_key(name), Evidence.NAMED
            elif _EXCEPTION.fullmatch(name):
                yield end - len(name), end, code_key(name), Evidence.PLACED
        if not (any(map(str.isdigit, token)) or "_" in token) or _starts_mail_reply(text, token, end):
            continue
        evidence = TokenContext(text, start, end).evidence(follows_code=named_until)
        if evidence is None:
            continue
        if start and text[start - 1] == "-" and _HRESULT.fullmatch(token):
            start -= 1
        if MAIL_STATUS.fullmatch(token) and (reply := MAIL_REPLY.search(text, max(0, start - 4), start)):
            start = reply.start()
        if evidence is Evidence.NAMED:
            named_until = end
        yield start, end, code_key(text[start:end]), evidence


def family_of(code_key: str) -> str | None:
    """Return how the code is written, which others of its product share: "ora1017" is "ora#4"; None for a number."""
    match = _FAMILY.fullmatch(code_key)
    return f"{match[1]}#{len(match[2])}" if match else None


def code_key(code: str) -> str:
    """Return the form in which equal codes are equal.

    Case and separators go, and the zeros that fill up a number: "ORA-01017" and "ora 1017" are ora1017. Hex numbers and
    the negative decimals that stand for them are one: "-2147467259" and "0X80004005" are 0x80004005.
    """
    compact = code.casefold()
    if compact.startswith("-") and _HRESULT.fullmatch(compact[1:]):
        return f"0x{int(compact) & 0xFFFFFFFF:x}"
    if compact.isdigit() and not compact.startswith("8"):  # most are; 80070005 is a hex number
        return compact
    if match := _HEX.fullmatch(compact):
        return f"0x{match[1] or match[2]}"
    if _NUMBERS.fullmatch(compact):
        return compact.replace("-", " ")
    return _FILLING.sub("", _SEPARATORS.sub("", compact))


_TOKEN = re.compile(r"\w+(?:[-.]\w+)*")
_NAME_ENDS = ("Exception", "Error", "Fault")
_EXCEPTION = re.compile(r"(?:[A-Z][a-z0-9]{1,30}){1,8}(?:Exception|Error|Fault)")
_FAMILY = re.compile(r"([a-z]{1,10})(\d{1,8})")
_HRESULT = re.compile(r"[12]\d{9}")
_HEX = re.compile(r"0x0*([0-9a-f]+)|([8c][0-9a-f]{7})")
_NUMBERS = re.compile(r"\d+(?:[ .-]\d+)+")
_SEPARATORS = re.compile(r"[\s._-]")
_FILLING = re.compile(r"(?<=[a-z])0+(?=\d{3})")


def _starts_mail_reply(text: str, token: str, end: int) -> bool:
    """The 550 of "550 5.1.1" is one code with what follows it."""
    return token.isdigit() and len(token) == 3 and MAIL_STATUS.match(text, end + 1) is not None
