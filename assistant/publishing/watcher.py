"""Rebuilds the index whenever an article is saved.

The operating system reports a change within milliseconds. Not on a network folder, though, nor beyond the number of
folders that it watches: for those the folder is also scanned every few seconds. (watchfiles can scan too, with
`force_polling`, but it compares times in whole seconds: of two saves within one second it can miss the last for good.)
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.publishing.rebuild import rebuild, rejection_lines, report_lines
from assistant.settings import Settings
from corpus.errors import CorpusError
from index.build_report import Origin
from index.builder import Options
from index.errors import BusyError, EngineError, SearchIndexError
from index.models.encoder import Encoder

_QUIET_MS = 200  # a save is complete when nothing has changed for so long: editors write, rename and touch
_MAX_DELAY_MS = 2_000  # but a rebuild is not put off for longer while files keep changing
_CHECK_MS = 1_000  # how often to see whether the folder was replaced, a scan is due, or the watch is to end
_RETRY_S = 5.0  # after a build that failed for something that passes without an edit
_SCAN_S = 5.0  # at least, between two scans
_SCAN_SHARE = 50  # a scan may take one part in so many of the time, so large folders are scanned less often
_TEMPORARY_SUFFIXES = ("~", ".tmp", ".swp", ".swx", ".part", ".crdownload", ".bak")
_TEMPORARY_NAMES = ("4913",)  # vim writes it to see whether it may write

_OPTIONS = Options(origin=Origin.WATCH)

Print = Callable[[str], None]


def watch(
    settings: Settings, open_encoder: Callable[[], Encoder], print_line: Print, stop: threading.Event | None = None
) -> None:
    """Rebuild at once and after each change until `stop` is set; an error is printed and the watch goes on.

    Args:
        settings: Where articles and index are.
        open_encoder: Called once, before the first build.
        print_line: Called with what was rebuilt, what was left out, and what failed.
        stop: Ends the watch within about a second.
    """
    encoders: list[Encoder] = []

    def encoder() -> Encoder:
        encoders.extend([] if encoders else [open_encoder()])
        return encoders[0]

    last, again = "", Retry()
    for _ in _changes(settings, print_line, stop or threading.Event(), again):
        lines = "\n".join(_rebuild(settings, encoder, again))
        if lines not in {"", last}:
            print_line(lines)
        last = lines


class Retry:
    """When a build is tried again that failed for something that passes without an edit, such as a server's silence.

    Args:
        clock: Seconds, for tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due: float | None = None

    def note(self, error: Exception | None) -> None:
        """Note how a build has ended."""
        self._due = self._clock() + _RETRY_S if isinstance(error, EngineError | BusyError) else None

    def is_due(self) -> bool:
        """Return whether to try again now."""
        return self._due is not None and self._clock() >= self._due


def _rebuild(settings: Settings, encoder: Callable[[], Encoder], again: Retry) -> list[str]:
    try:
        report = rebuild(settings, encoder, options=_OPTIONS)
    except (CorpusError, SearchIndexError) as error:
        again.note(error)
        return [f"not rebuilt: {error}"]
    again.note(None)
    lines = rejection_lines(report, settings)
    return [*lines, *report_lines(report)] if report.written else lines


def _changes(settings: Settings, print_line: Print, stop: threading.Event, again: Retry) -> Iterator[None]:
    """Yield at the start, after each change, when the folder itself has been replaced, and to try again."""
    while not stop.is_set():
        identity = _identity(settings.corpus)
        if identity is None:
            print_line(f"{settings.corpus} is not a folder that can be read; waiting for it")
            while _identity(settings.corpus) is None and not stop.wait(_CHECK_MS / 1000):
                pass
        else:
            yield from _changes_inside(settings, identity, print_line, stop, again)


def _changes_inside(
    settings: Settings, identity: tuple[int, int], print_line: Print, stop: threading.Event, again: Retry
) -> Iterator[None]:
    """Yield at the start, after each change and to try again, until the folder is replaced or goes away."""
    index = settings.index.resolve()

    def is_watched(path: str) -> bool:
        return not (_is_temporary(Path(path).name) or Path(path).is_relative_to(index))

    scan = FolderScan(settings.corpus.resolve(), is_watched)
    is_first = True  # a change made before the watch was set up is in the rebuild that follows
    for is_reported in _system_reports(settings.corpus, is_watched, print_line, stop):
        if is_first or is_reported:
            scan.differs()
            yield
        elif (scan.is_due() and scan.differs()) or again.is_due():
            yield
        is_first = False
        if _identity(settings.corpus) != identity:
            return


def _system_reports(
    corpus: Path, is_watched: Callable[[str], bool], print_line: Print, stop: threading.Event
) -> Iterator[bool]:
    """Yield whether the operating system has reported a change, at least once a second."""
    from watchfiles import watch as watch_files

    reports = watch_files(
        corpus.resolve(),
        watch_filter=lambda _, path: is_watched(path),
        debounce=_MAX_DELAY_MS,
        step=_QUIET_MS,
        stop_event=stop,
        rust_timeout=_CHECK_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
        ignore_permission_denied=True,  # subtle: also hides that there are more folders than the system watches
    )
    try:
        yield from map(bool, reports)
    except (OSError, RuntimeError) as error:  # the second is watchfiles' own, where the system refuses
        if _identity(corpus) is not None:  # otherwise the folder went away while the watch was being set up
            print_line(f"{corpus} cannot be watched ({error}); it is scanned every few seconds instead")
    while not stop.wait(_CHECK_MS / 1000):
        yield False


class FolderScan:
    """Tells by times, sizes and inodes whether files of a folder were added, removed or written.

    This decides only whether to rebuild; what has changed, the build determines from the files' contents.

    Args:
        folder: Scanned with all folders in it; a link to a folder is not followed.
        is_watched: Whether a file or folder of this path is scanned.
    """

    def __init__(self, folder: Path, is_watched: Callable[[str], bool]) -> None:
        self._folder = folder
        self._is_watched = is_watched
        self._due = 0.0
        self._state: int | None = None

    def is_due(self) -> bool:
        """Return whether the last scan was long enough ago."""
        return time.monotonic() >= self._due

    def differs(self) -> bool:
        """Scan, and return whether anything differs from the scan before; False at the first."""
        began = time.monotonic()
        before, self._state = self._state, sum(map(hash, _files(self._folder, self._is_watched)))
        now = time.monotonic()
        self._due = now + max(_SCAN_S, _SCAN_SHARE * (now - began))
        return before not in (None, self._state)


def _files(folder: Path, is_watched: Callable[[str], bool]) -> Iterator[tuple[str, int, int, int]]:
    """Yield path, time, size and inode of each file; one that cannot be read counts as absent."""
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as inside:
                for each in inside:
                    if not is_watched(each.path):
                        continue
                    if each.is_dir(follow_symlinks=False):
                        waiting.append(each.path)
                    else:
                        status = each.stat(follow_symlinks=False)
                        yield each.path, status.st_mtime_ns, status.st_size, status.st_ino
        except OSError:
            continue


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return device and inode of a folder, or None where it cannot be read."""
    try:
        next(folder.iterdir(), None)
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_temporary(name: str) -> bool:
    return name.startswith((".", "#", "~")) or name.endswith(_TEMPORARY_SUFFIXES) or name in _TEMPORARY_NAMES
