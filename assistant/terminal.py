"""What a command prints is shown by a terminal, never obeyed by it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

# all controls but tab and line feed; lone surrogates, too, which most streams cannot write
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def without_controls(text: str) -> str:
    r"""Return a text with its control characters written out as JSON writes them, so that JSON stays valid.

    >>> print(without_controls("a\x1b[2J"))
    a\u001b[2J
    """
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class TerminalStream:
    """A text stream that writes control characters out."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; return its length."""
        self._stream.write(without_controls(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        """Return what else the stream has."""
        return getattr(self._stream, name)


@contextmanager
def controls_escaped() -> Iterator[None]:
    """Write out the control characters in all that is printed inside the block.

    Texts of visitors, articles and files reach a terminal in many ways: the journal, findings, reasons, errors. All of
    them pass here.
    """
    stdout, stderr = (cast("TextIO", TerminalStream(stream)) for stream in (sys.stdout, sys.stderr))
    with redirect_stdout(stdout), redirect_stderr(stderr):
        yield
