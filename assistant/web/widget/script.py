"""The files of the folder `client` as one script: nothing needs to be built, and a browser loads one file.

Indentation and lines that hold only a comment are left out. So in those files a comment has its line to itself, and no
text goes over several lines. The script speaks English; another language is a file of its own, which it loads when the
dialog is opened for the first time.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

SCRIPT = "widget.js"
_PARTS = ("settings", "colours", "nodes", "cards", "outcomes", "asking", "dialog", "button")
_COMMENT = re.compile(r"^\s*(//.*|/\*.*\*/)$", re.MULTILINE)
_SPACE = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class ScriptFile:
    """A file as it is sent, plain and compressed."""

    content: bytes
    media_type: str
    compressed: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compressed", gzip.compress(self.content, 9, mtime=0))

    @cached_property
    def digest(self) -> str:
        """What changes with the content."""
        return hashlib.sha256(self.content).hexdigest()[:16]


def widget_files() -> dict[str, ScriptFile]:
    """Return the script ("widget.js"), and its texts in the other languages ("de.json" and so on)."""
    folder = files("assistant.web.widget") / "client"
    texts = {item.name: json.loads(_read(item)) for item in (folder / "texts").iterdir()}
    english = texts.pop("en.json")
    buttons = {name.partition(".")[0]: {"button": each["button"]} for name, each in sorted(texts.items())}
    style = _without_spaces(_joined(_read(folder / "style.css"), ""))
    values = f"const STYLE={_json(style)};const TEXTS={_json(buttons | {'en': english})};"
    parts = [_joined(_read(folder / f"{name}.js"), "\n") for name in _PARTS]
    script = "\n".join(['(() => {"use strict";', values, *parts, "})();\n"])
    others = {name: ScriptFile(_json(each).encode(), "application/json") for name, each in texts.items()}
    return {SCRIPT: ScriptFile(script.encode(), "text/javascript"), **others}


def _read(file: Traversable) -> str:
    return file.read_text("utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _joined(source: str, by: str) -> str:
    return _SPACE.sub(by, _COMMENT.sub("", source)).strip()


def _without_spaces(style: str) -> str:
    for spaced in (": ", "; ", ", ", "{ ", " {", " }"):
        style = style.replace(spaced, spaced.strip())
    return style.replace(";}", "}")
