"""What a build did, as the command line, the page and programs are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a build was asked for."""

    COMMAND = "command"
    WATCH = "watch"
    PAGE = "page"
    HTTP = "HTTP"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article left out of a build.

    Attributes:
        source: Its file under the corpus root.
        message: What is wrong with it, where, and what mends it.
        entries: How many entries of it were known when it could last be read.
    """

    source: str
    message: str
    entries: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        generation_id: The generation that was written, or the current one where nothing had changed.
        written: False where nothing had changed.
        published: Whether what was written is current now.
        added: Ids of entries that the generation before did not have; `changed` and `removed` likewise.
        unchanged: How many entries say what they said, wherever in the file.
        encoded: How many passages were encoded.
        reused: How many vectors were taken over.
        rejected: Articles left out.
    """

    generation_id: str
    written: bool
    published: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    encoded: int
    reused: int
    rejected: tuple[Rejected, ...]
