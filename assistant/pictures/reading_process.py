"""The process that decodes pictures and reads their text (`python -m assistant.pictures.reading_process`).

A picture comes from somebody who is not trusted, to libraries in C that take it apart. So this process has no more
memory than it needs, can write no file and, from Python, reach no network; and it answers in JSON: its answers are
never unpickled. It ends with the pipe that it reads from.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from multiprocessing.connection import Connection
from typing import Any

from assistant.errors import PictureError
from assistant.pictures.layout import picture_text
from assistant.pictures.limits import MAX_BYTES, MAX_MEMORY
from index.models.options import usable_threads

_MOST_THREADS = 4
_FORBIDDEN = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system"})


def main() -> None:
    """Report that it is ready, then read every picture that comes."""
    pictures, texts = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)  # whatever a library prints goes nowhere
    _restrict()
    try:
        from assistant.pictures.recognition import Recogniser

        recogniser = Recogniser(min(usable_threads(), _MOST_THREADS))
    except Exception as error:  # noqa: BLE001 - the reason is told at the other end of the pipe
        _send(texts, fault=f"{type(error).__name__}: {error}")
        return
    _send(texts, text="")
    with contextlib.suppress(EOFError):
        while True:
            content = pictures.recv_bytes(MAX_BYTES)
            try:
                _send(texts, text=picture_text(recogniser.lines(content)))
            except PictureError as error:
                _send(texts, problem=str(error))
            except Exception as error:  # noqa: BLE001 - the kind alone: its message may quote the picture
                _send(texts, fault=type(error).__name__)


def _send(texts: Connection, **reply: str) -> None:
    texts.send_bytes(json.dumps(reply).encode())


def _restrict() -> None:
    """Take from this process what reading pictures does not need."""
    _limit(resource.RLIMIT_CORE, 0)  # no picture in a core dump
    _limit(resource.RLIMIT_FSIZE, 0)
    if sys.platform == "linux":
        _limit(resource.RLIMIT_AS, MAX_MEMORY)  # macOS does not keep to it
    sys.addaudithook(_refuse)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (wanted, wanted))


def _refuse(event: str, _: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"a process that reads pictures may not use {event}")


if __name__ == "__main__":
    main()
