"""Which server holds the entries, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Nearness(StrEnum):
    """How a server finds the nearest passages."""

    EXACT = "exact"  # every passage is compared
    APPROXIMATE = "approximate"  # by a graph of neighbours (HNSW)


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """A Milvus server.

    Attributes:
        address: Its URL, such as "http://10.0.0.5:19530"; https:// is encrypted.
        user: Who asks; empty where the server asks nobody.
        password: Theirs.
        token: Instead of both, an API key.
        authority: A file with the certificates of the authorities that may have signed the server's; None for the
            system's.
        certificate: A file with our own certificate, where the server asks for one.
        key: A file with its key.
        nearness: How the nearest passages are found.
        timeout_s: How many seconds a query may wait, all its calls together, and any other call that is not a build's.
        build_timeout_s: The same of a call of a build.
    """

    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    nearness: Nearness = Nearness.EXACT
    timeout_s: float = 0.5
    build_timeout_s: float = 60.0
