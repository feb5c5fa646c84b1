"""What can be set, and how: a flag beats an environment variable (ASSISTANT_...) beats the default.

`parse` checks the text of a setting, wherever it was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from assistant.errors import UsageError
from index.engines.options import Nearness
from index.models.model_files import DEFAULT_MODEL
from index.models.options import Backend, Precision


class Searches(StrEnum):
    """Which searches the journal keeps."""

    ALL = "all"  # those over HTTP and MCP, too
    PAGE = "page"


class Crawlers(StrEnum):
    """Whether search engines may list the pages of articles and entries."""

    REFUSED = "refused"
    WELCOME = "welcome"


class Pictures(StrEnum):
    """Whether screenshots are read as questions."""

    AUTO = "auto"  # where the extra `ocr` is installed
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set.

    Attributes:
        corpus: The folder of the articles.
        index: The folder of the generations.
        cache: The folder of what can be made again: exported models, evaluated sets.
        labels: More labels for the parts of an entry: "solution=L\u00f6sung,Abhilfe; cause=Ursache".
        model: The encoder: "all-MiniLM-L6-v2", the folder of a sentence-transformers model, or its name on the hub.
        backend: What runs the encoder: "exported" (OpenVINO), "reference" (sentence-transformers), or "auto".
        precision: Of the exported encoder: "auto" is the fastest on this processor, "f32" that of the reference.
        threads: Threads that the exported encoder uses; 0 is one for each core.
        dask: The scheduler of a Dask cluster whose workers encode for `assistant encode`: "tcp://10.0.0.5:8786".
        engine: A Milvus server that holds the entries, "http://10.0.0.5:19530"; empty for the files of the index.
        engine_user: Who asks it; empty where it asks nobody.
        engine_password: Theirs.
        engine_token: An API key, instead of both.
        engine_ca: A file with the certificates of the authorities that may have signed the server's.
        engine_certificate: A file with our own certificate, where the server asks for one.
        engine_key: A file with its key.
        engine_search: How it finds the nearest passages: "exact", or "approximate" by a graph.
        processes: Worker processes that answer when many people ask at once; 0 is one for each core, 1 is none.
        host: The address that the server listens on.
        hosts: More names that browsers reach the server by, such as "help.example.com,help"; feedback sent to another
            name is refused.
        sites: Origins of other sites whose pages may show answers, such as "https://app.example,https://help.example".
        port: The port that it listens on; 0 is any free one.
        name: The product's name on the page.
        public_url: The address of the page for everybody, such as "https://help.example.com/help": links to the pages
            of articles and entries begin with it where they have to be absolute.
        crawlers: Whether search engines may list those pages: "refused" or "welcome".
        root_path: The path that a reverse proxy serves the application under, such as "/help".
        support_url: A link to the support desk, shown when the articles do not help.
        support_text: A sentence shown with it.
        pictures: Whether screenshots are read: "auto" where the extra `ocr` is installed, or "off".
        rate_limit: Requests that one client may make in a minute; 0 is no limit.
        journal: The file that keeps what was asked and whether it helped.
        journal_searches: Which searches are kept: "all", or "page" for those of the page alone.
        journal_days: Days for which queries (masked) and feedback are kept; 0 keeps none.
        token: The password of the editor's page and of rebuilding; without one neither exists.
    """

    corpus: Path = Path("corpus/articles")
    index: Path = Path("index/built")
    cache: Path = Path(user_cache_dir("troubleshooting-assistant"))
    labels: str = ""
    model: str = DEFAULT_MODEL
    backend: Backend = Backend.AUTO
    precision: Precision = Precision.AUTO
    threads: int = 0
    dask: str = ""
    engine: str = ""
    engine_user: str = ""
    engine_password: str = field(default="", repr=False)
    engine_token: str = field(default="", repr=False)
    engine_ca: str = ""
    engine_certificate: str = ""
    engine_key: str = ""
    engine_search: Nearness = Nearness.EXACT
    processes: int = 0
    host: str = "127.0.0.1"
    hosts: str = ""
    sites: str = ""
    port: int = 7860
    name: str = "Troubleshooting assistant"
    public_url: str = ""
    crawlers: Crawlers = Crawlers.REFUSED
    root_path: str = ""
    support_url: str = ""
    support_text: str = ""
    pictures: Pictures = Pictures.AUTO
    rate_limit: int = 1200
    journal: Path = Path("index/journal.sqlite")
    journal_searches: Searches = Searches.ALL
    journal_days: int = 90
    token: str = field(default="", repr=False)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], **flags: Any) -> Settings:
        """Read the settings from flags and, where one is None, from its ASSISTANT_* variable.

        Args:
            environment: The environment's variables.
            flags: Parsed values.

        Raises:
            UsageError: A variable has a value that is not allowed.
        """
        values: dict[str, Any] = {}
        for name in NAMES:
            variable = f"ASSISTANT_{name.upper()}"
            if (flag := flags.get(name)) is not None:
                values[name] = flag
            elif (text := environment.get(variable)) is not None:
                try:
                    values[name] = parse(name, text)
                except ValueError as error:
                    raise UsageError(f"environment variable {variable}: {error}") from error
        return cls(**values)


