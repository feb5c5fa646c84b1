"""Bytes become text, or an error that says what the file is instead, or that it has too many lines."""

from __future__ import annotations

from corpus.errors import ArticleError

_MAGIC_NUMBERS = {
    b"PK\x03\x04": "a ZIP file, perhaps a Word document; give it the suffix of its format (.docx)",
    b"\xd0\xcf\x11\xe0": "a Word file of the old format, or one with a password; save it as .docx without a password",
    b"%PDF": "a PDF; export the article as HTML, DOCX or text",
    b"{\\rtf": "an RTF file; save it as .docx",
    b"\x1f\x8b": "compressed; unpack it",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
}


_MOST_LINES = 20_000  # of a text; a longer one may have one for each so many characters
_LEAST_LINE = 40


def check_lines(text: str, source: str) -> None:
    """Check that a text has not more lines than an article of its length may have; each costs time, however short.

    Raises:
        ArticleError: It has.
    """
    found = text.count("\n")
    if found > max(_MOST_LINES, len(text) // _LEAST_LINE):
        raise ArticleError(
            source, f"has {found:,} lines in {len(text):,} characters, more than an article has; split it"
        )


def decode_text(content: bytes, source: str) -> str:
    """Return the text of a file without its byte-order mark.

    Raises:
        ArticleError: It is not UTF-8, or not text.
    """
    for start, format_name in _MAGIC_NUMBERS.items():
        if content.startswith(start):
            raise ArticleError(source, f"is {format_name}", 1)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ArticleError(source, "is not UTF-8 from here on; save it as UTF-8", line) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ArticleError(source, "has a zero byte, which text never has; save it as UTF-8", line)
    return text
