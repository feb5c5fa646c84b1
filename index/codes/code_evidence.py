"""Evidence that a token is an error code: a word before it, its form, or where it stands."""

from __future__ import annotations

import re
from enum import IntEnum

from index.analysis.lexicon import FUNCTION_WORDS, UNITS, words

KINDS_OF_CODE = words(
    "error err exit return returned result status stop fault failure reason event response warning alarm abort",
    "diagnostic trouble http exception system service problem fehler",
)
"""Before "code" or "number": an error code is a code, an account code is the account's."""

CODE_NOUNS = words("code codes number no nr status")

ERROR_WORDS = words(
    "error err fault exception alarm errno warning status trap msg rc sqlcode hresult ntstatus bugcheck signal fehler",
    "erreur",
)
"""Directly before a number they make it a code: "Error 809"."""

WORDS_BEFORE_CODE = words(
    "with a an the this that by return returns returned give gives gave show shows showed and or got get gets is was",
    "has say says",
)
"""Before a bare "code" they leave it open whose it is, and so it is the error's: "failed with code 43"."""

NOT_CODED = words(
    "address addr pointer ptr offset at rip eip base handle thread tid pid ppid process id resp req response request",
    "mask flags register reg port size len length value val data session object instance module image key seq to from",
)
"""Before a hex number they make it a value of this run: a place in memory, a handle, a thread."""

CODE_KEYS = words("error err errno code hr hresult status rc result ret retval ntstatus reason sqlcode lasterror")
"""Before an equals sign they make a hex number a code: "hr=0x80070005", but "resp=0x1f" is a value."""

NUMBERED_THINGS = words("times time errors of attempts files items entries rows records")
"""After a number they make it a count: "error 3 times"."""

STATUS_NAMES = (
    "ok|created|accepted|no content|partial content|moved permanently|found|see other|not modified|temporary redirect|"
    "permanent redirect|bad request|unauthorized|unauthorised|payment required|forbidden|not found|method not allowed|"
    "not acceptable|proxy authentication required|request timeout|conflict|gone|length required|precondition failed|"
    "payload too large|uri too long|unsupported media type|expectation failed|unprocessable entity|"
    "unprocessable content|locked|failed dependency|too many requests|internal server error|not implemented|"
    "bad gateway|service unavailable|gateway timeout|insufficient storage"
)
"""The reason phrases of HTTP (RFC 9110, RFC 4918, RFC 6585)."""

FAMILIES = "ORA|TNS|PLS|SP2|RMAN|KUP|DRG|AADSTS|PGRST|SQL|MSB|LNK|NETSDK|NU|KB|JBAS|HHH|SRVE|AH|BC|CS|TS|CE"
"""Letters that begin the codes of one product each: Oracle, Entra, PostgREST, Db2, MSBuild, .NET, Windows updates."""

NAME_STARTS = words("E ERR ERROR NS SEC SSL DNS STATUS WSA EAI HRESULT")
ERROR_NAMES = words(
    "ERR ERROR ERRORS EXCEPTION FAIL FAILURE DENIED INVALID REFUSED TIMEOUT TIMED EXPIRED RESET ABORTED MISSING",
    "VIOLATION UNAVAILABLE UNREACHABLE EXCEEDED UNSUPPORTED CORRUPT FAULT MISMATCH NXDOMAIN",
)
"""Parts that make a name in capitals and underscores a code: DNS_PROBE_FINISHED_NXDOMAIN, but not PROD_EU.

FAILED is none of them: CREATE_FAILED is the state that something is in after whatever error.
"""

SYSTEM_ERRORS = words(
    "EACCES EPERM ENOENT EEXIST EBUSY EIO EINVAL ENOSPC EPIPE EAGAIN ENOMEM EMFILE ENOTDIR EISDIR ENOTEMPTY EROFS",
    "EXDEV ECONNREFUSED ECONNRESET ECONNABORTED ETIMEDOUT EHOSTUNREACH ENETUNREACH EADDRINUSE ENOTFOUND ELIFECYCLE",
)
"""Names of errno (POSIX) as programs print them."""

