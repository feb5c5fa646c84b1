"""What can be set, and how: a flag beats an environment variable (ASSISTANT_...) beats the default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from index.models.model_files import DEFAULT_MODEL
from index.models.options import Backend, Precision

_RANGES = {"port": (0, 65535), "threads": (0, 1024), "processes": (0, 64)}  # port 0 is any free one


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    Attributes:
        corpus: The folder of the articles.
        index: The folder of the generations.
        cache: Where what can be made again is kept: exported models, evaluated sets.
        labels: Further words for the parts of an entry: "solution=L\u00f6sung,Abhilfe; cause=Ursache".
        model: The encoder: "all-MiniLM-L6-v2", the folder of a sentence-transformers model, or its name on the hub.
        backend: What runs the encoder: "exported" (OpenVINO), "reference" (sentence-transformers), or "auto".
        precision: Of the exported encoder: "auto" is as fastest on this processor, "f32" as the reference.
        threads: How many of the processor's threads the exported encoder uses; 0 takes all.
        processes: How many processes answer when many ask at once; 0 is one for each core, 1 the server alone.
        host: The address the server listens on.
        port: The port it listens on.
        name: The product's name on the page.
        root_path: The path that a reverse proxy serves the application under, such as "/help".
        support_url: Where people turn to when no article helps; shown then.
        support_text: What they are told with it.
        rate_limit: Requests a minute that one client may make; 0 is no limit.
        journal: The file that keeps what was asked and whether it helped.
        journal_days: How long queries (masked) and feedback are kept; 0 keeps none.
        token: Whoever has it may rebuild and use the editor's page; without one neither exists.
    """

    corpus: Path = Path("corpus/articles")
    index: Path = Path("index/built")
    cache: Path = Path(user_cache_dir("troubleshooting-assistant"))
    labels: str = ""
    model: str = DEFAULT_MODEL
    backend: Backend = Backend.AUTO
    precision: Precision = Precision.AUTO
    threads: int = 0
    processes: int = 0
    host: str = "127.0.0.1"
    port: int = 7860
    name: str = "Troubleshooting assistant"
    root_path: str = ""
    support_url: str = ""
    support_text: str = ""
    rate_limit: int = 1200
    journal: Path = Path("index/journal.sqlite")
    journal_days: int = 90
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **flags: Any) -> Settings:
        """Read the settings from ASSISTANT_* variables; flags that are not None come first.

        Raises:
            SettingError: A variable does not hold what it should.
        """
        found: dict[str, Any] = {}
        for each in fields(cls):
            name, default = each.name, each.default
            variable = f"ASSISTANT_{name.upper()}"
            if (text := environment.get(variable)) is not None:
                found[name] = _in_range(name, _read(text, type(default), variable), variable)
        return replace(cls(), **found | {name: value for name, value in flags.items() if value is not None})


class SettingError(Exception):
    """A setting does not hold what it should. The message names the variable and what was expected."""


def _in_range(name: str, value: Any, variable: str) -> Any:
    least, most = _RANGES.get(name, (None, None))
    if least is not None and most is not None and not least <= value <= most:
        raise SettingError(f"{variable} is '{value}'; it should be from {least} to {most}")
    return value


def _read(text: str, kind: type, variable: str) -> Any:
    try:
        return kind(text)
    except ValueError as error:
        expected = " or ".join(kind) if issubclass(kind, StrEnum) else "a whole number"
        raise SettingError(f"{variable} is {text!r}; it should be {expected}") from error
