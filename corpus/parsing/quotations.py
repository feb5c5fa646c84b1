"""Messages that are quoted in a description: You see "The disk is full." when you save."""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUOTED = re.compile(
    r"(?P<mark>`+)(?P<code>[^`\n]+)(?P=mark)"
    r"|(?<!\w)\"(?P<straight>[^\"\n]+)\"(?!\w)|\u201c(?P<curly>[^\u201c\u201d\n]+)\u201d"
    r"|\*\*(?P<bold>[^*\n]+[.!])\*\*"
)
_LEAST_WORDS = 3  # "Save as" is a button
_READS_AS_TEXT = re.compile(r"[A-Z][^\n]*|[^\n]*: [^\n]*")  # "npm install --global it" is a command


def quotations(text: str) -> Iterator[str]:
    """Yield what a text quotes that is long enough to be a message, without its marks."""
    for found in _QUOTED.finditer(text):
        quoted = next(filter(None, (found["code"], found["straight"], found["curly"], found["bold"]))).strip()
        is_whole = found[0] == text.strip()
        is_command = found["code"] is not None and not _READS_AS_TEXT.fullmatch(quoted)
        if len(quoted.split()) >= _LEAST_WORDS and not is_command and not is_whole:
            yield quoted
