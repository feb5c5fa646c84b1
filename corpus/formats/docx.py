"""Word documents, converted to HTML by mammoth (an extra): headings by style, lists, tables, images by their text."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from enum import Enum, auto
from typing import IO, Any
from xml.parsers import expat

from corpus.errors import ArticleError
from corpus.formats.document import Document, Element, ElementKind
from corpus.formats.html import page as html
from corpus.labels import Labels

_MAX_FILES = 2_000
_MAX_XML = 40_000_000  # bytes of unpacked XML
_MAX_UNPACKED = 400_000_000  # bytes with the pictures, which are not unpacked
_PIECE = 4_096  # bytes that are read at once: a picture is seen to be none in the first
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Code'] => pre:separator('\\n')
"""
_TITLE = '<h1 class="title">'  # what the first of the styles becomes


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a Word document.

    Raises:
        ArticleError: It is not a Word document, has a password, or unpacks to more than an article could have.
    """
    _check_archive(content, source)
    import mammoth

    try:
        page = mammoth.convert_to_html(
            io.BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(_image)
        ).value
    except Exception as error:  # mammoth passes on whatever the readers of ZIP and XML raise
        raise ArticleError(source, "is damaged; open it in Word and save it again") from error
    if not page.strip():
        raise ArticleError(source, "has no content; write an entry with a solution in it")
    document = html.read(f"<body>{page}</body>", source, labels)
    first, *rest = document.elements or (Element(ElementKind.PARAGRAPH, ""),)
    metadata: dict[str, object] = {}
    if page.startswith(_TITLE):
        metadata = {"title": first.markdown}
        document = replace(document, elements=tuple(rest), size=document.size - first.size)
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in document.elements)
    return (replace(document, metadata=metadata, elements=elements),)


def _image(image: Any) -> dict[str, str]:
    """Return the attributes of an image: its alternative text, since the document has no address for it."""
    return {"src": "", "alt": image.alt_text or ""}


def _check_archive(content: bytes, source: str) -> None:
    """Check a document before mammoth unpacks it: a small archive may unpack to gigabytes.

    Raises:
        ArticleError: See `documents`.
    """
    if content.startswith(_OLD_FORMAT):
        problem = "has a password, or is a Word file of the old format; save it as .docx without a password"
        raise ArticleError(source, problem)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(archive, source)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ArticleError(source, "is not a Word document; save it as .docx") from error


def _check_members(archive: zipfile.ZipFile, source: str) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > _MAX_FILES:
        raise ArticleError(source, f"has {len(members)} files, more than a Word document has; save it again in Word")
    by_name = {member.filename for member in members if member.filename.endswith((".xml", ".rels"))}
    xml = sum(member.file_size for member in members if member.filename in by_name)
    if unpacked > _MAX_UNPACKED:
        raise _too_large(unpacked, source)
    if "word/document.xml" not in archive.namelist():
        raise ArticleError(source, "is not a Word document; save it as .docx")
    for member in members:  # a document may name any of them as its text, whatever its suffix
        with archive.open(member) as part:
            prolog = _prolog(part)
        if prolog is _Prolog.DOCUMENT_TYPE:
            raise ArticleError(source, "declares a document type, which Word never does; save it again in Word")
        xml += member.file_size if prolog is _Prolog.XML and member.filename not in by_name else 0
        if xml > _MAX_XML:
            raise _too_large(unpacked, source)


def _too_large(unpacked: int, source: str) -> ArticleError:
    return ArticleError(source, f"unpacks to {unpacked / 1e6:.0f} MB, more than an article may have; split it")


class _Prolog(Enum):
    """How a file begins, as the parser of XML sees it."""

    XML = auto()
    DOCUMENT_TYPE = auto()
    """It declares entities, perhaps, of which a few lines can stand for gigabytes."""
    OTHER = auto()


def _prolog(part: IO[bytes]) -> _Prolog:
    """Read a file up to its first element; comments before it may be long, and it may be in any encoding."""
    found: list[_Prolog] = []
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda *_: found.append(_Prolog.DOCUMENT_TYPE)
    parser.StartElementHandler = lambda *_: found.append(_Prolog.XML)
    try:
        for _ in range(1 + _MAX_XML // _PIECE):
            if found or not (piece := part.read(_PIECE)):
                break
            parser.Parse(piece, False)
    except expat.ExpatError:  # mammoth finds that, too, if it needs the file
        pass
    return found[0] if found else _Prolog.OTHER
