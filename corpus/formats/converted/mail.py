"""Mail, as saved from a mail program (.eml): the subject is the title, the text without quotes is the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime

from corpus.errors import ArticleError
from corpus.formats import plain_text
from corpus.formats.document import Document
from corpus.formats.html import page as html
from corpus.labels import Labels

_MAX_PARTS = 200
_HEADER = re.compile(rb"[!-9;-~]+:[ \t]?")
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_PREFIX = re.compile(r"(?:(?:re|fwd?|aw|wg|sv|tr|rv)\s*:\s*)+", re.IGNORECASE)
_QUOTE_START = re.compile(
    r"(?:On .{5,200} wrote:|Am .{5,200} schrieb .{1,100}:|-{2,} ?Original Message ?-{2,}|_{20,})\s*\Z"
)


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a message.

    Raises:
        ArticleError: They are no message, it is encrypted, or it has no text.
    """
    if not _HEADER.match(content):
        raise ArticleError(source, "is not a mail; save the message as .eml in the mail program")
    try:
        message = message_from_bytes(content, policy=policy.default)
        kind, text = _text_of(message, source)
        metadata = _metadata(message)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:  # of the email package
        raise ArticleError(source, "is a damaged mail; save the message again") from error
    if kind == "text/html":
        document = html.read(text, source, labels)
    else:
        document = plain_text.read("\n".join(_own_lines(text)), labels)
    given = {name: value for name, value in {**document.metadata, **metadata}.items() if value}
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in document.elements)
    excluded = tuple(replace(each, first_line=None, last_line=None) for each in document.excluded)
    return (replace(document, metadata=given, elements=elements, excluded=excluded),)


def _text_of(message: Message, source: str) -> tuple[str, str]:
    """Return the type and the text of a message: HTML rather than plain text, never an attachment."""
    texts: dict[str, str] = {}
    for number, part in enumerate(message.walk()):
        if part.get_content_type() in _ENCRYPTED:
            raise ArticleError(source, "is encrypted; save it as text")
        if number >= _MAX_PARTS:
            raise ArticleError(source, f"has more than {_MAX_PARTS} parts, more than a mail has; save its text")
        is_text = part.get_content_type() in {"text/html", "text/plain"}
        if is_text and isinstance(part, EmailMessage) and part.get_content_disposition() != "attachment":
            texts.setdefault(part.get_content_type(), part.get_content())
    for kind in ("text/html", "text/plain"):
        if texts.get(kind, "").strip():
            return kind, texts[kind]
    raise ArticleError(source, "has no text; save a mail with a text")


def _metadata(message: Message) -> dict[str, object]:
    subject = _PREFIX.sub("", " ".join(str(message.get("subject", "")).split()))
    try:
        day = parsedate_to_datetime(str(message.get("date", ""))).date().isoformat()
    except (ValueError, TypeError, IndexError):
        day = ""
    return {"title": subject, "updated": day}


def _own_lines(text: str) -> Iterator[str]:
    """Yield the lines that the sender wrote: neither quotes nor what follows the mark of a signature."""
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.rstrip("\r") in {"-- ", "--"} or _QUOTE_START.match(line):
            return
        if not line.startswith(">"):
            yield line
