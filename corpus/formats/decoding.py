"""Bytes become text, or a message that says what the file is instead."""

from __future__ import annotations

from corpus.errors import ArticleError

_MAGIC = {
    b"PK\x03\x04": "a ZIP file such as a Word document; give it the suffix of its kind (.docx)",
    b"\xd0\xcf\x11\xe0": "a Word file of the old kind, or one with a password; save it as .docx without a password",
    b"%PDF": "a PDF; export the article as HTML, DOCX or text",
    b"{\\rtf": "an RTF file; save it as .docx",
    b"\x1f\x8b": "compressed; unpack it",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}


def decode_text(content: bytes, source: str) -> str:
    """Return a file's text; a byte-order mark is dropped.

    Raises:
        ArticleError: It is not UTF-8, or no text at all.
    """
    for start, what in _MAGIC.items():
        if content.startswith(start):
            raise ArticleError(source, f"is {what}", 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ArticleError(source, "is not UTF-8 from here on; save it as UTF-8", line) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ArticleError(source, "holds a zero byte, which no text has; save it as UTF-8", line)
    return text
