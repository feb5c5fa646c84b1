"""What a server's error means: it does not answer, or it refuses, and what mends that.

Milvus and gRPC say the same in many ways, of which these are known: the code of a call that gRPC has ended, and words.
"""

from __future__ import annotations

from dataclasses import dataclass

SILENT = "start Milvus there, or name another server"
_SILENT = {"DEADLINE_EXCEEDED", "UNAVAILABLE", "CANCELLED", "UNKNOWN", "INTERNAL", "ABORTED"}
_RIGHTS = ("permission", "privilege", "auth check", "unauthenticated", "unauthorized", "password")
_ENCRYPTION = ("handshake", "ssl_", "certificate", "tls")
_FULL = ("quota", "no space", "disk full", "memory limit", "memory quota", "out of memory", "rate limit", "exhausted")
_UNKNOWN_CALL = ("unknown method", "unknown service", "unimplemented", "not implemented")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means.

    Attributes:
        is_silence: The server does not answer; otherwise it refuses the call.
        remedy: What mends it.
    """

    is_silence: bool
    remedy: str


def meaning_of(code: str | None, text: str) -> Meaning:
    """Return what an error means.

    Args:
        code: gRPC's name for how it has ended the call; None where Milvus itself has answered.
        text: What is said.
    """
    said = text.lower()
    if code in {"UNAUTHENTICATED", "PERMISSION_DENIED"} or _has(said, _RIGHTS):
        who = "ASSISTANT_ENGINE_USER and ASSISTANT_ENGINE_PASSWORD, or ASSISTANT_ENGINE_TOKEN, of a user who may"
        return Meaning(is_silence=False, remedy=f"give {who}")
    is_cut = (
        "failed to connect" in said and "socket closed" in said
    )  # so ends who speaks plainly where all is encrypted
    if is_cut or _has(said, _ENCRYPTION):
        files = "ASSISTANT_ENGINE_CA, ASSISTANT_ENGINE_CERTIFICATE and ASSISTANT_ENGINE_KEY"
        return Meaning(
            is_silence=True,
            remedy=f"begin ASSISTANT_ENGINE with https:// where the server encrypts, else http://, and look at {files}",
        )
    if code == "RESOURCE_EXHAUSTED" or _has(said, _FULL):
        return Meaning(
            is_silence=False, remedy="make room on the server, or raise its limits; what was built before is searched"
        )
    if code == "UNIMPLEMENTED" or _has(said, _UNKNOWN_CALL):
        return Meaning(is_silence=False, remedy="use Milvus 2.4 or later: this one does not know the call")
    if code in _SILENT or "timeout" in said or "connect" in said or "unavailable" in said:
        return Meaning(is_silence=True, remedy=SILENT)
    return Meaning(is_silence=False, remedy="look at its log, and at ASSISTANT_ENGINE")


def _has(text: str, words: tuple[str, ...]) -> bool:
    return any(each in text for each in words)
