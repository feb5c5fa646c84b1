"""The formats an article may have, by the suffix of its file."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from corpus.errors import ArticleError
from corpus.formats.document import Document
from corpus.labels import DEFAULT_LABELS, Labels

MAX_ARTICLE_BYTES = 5_000_000  # an article of 5 MB is an export or a mistake
MAX_EXPORT_BYTES = 64_000_000  # reading JSON takes up to twenty times its size


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        module: The module of this package that reads it, by `documents(content, source, labels)`.
        needs: What has to be installed for it.
        extra: The extra of the distribution that installs that; None where it always is.
        max_bytes: Larger files are refused.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    needs: tuple[str, ...] = ()
    extra: str | None = None
    max_bytes: int = MAX_ARTICLE_BYTES

    @property
    def is_installed(self) -> bool:
        """Whether it can be read here."""
        return all(find_spec(name) is not None for name in self.needs)


FORMATS = (
    Format("Markdown", (".md", ".markdown"), "markdown"),
    Format("HTML page", (".html", ".htm", ".xhtml"), "html.page", ("lxml",)),
    Format("Plain text", (".txt", ".text"), "plain_text"),
    Format("Word document", (".docx",), "docx", ("mammoth", "lxml"), "docx", max_bytes=20_000_000),
    Format("CSV, a row an entry", (".csv", ".tsv"), "csv_rows", max_bytes=MAX_EXPORT_BYTES),
    Format("JSON lines, a line an entry", (".jsonl", ".ndjson"), "jsonl", max_bytes=MAX_EXPORT_BYTES),
    Format("Export of a help centre", (".json",), "helpdesk_export", ("lxml",), max_bytes=MAX_EXPORT_BYTES),
)
_UNREAD = {
    ".doc": "save it as .docx",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".pages": "export it as .docx",
    ".pdf": "export the article as HTML, DOCX or text",
    ".xls": "save it as CSV",
    ".xlsx": "save it as CSV",
    ".ods": "save it as CSV",
}
SUFFIXES = frozenset(suffix for each in FORMATS for suffix in each.suffixes) | frozenset(_UNREAD)


def format_of(source: str) -> Format:
    """Return the format of a file by its name.

    Raises:
        ArticleError: No format has its suffix, or what reads it is not installed.
    """
    suffix = PurePosixPath(source).suffix.lower()
    for each in FORMATS:
        if suffix in each.suffixes:
            if each.is_installed:
                return each
            missing = f'run "pip install troubleshooting-assistant[{each.extra or "html"}]"'
            raise ArticleError(source, f"cannot be read, since {' and '.join(each.needs)} is not installed; {missing}")
    remedy = _UNREAD.get(suffix, 'give it the suffix of its format; "assistant formats" lists them')
    raise ArticleError(source, f'is of no format that can be read ("{suffix}"); {remedy}')


def documents_of(content: bytes, source: str, labels: Labels = DEFAULT_LABELS) -> Iterable[Document]:
    """Read a file's bytes as the format that its name says.

    Args:
        content: The bytes.
        source: The file's name.
        labels: The words that name the parts of an entry, by which some formats find headings or columns.

    Raises:
        ArticleError: They cannot be read as that.
    """
    module = importlib.import_module(f"corpus.formats.{format_of(source).module}")
    found: Iterable[Document] = module.documents(content, source, labels)
    return found
