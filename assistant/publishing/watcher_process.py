"""`assistant watch` as a process beside a server: of low priority, ended with it, started again if it dies."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator

from assistant.settings import Settings

_START_AGAIN_S = 5.0


@contextlib.contextmanager
def watcher(settings: Settings) -> Iterator[None]:
    """Keep a watcher process running until the end of the block."""
    ending = threading.Event()
    keeping = threading.Thread(target=_keep_running, args=(settings, ending), name="watcher", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        ending.set()
        keeping.join()


def _keep_running(settings: Settings, ending: threading.Event) -> None:
    while not ending.is_set():
        with _start(settings) as process:
            while process.poll() is None and not ending.wait(0.2):
                pass
            if process.stdin is not None:
                process.stdin.close()  # the sign to end, which it also gets when this process is killed
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
        if not ending.is_set():
            sys.stderr.write(f"the watcher ended with {process.returncode}, it is started again\n")
            ending.wait(_START_AGAIN_S)


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    command = [sys.executable, "-m", "assistant.cli", "watch", "--until-input-ends", *folders]
    return subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own command, no shell