NAMES = tuple(each.name for each in fields(Settings))
_TYPES = {each.name: type(each.default) for each in fields(Settings)}
_RANGES = {
    "threads": (0, 1024),
    "processes": (0, 64),
    "port": (0, 65_535),
    "rate_limit": (0, 1_000_000),
    "journal_days": (0, 36_500),
}
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_USUAL_PORT = r"https://[^/,]*:443(,|$)|http://[^/,]*:80(,|$)"  # a browser leaves it out
_SITE = rf"(?!{_USUAL_PORT})https?://({_LABEL}(\.{_LABEL})*|\[[0-9a-f:.]+\])(:[1-9][0-9]{{0,4}})?"
_SITES_IN_WORDS = (
    "a list of origins with commas between them, as browsers write them (in small letters, without a path, a slash at "
    'the end or a usual port), such as "https://app.example,http://localhost:8080"'
)
_SECRET = (r"([!-~]([ -~]*[!-~])?)?", "printable ASCII without spaces at either end")
_TEXTS = {  # the pattern of the whole text, and what it stands for in a message
    "model": (r".*\S.*", "the name or the folder of a model"),
    "dask": (r"((tcp|tls)://[^\s/]+:[0-9]{1,5})?", 'the address of a Dask scheduler, such as "tcp://10.0.0.5:8786"'),
    "engine": (r"(https?://[^\s/@]+:[0-9]{1,5})?", 'the address of a Milvus server, such as "http://10.0.0.5:19530"'),
    "host": (r"[^\s/]+", "an address or a host's name"),
    "hosts": (r"([\w.-]+(,[\w.-]+)*)?", "names of hosts with commas between them"),
    "sites": (rf"({_SITE}(,{_SITE})*)?", _SITES_IN_WORDS),
    "name": (r".*\S.*", "a name"),
    "root_path": (r"(/[\w.~-]+)*/?", 'a path such as "/help"'),
    "public_url": (r"(https?://[\w.:-]+(/[\w.~-]+)*/?)?", "an address that begins with https:// or http://"),
    "support_url": (r"(https?://[^\s/]\S*)?", "a link that begins with https:// or http://"),
    "token": _SECRET,
    "engine_user": _SECRET,
    "engine_password": _SECRET,
    "engine_token": _SECRET,
}


def parse(name: str, text: str) -> Any:
    """Return the value of a setting from its text, as a flag or a variable has it.

    Raises:
        ValueError: The text is not allowed; the message says what is.
    """
    kind = _TYPES[name]
    if kind is int:
        return _whole_number(text, *_RANGES[name])
    if issubclass(kind, StrEnum):
        return _choice(text, kind)
    if issubclass(kind, Path):
        if not text or "\0" in text:
            raise ValueError(f"{text!r} is not the path of a file or a folder")
        return Path(text)
    pattern, expected = _TEXTS.get(name, (r"(?s:.*)", ""))
    if not re.fullmatch(pattern, text):
        shown = "this" if _TEXTS.get(name) is _SECRET else repr(text)
        raise ValueError(f"{shown} is not {expected}")
    return text


def _whole_number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"-?[0-9]{1,18}", text) or not least <= int(text) <= most:
        raise ValueError(f"{text!r} is not a whole number from {least} to {most}")
    return int(text)


def _choice(text: str, choices: type[StrEnum]) -> StrEnum:
    try:
        return choices(text)
    except ValueError:
        raise ValueError(f"{text!r} is not one of {', '.join(choices)}") from None
