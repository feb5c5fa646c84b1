"""What an editor does from the page: look at what is indexed, preview an article, rebuild, compare, go back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from assistant.answering.assistant import Assistant
from assistant.journal import Journal
from assistant.publishing.article_preview import articles_with_findings, preview
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from corpus.labels import labels_of
from index.build_report import BuildReport, Origin
from index.builder import Options
from index.evaluation.judged_set import read_judged_set
from index.models.encoder import Advance, Encoder
from index.storage.generation import Generation
from index.storage.store import ListedGeneration, Store

_LOG_LENGTH = 50
_MOST_COMPARED = 1000


@dataclass(frozen=True, slots=True)
class LogLine:
    """What was done, and when."""

    at: str
    action: str
    outcome: str


@dataclass(slots=True)
class Progress:
    """How many passages a build has encoded, and of how many; one build writes it, requests read it."""

    done: int
    total: int


class Editing:
    """An editor's actions; one at a time.

    Args:
        settings: Where articles and index are.
        open_encoder: Called when something is to be encoded.
    """

    def __init__(self, settings: Settings, open_encoder: Callable[[], Encoder]) -> None:
        self._settings = settings
        self._open_encoder = open_encoder
        self._store = Store(settings.index)
        self._log: deque[LogLine] = deque(maxlen=_LOG_LENGTH)
        self._lock = threading.Lock()
        self._progress: Progress | None = None

    def overview(self) -> dict[str, Any]:
        """Return the generations on disk, what was done, newest first, and how far a build from here has come."""
        generations = self._store.generations()
        own = reversed(self._log)  # first, for what was done to a build in the second it was made came after it
        log = sorted([*own, *map(_built, generations)], key=lambda line: line.at, reverse=True)
        return {
            "generations": [
                {
                    "id": each.generation_id,
                    "current": each.is_current,
                    "built_at": each.built_at,
                    "entries": each.facts.get("counts", {}).get("entries"),
                    "problem": each.problem,
                }
                for each in generations
            ],
            "log": [asdict(line) for line in log],
            "progress": None if self._progress is None else asdict(self._progress),
        }

    def articles(self, *, searched: bool) -> list[dict[str, Any]]:
        """Return the articles as they are in the folder now, each with what should be mended in it.

        Args:
            searched: Look as well for entries that their own words do not find; everything is encoded for that once.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The search cannot be built.
        """
        return articles_with_findings(self._settings, self._open_encoder if searched else None)

    def rebuild(self, *, origin: Origin) -> dict[str, Any]:
        """Build and publish; return the report.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build cannot be finished; what was published still is.
        """
        report = self._build(Options(origin=origin))
        if not report.written:  # a generation tells of itself who built it
            self._note(f"build ({origin})", "nothing had changed")
        return asdict(report)

    def has(self, generation_id: str) -> bool:
        """Say whether a generation is on disk, sound or not."""
        return any(each.generation_id == generation_id for each in self._store.generations())

    def rollback(self, generation_id: str) -> dict[str, str]:
        """Answer from an earlier generation again.

        Raises:
            SearchIndexError: It is damaged, or went meanwhile.
        """
        with self._lock, self._store.rollback(generation_id) as found:
            self._note("go back", f"generation {found.generation_id}")
            return {"generation_id": found.generation_id}

    def preview(self, content: bytes, name: str) -> dict[str, Any]:
        """Return the entries that a file would make, as cards, and what should be mended, or why it cannot be read."""
        return preview(content, name, labels=labels_of(self._settings.labels))

    def compare(self, journal: Journal, queries: Sequence[str] = ()) -> dict[str, Any]:
        """Build without publishing, ask the old and the new, and return the queries whose first answer differs.

        Args:
            journal: Its queries are asked where masking left them as they were.
            queries: Asked too, and so are those of the judged set beside the articles, where there is one.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build cannot be finished, or nothing was ever built, or the judged set cannot
                be read.
        """
        judged = self._judged()
        before = self._store.current().generation_id
        report = self._build(Options(publish=False, origin=Origin.PAGE))
        kept = journal.repeatable_queries(limit=_MOST_COMPARED)
        asked = list(dict.fromkeys([*queries, *judged, *kept]))[:_MOST_COMPARED]
        differing = list(self._differing(before, report.generation_id, asked)) if report.written else []
        self._note("compare", f"{len(differing)} of {len(asked)} queries would be answered differently")
        return {"report": asdict(report), "asked": len(asked), "differing": differing}

    def _build(self, options: Options) -> BuildReport:
        with self._lock:
            try:
                return rebuild(self._settings, self._open_encoder, options=options, start_progress=self._start)
            finally:
                self._progress = None

    def _start(self, total: int) -> Advance:
        self._progress = progress = Progress(0, total)

        def advance(count: int) -> None:
            progress.done += count

        return advance

    def _judged(self) -> list[str]:
        folder = self._settings.corpus.parent / "judgments"
        if not (folder / "queries.jsonl").exists():
            return []
        judged = read_judged_set(folder)
        return [query.text for query in (*judged.answerable, *judged.unanswerable)]

    def _differing(self, before: str, after: str, queries: Sequence[str]) -> Iterator[dict[str, Any]]:
        encoder = self._open_encoder()
        old, new = (Assistant(_OneGeneration(self._store, each), encoder) for each in (before, after))
        for query in queries:
            first, second = _first(old, query), _first(new, query)
            if first != second:
                yield {"query": query, "before": first, "after": second}

    def _note(self, action: str, outcome: str) -> None:
        self._log.append(LogLine(datetime.now(UTC).isoformat(timespec="seconds"), action, outcome))


class _OneGeneration(Store):
    """A store in which one generation is the current one, whatever is published."""

    def __init__(self, store: Store, generation_id: str) -> None:
        super().__init__(store.root)
        self._only = generation_id

    def pointed(self) -> str | None:
        return self._only

    def current(self) -> Generation:
        return self.open(self._only)


def _built(listed: ListedGeneration) -> LogLine:
    changes = listed.facts.get("changes", {})
    counts = ", ".join(f"{count} {verb}" for verb, count in changes.items()) or "not known"
    unpublished = "" if listed.facts.get("published", True) else ", not published by itself"
    outcome = listed.problem or f"generation {listed.generation_id}: {counts}{unpublished}"
    return LogLine(listed.built_at or "", f"build ({listed.facts.get('by', 'unknown')})", outcome)


def _first(assistant: Assistant, query: str) -> str | None:
    answer = assistant.ask(query, k=1)
    return answer.hits[0].entry.entry_id if answer.hits else None
