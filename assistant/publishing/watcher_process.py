"""Runs `assistant watch` as a process beside the server, started again when it dies and ended with the server."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator

from assistant.settings import Settings

_RESTART_S = 5.0
_EXIT_S = 10.0


@contextlib.contextmanager
def watcher_process(settings: Settings) -> Iterator[None]:
    """Keep a watcher process running until the end of the block."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(settings, ending), name="watcher", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep_running(settings: Settings, ending: threading.Event) -> None:
    while not ending.is_set():
        with _start(settings) as process:
            while process.poll() is None and not ending.wait(0.2):
                pass
            if process.stdin is not None:
                process.stdin.close()  # it ends then; the system closes this too when the server is killed
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_EXIT_S)
            process.kill()
        if not ending.is_set():
            sys.stderr.write(f"the watcher process ended with exit code {process.returncode}; it is started again\n")
            ending.wait(_RESTART_S)


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    command = [sys.executable, "-m", "assistant.cli", "watch", "--until-input-ends", *folders]
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own command, no shell
