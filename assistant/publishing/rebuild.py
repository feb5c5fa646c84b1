"""From settings to a new generation, for the command line, the watcher and the page."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from assistant.settings import Settings
from corpus.labels import DEFAULT_LABELS, Labels, labels_of
from corpus.loader import Corpus, load_corpus
from index.build_report import BuildReport
from index.builder import Options, StartProgress, build, previous_generation
from index.models.encoder import Encoder
from index.storage.store import Store
from index.unchanged_files import KnownFiles

_DEFAULTS = Options()
_MOST_LINES = 50


def rebuild(
    settings: Settings,
    open_encoder: Callable[[], Encoder],
    *,
    options: Options = _DEFAULTS,
    start_progress: StartProgress | None = None,
) -> BuildReport:
    """Build the index from the articles as they are now.

    The articles are read by the one writer: of two builds at once, the one that publishes last read them last.

    Raises:
        CorpusError: The articles' folder cannot be read.
        SearchIndexError: The build cannot be finished; what was published still is.
    """
    if not settings.corpus.is_dir():
        load_corpus(
            settings.corpus, labels=labels_of(settings.labels)
        )  # says what is wrong before a folder is made for the index
    store = Store(settings.index)
    with store.writer():
        corpus = read_again(settings.corpus, store, labels=labels_of(settings.labels))
        return build(corpus, open_encoder(), store, options=options, start_progress=start_progress)


def read_again(folder: Path, store: Store, *, labels: Labels = DEFAULT_LABELS) -> Corpus:
    """Read the articles; a file that says the same as for the current generation is taken from there.

    Raises:
        CorpusError: The folder cannot be read.
    """
    previous = previous_generation(store)
    if previous is not None:
        # files of a generation that are whole and do not fit together: the build finds that out and says so
        with contextlib.suppress(LookupError, ValueError, TypeError):
            return load_corpus(folder, labels=labels, known=KnownFiles(previous))
    return load_corpus(folder, labels=labels)


def report_lines(report: BuildReport) -> list[str]:
    """Return what a build did, a line for each entry that changed and one for all."""
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
    """Return which articles were left out and why, a line each; of very many only the first."""
    lines = [
        f"left out: {settings.corpus / each.source}{each.message.removeprefix(each.source)}"
        + (f" (its {each.entries} entries are not found until then)" if each.entries else "")
        for each in report.rejected[:_MOST_LINES]
    ]
    more = len(report.rejected) - len(lines)
    return [*lines, f"left out: {more} more"] if more else lines
