"""What the editor's page shows first: the generations on disk, what was done, and how far one is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from index.storage.store import ListedGeneration


@dataclass(frozen=True, slots=True)
class LogLine:
    """An action, its outcome, and when it was done (UTC, ISO 8601)."""

    at: str
    action: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build or a comparison is."""

    done: int
    total: int
    what: str = field(metadata={"description": 'What is counted, in words: "passages encoded".'})


@dataclass(frozen=True, slots=True)
class GenerationSummary:
    """A generation on disk; what cannot be read of one is null, and `problem` says why."""

    id: str
    current: bool
    built_at: str | None = field(metadata={"description": "ISO 8601, UTC."})
    entries: int | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Overview:
    """What is on disk, what was done, newest first, and how far a build is."""

    generations: tuple[GenerationSummary, ...]
    log: tuple[LogLine, ...]
    progress: Progress | None = field(metadata={"description": "null while nothing is built."})


def overview_of(
    generations: Sequence[ListedGeneration], actions: Sequence[LogLine], progress: Progress | None
) -> Overview:
    """Return the overview.

    Args:
        generations: Those on disk.
        actions: What was done on the page, oldest first.
        progress: Of the build under way, if there is one.
    """
    # the sort is stable: of lines of one second, the actions stand before the build, for they came later
    lines = sorted([*reversed(actions), *map(_build_line, generations)], key=lambda line: line.at, reverse=True)
    return Overview(tuple(map(_summary, generations)), tuple(lines), progress)


def _summary(listed: ListedGeneration) -> GenerationSummary:
    entries = listed.facts.get("counts", {}).get("entries")
    return GenerationSummary(listed.generation_id, listed.is_current, listed.built_at, entries, listed.problem)


def _build_line(listed: ListedGeneration) -> LogLine:
    changes = listed.facts.get("changes", {})
    counts = ", ".join(f"{count} {verb}" for verb, count in changes.items()) or "not known"
    unpublished = "" if listed.facts.get("published", True) else ", not published by itself"
    outcome = listed.problem or f"generation {listed.generation_id}: {counts}{unpublished}"
    return LogLine(listed.built_at or "", f"build ({listed.facts.get('by', 'unknown')})", outcome)
