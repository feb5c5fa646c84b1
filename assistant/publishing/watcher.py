"""The articles' folder is watched, and the index rebuilt when an editor has saved something."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from assistant.publishing.looking import Look
from assistant.publishing.rebuild import rebuild, rejection_lines, report_lines
from assistant.settings import Settings
from corpus.errors import CorpusError
from index.build_report import Origin
from index.builder import Options
from index.errors import SearchIndexError
from index.models.encoder import Encoder

QUIET_MS = 200  # a save is over when nothing has changed for so long: editors write, rename and touch
LONGEST_MS = 2_000  # but a rebuild is not put off for longer while files keep changing
_LOOK_MS = 1_000  # how often it is seen that the folder itself was replaced, or that it is time to stop
_TEMPORARY_SUFFIXES = ("~", ".tmp", ".swp", ".swx", ".part", ".crdownload", ".bak")
_TEMPORARY_NAMES = ("4913",)  # vim's, to try whether it may write

_OPTIONS = Options(origin=Origin.WATCH)

Tell = Callable[[str], None]


def watch(
    settings: Settings, open_encoder: Callable[[], Encoder], tell: Tell, stop: threading.Event | None = None
) -> None:
    """Rebuild at once and after each change until `stop` is set; what goes wrong is told, and watching goes on.

    Args:
        settings: Where articles and index are.
        open_encoder: Called once, before the first build.
        tell: Gets each line for people: what was rebuilt, what was left out, what could not be done.
        stop: Ends the watch within about a second.
    """
    encoders: list[Encoder] = []

    def encoder() -> Encoder:
        encoders.extend([] if encoders else [open_encoder()])
        return encoders[0]

    said = ""
    for _ in _changes(settings, tell, stop or threading.Event()):
        lines = "\n".join(_rebuild(settings, encoder))
        if lines not in {"", said}:
            tell(lines)
        said = lines


def _rebuild(settings: Settings, encoder: Callable[[], Encoder]) -> list[str]:
    try:
        report = rebuild(settings, encoder, options=_OPTIONS)
    except (CorpusError, SearchIndexError) as error:
        return [f"not rebuilt: {error}"]
    lines = rejection_lines(report, settings)
    return [*lines, *report_lines(report)] if report.written else lines


def _changes(settings: Settings, tell: Tell, stop: threading.Event) -> Iterator[None]:
    """Yield at the start, after each change, and when the folder itself has been replaced."""
    while not stop.is_set():
        found = _identity(settings.corpus)
        if found is None:
            tell(f"{settings.corpus} is not a folder that can be read; waiting for it")
            while _identity(settings.corpus) is None and not stop.wait(_LOOK_MS / 1000):
                pass
        else:
            yield from _changes_inside(settings, found, tell, stop)


def _changes_inside(settings: Settings, identity: tuple[int, int], tell: Tell, stop: threading.Event) -> Iterator[None]:
    index = settings.index.resolve()

    def matters(path: str) -> bool:
        return not (_is_temporary(Path(path).name) or Path(path).is_relative_to(index))

    look = Look(settings.corpus.resolve(), matters)
    is_first = True  # what changed before the watch began is seen by a rebuild after it has
    for changed in _reported(settings.corpus, matters, tell, stop):
        if is_first or changed:
            look.take()
            yield
        elif look.take_if_due():
            yield
        is_first = False
        if _identity(settings.corpus) != identity:
            return


def _reported(corpus: Path, matters: Callable[[str], bool], tell: Tell, stop: threading.Event) -> Iterator[bool]:
    """Yield whether the system has reported a change, once a second at least."""
    from watchfiles import watch as watch_files

    changes = watch_files(
        corpus.resolve(),
        watch_filter=lambda _, path: matters(path),
        debounce=LONGEST_MS,
        step=QUIET_MS,
        stop_event=stop,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
        ignore_permission_denied=True,  # subtle: also hides that there are more folders than may be watched
    )
    try:
        yield from map(bool, changes)
    except (OSError, RuntimeError) as error:  # the second is what watchfiles raises where the system refuses it
        if _identity(corpus) is not None:  # otherwise it went away while the watch was set up
            tell(f"{corpus} cannot be watched ({error}); it is looked at every few seconds instead")
    while not stop.wait(_LOOK_MS / 1000):
        yield False


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        next(folder.iterdir(), None)
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_temporary(name: str) -> bool:
    return name.startswith((".", "#", "~")) or name.endswith(_TEMPORARY_SUFFIXES) or name in _TEMPORARY_NAMES
