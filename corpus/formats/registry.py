"""The formats that an article may have, by the suffix of its file."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePosixPath

from corpus.errors import ArticleError
from corpus.formats.document import Document
from corpus.labels import DEFAULT_LABELS, Labels

MAX_ARTICLE_BYTES = 5_000_000  # a larger article is an export or a mistake
MAX_EXPORT_BYTES = 64_000_000  # parsing JSON takes up to twenty times its size in memory


@dataclass(frozen=True, slots=True)
class Format:
    """A format of articles.

    Attributes:
        name: As `assistant formats` prints it.
        suffixes: The suffixes of its files, in lower case.
        module: The module of this package whose `documents(content, source, labels)` reads it.
        needs: The packages that have to be installed for it.
        extra: The extra of the distribution that installs them; None if they are always installed.
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
        """Whether the packages that it needs are installed."""
        return all(find_spec(name) is not None for name in self.needs)


FORMATS = (
    Format("Markdown", (".md", ".markdown", ".mdx"), "markdown"),
    Format("HTML page", (".html", ".htm", ".xhtml"), "html.page", ("lxml",)),
    Format("Plain text", (".txt", ".text"), "plain_text"),
    Format("Word document", (".docx",), "docx", ("mammoth", "lxml"), "docx", max_bytes=20_000_000),
    Format("reStructuredText", (".rst", ".rest"), "converted.rst", ("docutils", "lxml"), "rst", max_bytes=1_000_000),
    Format("PDF with text", (".pdf",), "converted.pdf", ("pdfplumber", "lxml"), "pdf", max_bytes=20_000_000),
    Format("Mail", (".eml",), "converted.mail", ("lxml",), max_bytes=20_000_000),
    Format("Excel workbook, each row an entry", (".xlsx",), "converted.workbook", ("openpyxl",), "xlsx", 20_000_000),
    Format("CSV, each row an entry", (".csv", ".tsv"), "csv_rows", max_bytes=MAX_EXPORT_BYTES),
    Format("JSON lines, each line an entry", (".jsonl", ".ndjson"), "jsonl", max_bytes=MAX_EXPORT_BYTES),
    Format("Export of a help centre", (".json",), "helpdesk_export", ("lxml",), max_bytes=MAX_EXPORT_BYTES),
)
_UNSUPPORTED = {
    ".doc": "save it as .docx",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".adoc": "convert it with Asciidoctor to HTML",
    ".asciidoc": "convert it with Asciidoctor to HTML",
    ".org": "export it as Markdown or HTML",
    ".mhtml": "save the page as HTML only",
    ".msg": "save the mail as .eml",
    ".ipynb": "export it as Markdown or HTML",
    ".pages": "export it as .docx",
    ".xls": "save it as CSV",
    ".ods": "save it as CSV",
}
_ASSETS = frozenset(
    ".png .jpg .jpeg .gif .webp .svg .ico .bmp .tif .tiff .avif .psd .drawio .css .scss .sass .less .js .mjs .ts .jsx"
    " .tsx .map .woff .woff2 .ttf .otf .eot .mp3 .mp4 .mov .avi .webm .wav .ogg .zip .gz .tgz .tar .7z .lock .py .sh"
    " .toml .ini .cfg .po .pot .mo .sql .db .sqlite .exe .dll .so .bin .iso .msi .dmg .deb .rpm .jar .class .pyc"
    " .log".split()
)
_NO_ARTICLES = frozenset("license licence notice copying authors codeowners cname makefile dockerfile gemfile".split())


def is_asset(name: str) -> bool:
    """Whether a file is by its name no article in any format: an image, a style, a program, a licence."""
    path = PurePosixPath(name.lower())
    return path.suffix in _ASSETS or path.name in _NO_ARTICLES


def format_of(source: str) -> Format:
    """Return the format of a file by the suffix of its name.

    Raises:
        ArticleError: No format has the suffix, or a package that it needs is not installed.
    """
    suffix = PurePosixPath(source).suffix.lower()
    for each in FORMATS:
        if suffix in each.suffixes:
            if each.is_installed:
                return each
            remedy = f'run "pip install troubleshooting-assistant[{each.extra or "html"}]"'
            raise ArticleError(source, f"cannot be read without {' and '.join(each.needs)}; {remedy}")
    remedy = _UNSUPPORTED.get(suffix, 'give it the suffix of its format; "assistant formats" lists them')
    what = f'the suffix "{suffix}", which no supported format has' if suffix else "no suffix to tell its format by"
    raise ArticleError(source, f"has {what}; {remedy}")


def documents_of(content: bytes, source: str, labels: Labels = DEFAULT_LABELS) -> Iterable[Document]:
    """Return the articles in the bytes of a file; the suffix of its name determines the format.

    Args:
        content: The bytes.
        source: The file's path under the corpus root.
        labels: The words that name the parts of an entry; some formats find headings or columns by them.

    Raises:
        ArticleError: They are not of that format; raised at the call or, by an export, while iterating.
    """
    module = importlib.import_module(f"corpus.formats.{format_of(source).module}")
    documents: Iterable[Document] = module.documents(content, source, labels)
    return documents