CONTEXT = 48  # characters before a token that say whether it is a code; no paste changes between 24 and 96
MAIL_REPLY = re.compile(r"(?<![\w.])[245]\d\d[ -]\Z")
MAIL_STATUS = re.compile(r"(?:[245]\d\d-)?[245]\.\d{1,3}\.\d{1,3}")
_HEX = re.compile(r"0x[0-9a-f]{2,8}", re.IGNORECASE)
_SHAPE = re.compile(r"[A-Za-z]{1,10}-?\d{2,8}[A-Za-z]?|[A-Z]{1,6}-\d|(?!V)[A-Z]{1,6}\d")
_ONE_DIGIT = re.compile(r"\D+\d")
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)+")
_FAMILY = re.compile(rf"CVE-\d{{4}}-\d{{4,7}}|(?:{FAMILIES})-?\d{{3,7}}[A-Z]?", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[A-Z]{3,6}\d{3,5}[EWIS]")
_NUMBER = re.compile(
    r"\d{1,10}(?:\.\d{1,3})?|0x[0-9a-f]{1,16}|\d[0-9a-z]{1,9}|[a-z]{1,10}-?\d[0-9a-z]{0,9}(?:-\d{1,6})?", re.IGNORECASE
)
_QUANTITY = re.compile(rf"\d+(?:{'|'.join(sorted(UNITS, key=len, reverse=True))}|st|nd|rd|th|x)", re.IGNORECASE)
_COUNTED = NUMBERED_THINGS | {unit for unit in UNITS if len(unit) > 1}
_NEXT_WORD = re.compile(r"\s{1,3}([A-Za-z]+)")
_STATUS_NAME = re.compile(rf"\s(?:{STATUS_NAMES})(?!\w)", re.IGNORECASE)
_STATUS_LINE = re.compile(r"[45]\d\d(?: [A-Z][A-Za-z-]{2,20}){2,5}\W*")  # 414 Request-URI Too Large
_BEFORE_MESSAGE = re.compile(r"\d{3,5}")
_LAST_WORDS = re.compile(r"(\W*)(\w*)(\W*)(\w*)\W*(\w*)")  # of what is read backward
_OPENING = re.compile(r"[A-Z]{1,2}-?\d{2,8}")  # SC542 on printer ...
_SENTENCE = re.compile(r"\s{1,3}[A-Z](?:[a-z]|\s)")  # DFHAC2206 The program ...


class Evidence(IntEnum):
    """Evidence that something is a code, the weakest first."""

    NUMBER = 0
    """It stands in an article, among words: it may count something."""
    SHAPED = 1
    """It only looks like one: K-77 may be a code, an employee or a room."""
    BRACKETED = 2
    """It looks like one and stands alone in brackets, as codes do, and abbreviations: (E-2041), (IL-10)."""
    PLACED = 3
    """It looks like one and stands where codes stand: before a colon ("E-2041: ..."), at the beginning. Or it is the
    name of an exception, which is the program's word for an error, and often the same one for many."""
    NAMED = 4
    """A word before it says so (error, exit code, HTTP), or nothing else is written like it (0x80070005)."""


class TokenContext:
    """A token with a digit or an underscore in it and the text around it, judged as a code."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.token = text[start:end]
        self.text, self.start, self.end = text, start, end
        self.before = text[max(0, start - CONTEXT) : start]
        backward = _LAST_WORDS.match(self.before[::-1])  # subtle: so that the words further back are not looked for
        assert backward is not None
        link, last, inner_link, second, third = backward.groups()
        self.words = [word[::-1].casefold() for word in (last, second, third)]
        self.link = link[::-1]
        self.inner_link = inner_link[::-1] if second else "\n"

    def evidence(self, *, follows_code: int) -> Evidence | None:
        """Return why the token is a code, or None; a code that was named before it ended at `follows_code`."""
        if self._inside():
            return None
        if self._named() or self._follows(follows_code):
            return None if self._counts() else Evidence.NAMED
        if not (_SHAPE.fullmatch(self.token) or _IDENTIFIER.fullmatch(self.token)):
            return Evidence.SHAPED if self.token.isdigit() and self.token == self.text.strip() else None
        return self._place()

    def _follows(self, code_end: int) -> bool:
        """It stands beside a code, in brackets or before its message: "SQLSTATE[HY000] [1045]", "...: 1452 Cannot"."""
        if code_end < 0:
            return False
        link = self.text[code_end : self.start]
        in_brackets = (link in (" (", "(") and self._at_end(")")) or (link in ("] [", "][") and self._at_end("]"))
        return in_brackets or (
            _BEFORE_MESSAGE.fullmatch(self.token) is not None
            and self.before.endswith(": ")
            and _SENTENCE.match(self.text, self.end) is not None
        )

    def _inside(self) -> bool:
        """It is a piece of a path, an address or a longer number: http://host/404, a403@host, 12:30."""
        piece = self.link[-1:] in ("/", "\\", "@", "~") and not self.before.casefold().endswith("http/")
        decimal = self.link in (",", ":", ".") and self.words[0].isdigit()
        follows = self.text[self.end : self.end + 2]
        return (
            piece
            or decimal
            or follows[:1] in ("@", "\\", "%")
            or (follows[:1] in ("/", ",", ":") and follows[1:].isalnum())
        )

    def _named(self) -> bool:
        return self._form() or (_NUMBER.fullmatch(self.token) is not None and self._introduced()) or self._is_status()

    def _form(self) -> bool:
        token = self.token
        if _HEX.fullmatch(token):
            is_key = self.link.strip() == "="
            return self.words[0] in CODE_KEYS if is_key else self.words[0] not in NOT_CODED
        if MAIL_STATUS.fullmatch(token):
            return self.token[3] == "-" or self.link.endswith("#") or MAIL_REPLY.search(self.before) is not None
        if _IDENTIFIER.fullmatch(token):
            parts = token.upper().split("_")
            return parts[0] in NAME_STARTS or (token.isupper() and not ERROR_NAMES.isdisjoint(parts))
        return (_FAMILY.fullmatch(token) or _MESSAGE_ID.fullmatch(token)) is not None

    def _introduced(self) -> bool:
        """A word says so: "Error 809", "exit code: 1603", "HTTP status 500"; an account code is the account's."""
        if len(self.link) > 5 or not set(self.link) <= set(" \t\n:\"'`#=([-."):
            return False
        last, before, _ = self.words
        if last in ("is", "was"):
            last, before = self.words[1:]
        close = set(self.inner_link) <= set(" -")
        if last in CODE_NOUNS and before in KINDS_OF_CODE and close:
            return True
        return "." not in self.link and (
            (last == "id" and before in ("event", "error", "alarm"))
            or (last in ("code", "codes") and (before in WORDS_BEFORE_CODE or not close or not before))
            or (last == "sqlstate" and len(self.token) == 5)
            or self._after_http()
            or f"{before} {last}" in ("service call", "bug check", "exit status")
            or (last in ERROR_WORDS and not self._counts_after_colon())
        )

    def _after_http(self) -> bool:
        last, before, _ = self.words
        line = self.before.casefold().endswith(("http/1.1 ", "http/2 ", "http/1.0 "))
        return self._is_http() and (
            line or last == "http" or (before == "http" and last in ("status", "error", "response"))
        )

    def _counts_after_colon(self) -> bool:
        """The 12 of "Error: 12 files ..." counts; in "Error: 1603" and "Error: 5 Access is denied" it is the code.

        Where letters are in it, it may as well be the first word of the message: "Warning: IPv4 is disabled".
        """
        return ":" in self.link and self._precedes_small_letter()

    def _is_http(self) -> bool:
        return re.fullmatch(r"[1-5]\d\d(?:\.\d{1,2})?", self.token) is not None

    def _is_status(self) -> bool:
        """A number beside the name of its status: "401 Unauthorized"; "invoice 404 not found" is about an invoice."""
        if not self._is_http():
            return False
        if (name := _STATUS_NAME.match(self.text, self.end)) is None:
            return not self.before and _STATUS_LINE.fullmatch(self.text) is not None
        return name[0][1].isupper() or self.link != " " or self.words[0] in FUNCTION_WORDS

    def _counts(self) -> bool:
        """A number that counts something is no code: "error 3 times", "error 30s"; "error 404 in ..." is one."""
        if _QUANTITY.fullmatch(self.token):
            return True
        following = _NEXT_WORD.match(self.text, self.end)
        return self.token.isdigit() and following is not None and following[1].casefold() in _COUNTED

    def _precedes_small_letter(self) -> bool:
        following = _NEXT_WORD.match(self.text, self.end)
        return following is not None and following[1][0].islower()

    def _place(self) -> Evidence:
        before = self.before.rstrip(" \t")
        if _ONE_DIGIT.fullmatch(self.token):
            return Evidence.SHAPED  # B2: (...)
        if not before or before[-1] in "\n.:;!?[(":
            if self._at_end(":"):
                return Evidence.PLACED
            if self._at_end("]") or self._at_end(")"):
                return Evidence.BRACKETED
        if before or self.start != len(self.before):
            return Evidence.SHAPED
        opens = _OPENING.fullmatch(self.token) is not None or _SENTENCE.match(self.text, self.end) is not None
        return Evidence.PLACED if opens else Evidence.SHAPED

    def _at_end(self, mark: str) -> bool:
        following = self.text[self.end : self.end + 3].lstrip(" ")
        return following[:1] == mark and (mark != ":" or not following[1:2].strip())
