"""PDF files with text, read by pdfplumber (an extra): headings are told by size, columns by the gap between them.

A PDF says where each letter stands and nothing of what it is. Lines, paragraphs, lists, headings and tables are found
by position, size and weight (`pdf_lines`, `pdf_layout`) and handed to the reader of HTML pages.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace

from corpus.errors import ArticleError
from corpus.formats.converted.pdf_layout import to_html
from corpus.formats.converted.pdf_lines import PageLines, lines_of
from corpus.formats.document import Document, Excluded, ExcludedKind
from corpus.formats.html import page as html
from corpus.labels import Labels

_MAX_PAGES = 500
_MAX_UNPACKED = 100_000_000  # bytes
_STREAM = re.compile(rb"stream\r?\n")
_DICTIONARY = 2_000  # bytes before a stream in which its filters are named
_PACKED = re.compile(rb"/(?:FlateDecode|Fl)\b")
_OLD_PACKING = re.compile(rb"/LZWDecode\b")


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a PDF file.

    Raises:
        ArticleError: They are no PDF, it has a password, no text or too many pages, or it unpacks to more than an
            article could have.
    """
    _check(content, source)
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            count = len(pdf.pages)
            pages: list[PageLines] = []
            for page in pdf.pages if count <= _MAX_PAGES else ():
                pages.append(lines_of(page))
                page.close()  # or its letters stay in memory
    except PdfminerException as error:
        if any(isinstance(each, PDFPasswordIncorrect) for each in error.args):
            raise ArticleError(source, "has a password; save it without one") from error
        raise ArticleError(source, "is damaged; export it again") from error
    except Exception as error:  # pdfminer passes on whatever a damaged file makes it raise
        raise ArticleError(source, "is damaged; export it again") from error
    if count > _MAX_PAGES:
        raise ArticleError(source, f"has {count} pages, more than {_MAX_PAGES}; split it by chapters")
    if not any(page.lines or page.tables for page in pages):
        raise ArticleError(source, "has no text, as a scan has none; have its text recognised, or export the article")
    body, running = to_html(pages)
    document = html.read(body, source, labels)
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in document.elements)
    excluded = [replace(each, first_line=None, last_line=None) for each in document.excluded]
    excluded += [Excluded(ExcludedKind.PAGE_HEADER, None, None, running)] if running else []
    return (replace(document, elements=elements, excluded=tuple(excluded), size=document.size + running),)


def _check(content: bytes, source: str) -> None:
    """Refuse what is no PDF, and a bomb before a reader unpacks it."""
    if b"%PDF-" not in content[:1024]:
        raise ArticleError(source, "is not a PDF file; give it the suffix of its format")
    if _OLD_PACKING.search(content):
        raise ArticleError(source, "is packed in an old way (LZW); export it again")
    unpacked = 0
    for match in _STREAM.finditer(content):
        dictionary = content[max(0, match.start() - _DICTIONARY) : match.start()].rpartition(b"obj")[2]
        packed = len(_PACKED.findall(dictionary))
        if packed > 1:
            raise ArticleError(source, "has a part that is packed twice; export it again")
        if packed:
            unpacked += _size_unpacked(content, match.end(), _MAX_UNPACKED - unpacked)
        if unpacked >= _MAX_UNPACKED:
            problem = f"unpacks to more than {_MAX_UNPACKED // 1_000_000} MB, more than an article may have; split it"
            raise ArticleError(source, problem)


def _size_unpacked(content: bytes, start: int, most: int) -> int:
    """Return how many bytes a packed part has, or `most` if it has more."""
    unpacker, size, given = zlib.decompressobj(), 0, memoryview(content)[start:]
    try:
        while size < most and not unpacker.eof and (given or unpacker.unconsumed_tail):
            tail = unpacker.unconsumed_tail
            piece = unpacker.decompress(tail or given[:65_536], 1_000_000)
            if not tail:
                given = given[65_536:]
            size += len(piece)
    except zlib.error:
        return size  # damaged: its reader makes no more of it
    return min(size, most)
