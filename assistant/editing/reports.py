"""What an editor is told: what was asked in vain, what a change would do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.editing.review import ToldGroup
from assistant.publishing.answered_questions import AnsweredQuestion
from assistant.publishing.comparison import Difference
from index.build_report import BuildReport
from index.decision import Decision


@dataclass(frozen=True, slots=True)
class AskedInVain:
    """What was asked in vain, the most frequent first; what is solved or marked comes last."""

    groups: tuple[ToldGroup, ...]
    left_out: int = field(metadata={"description": "How many rarer questions were not looked at."})


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """An entry that may get a symptom."""

    entry_id: str
    title: str
    article: str = field(metadata={"description": "The article's title."})
    source: str = field(metadata={"description": "Its file, as a path under the articles' folder."})
    is_editable: bool = field(metadata={"description": "Whether a change can be written to that file."})


@dataclass(frozen=True, slots=True)
class ToldQuestion:
    """How a question is answered before and after a change."""

    query: str
    before: Decision
    after: Decision
    place: int | None = field(metadata={"description": "Of the changed entry among the hits after it, from 1."})
    is_answered: bool = field(metadata={"description": "Whether people who ask are shown the changed entry."})


@dataclass(frozen=True, slots=True)
class TriedChange:
    """What a change would do; nothing was written."""

    source: str
    entry_id: str
    digest: str = field(metadata={"description": "Of the file as it was tried; publishing asks for it."})
    diff: tuple[str, ...] = field(metadata={"description": "The lines of a unified diff."})
    html: str = field(metadata={"description": "The card of the entry."})
    findings: tuple[str, ...]
    report: BuildReport
    answers: tuple[ToldQuestion, ...] = field(metadata={"description": "One for each question of the change."})
    asked: int = field(metadata={"description": "How many other queries were asked before and after it."})
    left_out: int = field(metadata={"description": "How many were not, because they are too many."})
    differing: tuple[Difference, ...]
    broken: tuple[AnsweredQuestion, ...] = field(
        metadata={"description": "Questions that an editor saw answered, and that would be answered no longer."}
    )
    warning: str | None = field(metadata={"description": "Why the journal's queries were not asked."})


@dataclass(frozen=True, slots=True)
class PublishedChange:
    """What a change did."""

    report: BuildReport
    answered: int = field(metadata={"description": "How many of its questions are answered now."})
    asked: int = field(metadata={"description": "How many questions it has."})
    warning: str | None = field(metadata={"description": "Why they were not kept for later checks."})
