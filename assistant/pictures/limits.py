"""What may be read of a picture, and what is seen of a file before it is decoded."""

from __future__ import annotations

import base64
import binascii

from assistant.errors import PictureError

MAX_BYTES = 8_000_000
MAX_PIXELS = 40_000_000
MAX_SIDE = 12_000  # pixels; a screenshot of three 4K displays side by side is 11,520 wide
MAX_LINES = 200  # of text; on 2 cores they take some ten seconds
READ_S = 30.0  # for one picture; then its process is ended
MAX_MEMORY = 5_000_000_000  # bytes of address space; the process takes 2 to 3 GB of it, and 0.9 GB of memory

_CUT = "Cut out the part with the message and send that."
_KINDS = {  # how a file begins, and what it is
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP archive",
    b"\x1f\x8b": "gzip archive",
}
_READ = ("PNG", "JPEG", "WEBP")
MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp")


def check_file(content: bytes) -> str:
    """Return which format a picture has, from the first bytes of its file.

    Raises:
        PictureError: It is too large, or none of the formats that are read.
    """
    if not content:
        raise PictureError("The picture is empty; send a PNG, JPEG or WebP file.")
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.1f} MB"
        raise PictureError(f"The picture has {size}; at most {MAX_BYTES // 1_000_000} MB are read. {_CUT}")
    kind = _kind(content)
    if kind not in _READ:
        found = f"a {kind}" if kind else "no picture that is known"
        raise PictureError(f"The file is {found}; PNG, JPEG and WebP are read. Take a screenshot of it and send that.")
    return kind


def check_size(width: int, height: int, *, frames: int) -> None:
    """Check what the head of a picture says, before its pixels are decoded.

    Raises:
        PictureError: It has too many pixels, or moves.
    """
    if frames > 1:
        raise PictureError(f"The picture moves ({frames} frames); send a screenshot, which stands still.")
    if width * height > MAX_PIXELS:
        found = f"{width:,} x {height:,} pixels"
        raise PictureError(f"The picture has {found}; at most {MAX_PIXELS // 1_000_000} million are read. {_CUT}")
    if max(width, height) > MAX_SIDE:
        raise PictureError(f"The picture has {width:,} x {height:,} pixels; at most {MAX_SIDE:,} on a side. {_CUT}")


def check_lines(lines: int) -> None:
    """Check how much text there is, before it is read.

    Raises:
        PictureError: It is more than a screenshot of an error has.
    """
    if lines > MAX_LINES:
        raise PictureError(f"The picture has {lines} lines of text; at most {MAX_LINES} are read. {_CUT}")


def from_base64(text: str) -> bytes:
    """Return a file from its base64.

    Raises:
        PictureError: It is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError("The picture is not in base64; send it without a prefix such as data:image/png;.") from error


def _kind(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")):
        return "drawing (SVG)"
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), "")
