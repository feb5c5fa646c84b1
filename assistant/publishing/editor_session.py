"""What the editor's page does: list generations and articles, preview an article, rebuild, compare, roll back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from assistant.journal import Journal
from assistant.publishing.answered_questions import AnsweredQuestion, read_answered
from assistant.publishing.article_lint import SearchedFindings
from assistant.publishing.article_preview import ArticleFindings, Preview, articles_with_findings, preview
from assistant.publishing.comparison import Comparison, Difference, FirstAnswers, at_once, pinned
from assistant.publishing.judged_queries import judged_queries
from assistant.publishing.overview import LogLine, Overview, Progress, overview_of
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from corpus.labels import labels_of
from index.build_report import BuildReport, Origin
from index.builder import Options
from index.models.encoder import Advance, Encoder
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import Store

_MAX_LOG = 50
_MAX_COMPARED = 1000
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Compared:
    """What a build would change."""

    report: BuildReport
    asked: int = field(metadata={"description": "How many queries were asked of both generations."})
    differing: tuple[Difference, ...]
    broken: tuple[AnsweredQuestion, ...] = field(
        metadata={"description": "Questions that an editor saw answered, and that would be answered no longer."}
    )


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
        self._first: FirstAnswers | None = None
        self._searched = SearchedFindings()

    def overview(self) -> Overview:
        """Return the generations on disk, a log of actions, newest first, and the progress of a running build."""
        return overview_of(self._store.generations(), tuple(self._log), self._progress)

    def articles(self, *, searched: bool) -> tuple[ArticleFindings, ...]:
        """Return the articles in the folder, each with its findings.

        Args:
            searched: Apply the rules that need a search as well; the first time, everything is encoded for that.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The index for the search cannot be built.
        """
        return articles_with_findings(self._settings, self.open_encoder if searched else None, self._searched)

    def rebuild(self, *, origin: Origin) -> BuildReport:
        """Build and publish; return the report.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed; the index is as it was.
        """
        report = self._build(Options(origin=origin))
        if not report.written:  # otherwise the new generation itself records who built it
            self._note(f"build ({origin})", "nothing had changed")
        return report

    def has(self, generation_id: str) -> bool:
        """Return whether a generation is on disk, intact or not."""
        return any(each.generation_id == generation_id for each in self._store.generations())

    def rollback(self, generation_id: str) -> None:
        """Search an earlier generation again.

        Raises:
            SearchIndexError: It is damaged, or has been removed meanwhile.
        """
        with self._lock, self._store.rollback(generation_id) as generation:
            self._note("go back", f"generation {generation.generation_id}")

    def preview(self, content: bytes, name: str) -> Preview:
        """Return a file's entries as HTML and its findings, or why it cannot be read."""
        return preview(content, name, labels=labels_of(self._settings.labels))

    def compare(self, journal: Journal, queries: Sequence[str] = (), *, most: int = _MAX_COMPARED) -> Compared:
        """Build without publishing, ask both generations, and return the queries whose first hit differs.

        The queries of the judged set beside the articles are asked too, if there is one.

        Args:
            journal: Its queries are asked, except those in which something was masked.
            queries: Further queries.
            most: How many are asked in all, these first.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed, nothing has been built before, or the judged set cannot be read.
        """
        judged = self.judged()
        recorded = journal.repeatable_queries(limit=most)
        answered = read_answered(self._settings.corpus)
        asked = list(dict.fromkeys([*queries, *judged, *(each.query for each in answered), *recorded]))[:most]

        def ask(comparison: Comparison, report: BuildReport) -> Compared:
            differing = tuple(comparison.differing(asked, judged))
            return Compared(report, len(asked), differing, tuple(comparison.broken(answered)))

        compared = self.tried(ask, asked=len(asked))
        self._note("compare", f"{len(compared.differing)} of {len(asked)} queries would be answered differently")
        return compared

    def tried(
        self,
        ask: Callable[[Comparison, BuildReport], _T],
        *,
        asked: int,
        instead: Mapping[str, bytes] = MappingProxyType({}),
    ) -> _T:
        """Build without publishing, return what `ask` makes of both generations, and remove what was built.

        Args:
            ask: Is given both generations, and the report of the build.
            asked: How many queries `ask` compares, for the progress.
            instead: What some of the articles' files are taken to hold.

        Raises:
            CorpusError: The articles' folder cannot be read.
            SearchIndexError: The build failed, or nothing has been built before.
        """
        before = self._store.current().generation_id
        report = self._build(Options(publish=False, origin=Origin.PAGE, push=False), instead)
        try:
            advance = self._start(asked, "questions asked")
            first = self._first_answers()
            comparison = Comparison.of(self._store, first, before, report.generation_id, advance=advance)
            result = ask(comparison, report)
            del comparison  # closes the generations
            return result
        finally:
            self._progress = None
            if report.written:
                self._store.discard(report.generation_id)  # else it would take the place of one to go back to

    def ask_before(self, queries: Sequence[str]) -> None:
        """Ask the current generation, while somebody still writes, what a trial will compare with.

        Raises:
            SearchIndexError: Nothing has been built before.
        """
        first = self._first_answers()
        current = pinned(self._store, self._store.current().generation_id, first)
        for asked in at_once(queries):
            first.of(current, asked)

    def _first_answers(self) -> FirstAnswers:
        with self._lock:
            if self._first is None:
                self._first = FirstAnswers(RememberingEncoder(self.open_encoder()))
            return self._first

    def _build(self, options: Options, instead: Mapping[str, bytes] = MappingProxyType({})) -> BuildReport:
        with self._lock:
            try:
                return rebuild(
                    self._settings, self.open_encoder, options=options, start_progress=self._start, instead=instead
                )
            finally:
                self._progress = None

    def _start(self, total: int, what: str = "passages encoded") -> Advance:
        progress = self._progress = Progress(0, total, what)

        def advance(count: int) -> None:
            nonlocal progress
            progress = self._progress = replace(progress, done=progress.done + count)

        return advance

    def judged(self) -> dict[str, frozenset[str]]:
        """Return the queries of the judged set beside the articles, each with the ids of its right entries.

        Raises:
            SearchIndexError: The set cannot be read.
        """
        return judged_queries(self._settings.corpus)

    def _note(self, action: str, outcome: str) -> None:
        self._log.append(LogLine(datetime.now(UTC).isoformat(timespec="seconds"), action, outcome))
