"""Words and forms by which codes are known."""

from __future__ import annotations

from index.analysis.lexicon import words

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

NOT_CODED = words("address addr pointer offset at rip eip")
"""Before a hex number they make it a place in memory."""

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
