"""Word documents, read by mammoth (an extra): headings by their style, lists, tables, images by their text."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

from corpus.errors import ArticleError
from corpus.formats.document import Document, Element, ElementKind
from corpus.formats.html import page as html
from corpus.labels import Labels

_MAX_FILES = 2_000
_MAX_TEXT = 40_000_000  # bytes of unpacked XML; the rest is pictures, which are not read
_MAX_UNPACKED = 400_000_000
_OLD_KIND = b"\xd0\xcf\x11\xe0"
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Code'] => pre:separator('\\n')
"""


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a Word document.

    Raises:
        ArticleError: It is no Word document, has a password, or unpacks to more than an article could hold.
    """
    _check(content, source)
    import mammoth

    try:
        page = mammoth.convert_to_html(
            io.BytesIO(content), style_map=_STYLES, convert_image=mammoth.images.img_element(_image)
        ).value
    except Exception as error:  # mammoth lets through whatever its readers of ZIP and XML raise
        raise ArticleError(source, "is damaged; open it in Word and save it again") from error
    if not page.strip():
        raise ArticleError(source, "has no content")
    document = html.read(f"<body>{page}</body>", source, labels)
    first, *rest = document.elements or (Element(ElementKind.PARAGRAPH, ""),)
    metadata: dict[str, object] = {}
    if page.startswith('<h1 class="title">'):
        metadata, document = {"title": first.markdown}, replace(document, elements=tuple(rest))
        document = replace(document, size=document.size - first.size)
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in document.elements)
    return (replace(document, metadata=metadata, elements=elements),)


def _image(image: Any) -> dict[str, str]:
    """An image is named by its text alone; the document has no address for it."""
    return {"src": "", "alt": image.alt_text or ""}


def _check(content: bytes, source: str) -> None:
    if content.startswith(_OLD_KIND):
        problem = "has a password, or is a Word file of the old kind; save it as .docx without a password"
        raise ArticleError(source, problem)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            texts = [member for member in members if member.filename.endswith((".xml", ".rels"))]
            sizes = sum(member.file_size for member in texts), sum(member.file_size for member in members)
            if len(members) > _MAX_FILES:
                raise ArticleError(source, f"holds {len(members)} files, more than a Word document has; save it anew")
            if sizes[0] > _MAX_TEXT or sizes[1] > _MAX_UNPACKED:
                raise ArticleError(source, f"unpacks to {sizes[1] / 1e6:.0f} MB, more than an article holds; split it")
            if "word/document.xml" not in archive.namelist():
                raise ArticleError(source, "is no Word document; save it as .docx")
            for member in texts:
                with archive.open(member) as part:
                    if b"<!DOCTYPE" in part.read(4096):
                        raise ArticleError(source, "declares a document type, which Word never does; save it anew")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ArticleError(source, "is no Word document; save it as .docx") from error
