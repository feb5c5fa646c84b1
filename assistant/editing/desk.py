"""What the editor's page does with questions that were asked in vain: review, try a change, publish it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from assistant.answering.answer import EntryInfo
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.editing.article_edit import diff
from assistant.editing.changes import Change, conflict, prepare, write
from assistant.editing.questions import Mark, Outcome, mark
from assistant.editing.reports import AskedInVain, DeskEntry, PublishedChange, TriedChange
from assistant.editing.review import Reviewer
from assistant.editing.trial import MOST_ASKED, queries_to_ask, told
from assistant.errors import EditError, JournalError
from assistant.journal import Journal
from assistant.publishing.answered_questions import AnsweredQuestion, add_answered, answered_file, read_answered
from assistant.publishing.article_preview import findings_of
from assistant.publishing.comparison import Comparison, is_answered_by
from assistant.publishing.editor_session import EditorSession
from assistant.rendering.entry_card import card_of, preview_html
from assistant.settings import Settings
from corpus.errors import ArticleError
from corpus.formats.registry import format_of
from corpus.labels import labels_of
from index.build_report import BuildReport, Origin
from index.models.encoder import Encoder

_RECENT = 200  # queries of the journal that a trial asks


class EditingDesk:
    """The loop from what was asked in vain to an article that answers it.

    Args:
        settings: Where the articles are.
        editor: Builds, and tries what a build would change.
        journal: What was asked.
        assistant: Answers from the current generation.
        open_encoder: Called when questions have to be compared.
    """

    def __init__(
        self,
        settings: Settings,
        editor: EditorSession,
        journal: Journal,
        assistant: AssistantInterface,
        open_encoder: Callable[[], Encoder],
    ) -> None:
        self._settings = settings
        self._editor = editor
        self._journal = journal
        self._assistant = assistant
        self._open_encoder = open_encoder
        self._reviewer: Reviewer | None = None
        self._writing = threading.Lock()  # of two editors on this page one is told of the other

    def questions(
        self, *, days: int | None = None, outcome: Outcome | None = None, article: str | None = None
    ) -> AskedInVain:
        """Return what was asked in vain, like questions together, each group asked again.

        Args:
            days: Only what was asked in the last so many days.
            outcome: Only questions that went like this.
            article: Only groups that lead to this article.

        Raises:
            JournalError: The journal cannot be read.
            SearchIndexError: There is no index.
        """
        if self._reviewer is None:
            self._reviewer = Reviewer(self._assistant, self._open_encoder())
        since = None if days is None else datetime.now(UTC) - timedelta(days=days)
        review = self._reviewer.review(self._journal, since=since, outcome=outcome, article=article)
        return AskedInVain(tuple(each.told() for each in review.groups), review.left_out)

    def mark(self, texts: Sequence[str], value: Mark | None) -> None:
        """Mark questions as done or not ours, or take the marks off.

        Raises:
            JournalError: The journal cannot be written.
        """
        mark(self._journal, texts, value)

    def entries(self) -> tuple[DeskEntry, ...]:
        """Return all entries, each with whether its article can be edited here."""
        return tuple(
            DeskEntry(
                entry.entry_id, entry.title, article.title, article.source, is_editable=_is_markdown(article.source)
            )
            for article, own in self._assistant.contents()
            for entry in own
        )

    def prepare(self) -> None:
        """Ask in advance, while the editor writes a change, what it will be compared with.

        Raises:
            SearchIndexError: There is no index, or the judged set beside the articles cannot be read.
        """
        recent, _ = self._recent()
        self._editor.ask_before(list(dict.fromkeys([*recent, *self._editor.judged()]))[:MOST_ASKED])

    def tried(self, change: Change) -> TriedChange:
        """Return what a change would do, without writing it: its diff, its card, and what would be answered.

        Raises:
            EditError: The change cannot be made.
            CorpusError: The articles cannot be read.
            SearchIndexError: The index cannot be built.
        """
        labels = labels_of(self._settings.labels)
        prepared = prepare(self._settings.corpus, change, labels)
        judged = self._editor.judged()
        answered = read_answered(self._settings.corpus)
        recent, warning = self._recent()
        entry = prepared.edit.entry
        asked = queries_to_ask(judged, recent, entry)

        def ask(comparison: Comparison, report: BuildReport) -> TriedChange:
            edit = prepared.edit
            card = card_of(EntryInfo.from_entry(edit.entry, edit.parsed.article), opened=True)
            return TriedChange(
                source=change.source,
                entry_id=entry.entry_id,
                digest=prepared.digest,
                diff=tuple(diff(prepared.text_before, edit.text, change.source)),
                html=preview_html([card]),
                findings=findings_of(edit.parsed, entry.entry_id, labels),
                report=report,
                answers=tuple(told(comparison, each, entry.entry_id) for each in change.questions),
                asked=len(asked),
                left_out=len({*judged, *recent}) - len(asked),
                differing=tuple(comparison.differing(asked, judged)),
                broken=tuple(comparison.broken(answered)),
                warning=warning,
            )

        return self._editor.tried(ask, asked=len(asked), instead={change.source: prepared.after})

    def published(self, change: Change, digest: str) -> PublishedChange:
        """Write a change to its file, build, and keep the questions that it answers for later checks.

        Args:
            change: As it was tried.
            digest: Of the file when it was tried.

        Raises:
            ConflictError: The file has changed since then; nothing was written.
            EditError: The change cannot be made.
            SearchIndexError: The file was written, but the index could not be built.
        """
        with self._writing:
            prepared = prepare(self._settings.corpus, change, labels_of(self._settings.labels))
            if prepared.digest != digest:
                raise conflict(change.source)
            write(self._settings.corpus, change.source, prepared)
        report = self._editor.rebuild(origin=Origin.PAGE)
        entry_id = prepared.edit.entry.entry_id
        now = [
            AnsweredQuestion(each, entry_id)
            for each in change.questions
            if is_answered_by(self._assistant.ask(Query(each)), entry_id)
        ]
        warning = None
        try:
            add_answered(self._settings.corpus, now)
        except OSError as error:
            warning = (
                f"{answered_file(self._settings.corpus)} cannot be written ({error.strerror}); it is not kept there"
            )
        return PublishedChange(report, len(now), len(change.questions), warning)

    def _recent(self) -> tuple[tuple[str, ...], str | None]:
        """Return the queries of the journal that a trial asks, or why there are none."""
        try:
            return self._journal.recent_queries(limit=_RECENT), None
        except JournalError as error:
            return (), str(error)


def _is_markdown(source: str) -> bool:
    try:
        return format_of(source).module == "markdown"
    except (ArticleError, EditError):
        return False
