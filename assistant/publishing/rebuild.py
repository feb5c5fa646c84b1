"""Builds the index from the articles, for the command, the watcher and the editor's page alike."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from assistant.answering.factory import engine_of
from assistant.settings import Settings
from corpus.labels import DEFAULT_LABELS, Labels, labels_of
from corpus.loader import Corpus, load_corpus
from index.build_report import BuildReport
from index.builder import Options, build, previous_generation
from index.models.encoder import Encoder, StartProgress
from index.storage.generation import Generation
from index.storage.store import Store
from index.unchanged_files import UnchangedFiles

_DEFAULTS = Options()
_MAX_LINES = 50


def rebuild(
    settings: Settings,
    open_encoder: Callable[[], Encoder],
    *,
    options: Options = _DEFAULTS,
    start_progress: StartProgress | None = None,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> BuildReport:
    """Build the index from the articles as they are now, or as they would be with some files `instead`.

    Only one build runs at a time, and it reads the articles after the one before has ended. So an edit is never
    overwritten by a build that began before it.

    Raises:
        CorpusError: The articles' folder cannot be read.
        SearchIndexError: The build failed; the index is as it was.
    """
    if not settings.corpus.is_dir():
        load_corpus(settings.corpus, labels=labels_of(settings.labels))  # raises before an index folder is made
    store = Store(settings.index)
    with store.writer():
        current = previous_generation(store)
        corpus = read_over(current, settings.corpus, labels=labels_of(settings.labels), instead=instead)
        with engine_of(settings) as engine:
            return build(
                corpus,
                open_encoder(),
                store,
                options=options,
                start_progress=start_progress,
                current=current,
                engine=engine,
            )


def read_corpus(
    folder: Path,
    store: Store,
    *,
    labels: Labels = DEFAULT_LABELS,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> Corpus:
    """Read the articles; what a file holds is taken from the current generation if its bytes have not changed.

    Raises:
        CorpusError: The folder cannot be read.
    """
    return read_over(previous_generation(store), folder, labels=labels, instead=instead)


def read_over(
    current: Generation | None,
    folder: Path,
    *,
    labels: Labels = DEFAULT_LABELS,
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> Corpus:
    """Read the articles as `read_corpus` does, over a generation that is open already."""
    if current is not None:
        # the files of that generation contradict one another: the build finds that too, and reports it
        with contextlib.suppress(LookupError, ValueError, TypeError):
            return load_corpus(folder, labels=labels, cache=UnchangedFiles(current), instead=instead)
    return load_corpus(folder, labels=labels, instead=instead)


def report_lines(report: BuildReport) -> list[str]:
    """Return a line for each entry that was added, changed or removed, and one with the totals."""
    lines = [f"{verb:8} {each}" for verb in ("added", "changed", "removed") for each in getattr(report, verb)]
    if not report.written:
        return [f"generation {report.generation_id}: nothing has changed"]
    lines.append(
        f"generation {report.generation_id}: {len(report.added)} added, {len(report.changed)} changed, "
        f"{len(report.removed)} removed, {report.unchanged} unchanged; "
        f"{report.encoded} passages encoded, {report.reused} re-used"
    )
    if not report.published:
        lines.append(f'it is not searched yet; "assistant rollback {report.generation_id}" makes it current')
    return lines


def rejection_lines(report: BuildReport, settings: Settings) -> list[str]:
    """Return a line for each article or entry that was left out, with the reason; of very many only the first 50."""
    lines = [
        f"left out: {settings.corpus / each.source}{each.message.removeprefix(each.source)}"
        + (f" (entries of it that are missing until then: {each.entries})" if each.entries else "")
        + (f" (entries that stay as they were until then: {each.being_edited})" if each.being_edited else "")
        for each in report.rejected[:_MAX_LINES]
    ]
    more = len(report.rejected) - len(lines)
    return [*lines, f"left out: {more} more"] if more else lines
