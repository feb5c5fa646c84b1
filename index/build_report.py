"""The result of a build, as the command line, the page and programs report it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FORMAT = 23  # of what a build makes: raised when files or passages change, which otherwise would be taken over


class Origin(StrEnum):
    """Where a build was asked for."""

    COMMAND = "command"
    WATCH = "watch"
    PAGE = "page"
    HTTP = "HTTP"


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article, or an entry of one, that was left out of a build.

    Attributes:
        source: Its file, as a path under the corpus root.
        message: What is wrong with it, where, and the remedy.
        entries: How many entries of the file are missing because of it, counted from the last build that could read it.
        being_edited: How many entries of the file are searched as they were before, until they are whole again.
    """

    source: str
    message: str
    entries: int
    being_edited: int = 0


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build.

    Attributes:
        generation_id: The generation that was written; the current one where nothing had changed.
        written: Whether a generation was written; False where nothing had changed.
        published: Whether what was written was made the current generation.
        added: Ids of entries that the generation before did not have.
        changed: Ids of entries whose content differs from it.
        removed: Ids of entries that only the generation before had.
        unchanged: How many entries have the same content, wherever they stand in their file.
        encoded: How many passages were encoded.
        reused: How many passages kept the vectors of the generation before, or share those of an equal passage.
        rejected: Articles and entries that were left out.
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
