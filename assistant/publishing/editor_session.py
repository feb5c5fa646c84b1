"""What the editor's page does: list generations and articles, preview an article, rebuild, compare, roll back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from assistant.answering.query import Query
from assistant.journal import Journal
from assistant.publishing.answered_questions import AnsweredQuestion, read_answered
from assistant.publishing.article_preview import articles_with_findings, preview
from assistant.publishing.comparison import Comparison, is_answered_by
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from corpus.labels import labels_of
from index.build_report import BuildReport, Origin
from index.builder import Options
from index.evaluation.judged_set import read_judged_set
from index.models.encoder import Advance, Encoder
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import ListedGeneration, Store

_MAX_LOG = 50
_MAX_COMPARED = 1000


@dataclass(frozen=True, slots=True)
class LogLine:
    """An action, its outcome, and when it was done (UTC, ISO 8601)."""

    at: str
    action: str
    outcome: str


@dataclass(slots=True)
class Progress:
    """How many passages a build has encoded, and of how many. The build writes it, and requests read it."""

    done: int
    total: int


class EditorSession:
    """The actions of the editor's page; builds and rollbacks run one at a time.

    Args:
        settings: Where articles and index are.
        open_encoder: Called when something has to be encoded.
    """

    def __init__(self, settings: Settings, open_encoder: Callable[[], Encoder]) -> None:
        self._settings = settings
        self.open_encoder = open_encoder
        self._store = Store(settings.index)
        self._log: deque[LogLine] = deque(maxlen=_MAX_LOG)
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._encoder: RememberingEncoder | None = None
        self._remembered: dict[tuple[str, str], str | None] = {}  # what the current generation answers first

    def overview(self) -> dict[str, Any]:
        """Return the generations on disk, a log of actions, newest first, and the progress of a running build."""
        generations = self._store.generations()
        # the sort is stable: of lines of one second, the actions stand before the build, for they came later
        log = sorted([*reversed(self._log), *map(_build_line, generations)], key=lambda line: line.at, reverse=True)
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
        """Return the articles in the folder, each with its findings.

        Args:
            searched: Apply the rules that need a search as well; the first time, everything is encoded for that.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The index for the search cannot be built.
        """
        return articles_with_findings(self._settings, self.open_encoder if searched else None)

    def rebuild(self, *, origin: Origin) -> dict[str, Any]:
        """Build and publish; return the report.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed; the index is as it was.
        """
        report = self._build(Options(origin=origin))
        if not report.written:  # otherwise the new generation itself records who built it
            self._note(f"build ({origin})", "nothing had changed")
        return asdict(report)

    def has(self, generation_id: str) -> bool:
        """Return whether a generation is on disk, intact or not."""
        return any(each.generation_id == generation_id for each in self._store.generations())

    def rollback(self, generation_id: str) -> dict[str, str]:
        """Search an earlier generation again.

        Raises:
            SearchIndexError: It is damaged, or has been removed meanwhile.
        """
        with self._lock, self._store.rollback(generation_id) as generation:
            self._note("go back", f"generation {generation.generation_id}")
            return {"generation_id": generation.generation_id}

    def preview(self, content: bytes, name: str) -> dict[str, Any]:
        """Return a file's entries as HTML and its findings, or why it cannot be read."""
        return preview(content, name, labels=labels_of(self._settings.labels))

    def compare(self, journal: Journal, queries: Sequence[str] = ()) -> dict[str, Any]:
        """Build without publishing, ask both generations, and return the queries whose first hit differs.

        The queries of the judged set beside the articles are asked too, if there is one.

        Args:
            journal: Its queries are asked, except those in which something was masked.
            queries: Further queries.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed, nothing has been built before, or the judged set cannot be read.
        """
        judged = self.judged()
        recorded = journal.repeatable_queries(limit=_MAX_COMPARED)
        answered = read_answered(self._settings.corpus)
        asked = list(dict.fromkeys([*queries, *judged, *(each.query for each in answered), *recorded]))[:_MAX_COMPARED]

        def ask(comparison: Comparison, report: BuildReport) -> dict[str, Any]:
            differing = list(comparison.differing(asked, judged))
            broken = list(_broken(comparison, answered))
            return {"report": asdict(report), "asked": len(asked), "differing": differing, "broken": broken}

        compared = self.tried(ask)
        self._note("compare", f"{len(compared['differing'])} of {len(asked)} queries would be answered differently")
        return compared

    def tried(
        self, ask: Callable[[Comparison, BuildReport], dict[str, Any]], instead: Mapping[str, bytes] | None = None
    ) -> dict[str, Any]:
        """Build without publishing, return what `ask` makes of both generations, and remove what was built.

        Args:
            ask: Is given both generations, and the report of the build.
            instead: What some of the articles' files are taken to hold.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed, or nothing has been built before.
        """
        before = self._store.current().generation_id
        if before not in {generation for generation, _ in self._remembered}:
            self._remembered = {}
        report = self._build(Options(publish=False, origin=Origin.PAGE), instead or {})
        try:
            encoder = self._query_encoder()
            comparison = Comparison.of(self._store, encoder, before, report.generation_id, self._remembered)
            result = ask(comparison, report)
            del comparison  # closes the generations
            return result
        finally:
            if report.written:
                self._store.discard(report.generation_id)  # else it would take the place of one to go back to

    def _query_encoder(self) -> RememberingEncoder:
        """Return what both generations, and those that are tried later, encode queries with."""
        with self._lock:
            if self._encoder is None:
                self._encoder = RememberingEncoder(self.open_encoder())
            return self._encoder

    def _build(self, options: Options, instead: Mapping[str, bytes] = MappingProxyType({})) -> BuildReport:
        with self._lock:
            try:
                return rebuild(
                    self._settings, self.open_encoder, options=options, start_progress=self._start, instead=instead
                )
            finally:
                self._progress = None

    def _start(self, total: int) -> Advance:
        self._progress = progress = Progress(0, total)

        def advance(count: int) -> None:
            progress.done += count

        return advance

    def judged(self) -> dict[str, frozenset[str]]:
        """Return the queries of the judged set beside the articles, each with the ids of its right entries.

        Raises:
            SearchIndexError: The set cannot be read.
        """
        folder = self._settings.corpus.parent / "judgments"
        if not (folder / "queries.jsonl").exists():
            return {}
        judged = read_judged_set(folder)
        queries = (*judged.answerable, *judged.unanswerable)
        return {query.text: frozenset(entry_id for entry_id, _ in query.grades) for query in queries}

    def _note(self, action: str, outcome: str) -> None:
        self._log.append(LogLine(datetime.now(UTC).isoformat(timespec="seconds"), action, outcome))


def _broken(comparison: Comparison, answered: Sequence[AnsweredQuestion]) -> Iterator[dict[str, str]]:
    """Yield the questions that an editor saw answered and that would be answered no longer."""
    for each in answered:
        if not is_answered_by(comparison.new.ask(Query(each.query)), each.entry_id):
            yield {"query": each.query, "entry_id": each.entry_id}


def _build_line(listed: ListedGeneration) -> LogLine:
    changes = listed.facts.get("changes", {})
    counts = ", ".join(f"{count} {verb}" for verb, count in changes.items()) or "not known"
    unpublished = "" if listed.facts.get("published", True) else ", not published by itself"
    outcome = listed.problem or f"generation {listed.generation_id}: {counts}{unpublished}"
    return LogLine(listed.built_at or "", f"build ({listed.facts.get('by', 'unknown')})", outcome)
