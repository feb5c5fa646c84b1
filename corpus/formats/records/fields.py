"""Which part of an entry a field of a record is: `errorMessage`, `error_message` and "Error message" are the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from corpus.labels import Label, Labels

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.\s]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BLOCK_END = re.compile(r"</(?:p|div|li|h[1-6]|tr)>|<br ?/?>", re.IGNORECASE)
CODE_NAMES = frozenset(
    {
        "code",
        "id",
        "errno",
        "status",
        "key",
        "number",
        "constant",
        "error code",
        "error id",
        "error number",
        "status code",
    }
    | {"error key", "exit code", "errorcode", "return code"}
)
TITLE_NAMES = frozenset({"title", "name", "headline", "short description", "summary", "heading", "label"})
_PARTS = {
    "text": Label.MESSAGE,
    "msg": Label.MESSAGE,
    "question": Label.MESSAGE,
    "q": Label.MESSAGE,
    "prompt": Label.MESSAGE,
    "answer": Label.SOLUTION,
    "accepted answer": Label.SOLUTION,
    "a": Label.SOLUTION,
    "hint": Label.SOLUTION,
    "help": Label.SOLUTION,
    "how to fix": Label.SOLUTION,
    "response": Label.SOLUTION,
    "what to do": Label.SOLUTION,
    "suggestion": Label.SOLUTION,
    "advice": Label.SOLUTION,
    "description": Label.CAUSE,
    "details": Label.CAUSE,
    "detail": Label.CAUSE,
    "long description": Label.CAUSE,
}


def field_name(name: str) -> str:
    """Return the words of a field's name in lower case."""
    return " ".join(_CAMEL.sub(" ", name.strip("@$ ")).split()).casefold()


def label_of_field(name: str, labels: Labels) -> Label | None:
    """Return the part of an entry that a field is, or None; codes and titles are none."""
    words = field_name(name)
    return _PARTS.get(words) or labels.of(words)


def texts_of(value: object, depth: int = 0) -> list[str]:
    """Return the texts in a field: a text, a list of texts, or an object with one under `text` or `name`."""
    if depth > 4 or value is None or isinstance(value, bool):
        return []
    if isinstance(value, str):
        text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", value))) if _TAG.search(value) else value
        return [text.strip()] if text.strip() else []
    if isinstance(value, int | float):
        return [str(value)]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each, depth + 1)]
    if isinstance(value, Mapping):
        return next(
            (texts for key in ("text", "name", "value", "en") if (texts := texts_of(value.get(key), depth + 1))), []
        )
    return []
