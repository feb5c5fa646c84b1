r"""Text without markup: a paste without the marks of HTML, JSON, a URL or Markdown, a message without its Markdown.

A message copied from a page's source, a log of JSON lines, an address or a chat is the message all the same:
"can&#39;t", "can\u2019t", "can%27t" and "_can't_" are can't. What may be the message's own stays: `<server>`,
`C:\new\text`, `__init__`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from urllib.parse import unquote_plus

from index.analysis.tokens import Folded

_MARK = re.compile(r"[&\\<_%]")
_WRAPPING = re.compile(
    r"(?P<path>(?<!\w)[a-z]:\\[^\s\"'<>|]*|(?<![\w\\])\\{2,4}(?!u[\da-f]{4})[\w.-]{1,63}\\[^\s\"'<>|]*)"
    r"|(?P<entity>&(?:amp;)?(?:\#\d{1,7}|\#x[\da-f]{1,6}|[a-z]{2,8}\d{0,2});)"
    r"|\\{1,4}u(?P<point>[\da-f]{4})"
    r"|(?P<break>\\{1,4}[nrt])"
    r"|\\{1,4}(?P<quote>[\"'`/])"
    r"|(?P<tag></?(?P<name>[a-z][a-z\d]{0,15})(?P<attribute>\s[^<>=]{1,40}=[^<>]{0,300})?\s?/?>)"
    r"|(?P<emphasis>(?<!\w)_(?=[^\W_](?:[^_\n]|(?<=\w)_(?=\w)){0,300}(?<!\s)_(?!\w))|(?<=[^\s_])_(?!\w))"
    r"|(?P<url>(?:%[\da-f]{2}|\+)+)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"%20|=[^\s&=]*%[\da-f]{2}", re.IGNORECASE)  # ...?error=Access%3A+denied
_BLOCK_TAGS = frozenset("br p div li ul ol tr td th pre blockquote h1 h2 h3 h4 h5 h6".split())
_INLINE_TAGS = frozenset("a b i u em strong span font small code tt kbd".split())
_CLOSING = re.compile(r"</([a-z][a-z\d]{0,15})", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_STRONG = re.compile(r"\*{1,3}(?=\S)([^*\n]{1,300}?)(?<=\S)\*{1,3}")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)")
_BREAK = re.compile(r"<br\s?/?>|\\\n", re.IGNORECASE)


def clean_paste(text: str) -> Folded:
    r"""Return a text without the marks of what it was copied from; each character still knows its place.

    "<b>Printer</b> &quot;A&quot; is\noffline" becomes 'Printer "A" is offline', on two lines.
    """
    if not _MARK.search(text):
        return Folded(text, text, None)
    unescaped = _unescaper_of(text)
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for match in _WRAPPING.finditer(text):
        parts += (text[at : match.start()], written := unescaped(match))
        starts += range(at, match.start())
        at = match.end()
        starts += _places(match, written)
    parts.append(text[at:])
    return Folded(text, "".join(parts), (*starts, *range(at, len(text) + 1)))


def _places(match: re.Match[str], written: str) -> Iterable[int]:
    """Return the place of each character: its own where nothing was replaced, the mark's beginning elsewhere."""
    return range(*match.span()) if written == match[0] else [match.start()] * len(written)


def _unescaper_of(text: str) -> Callable[[re.Match[str]], str]:
    """Return the function that turns one mark of a text into what it stands for."""
    known = _BLOCK_TAGS | _INLINE_TAGS | {name.casefold() for name in _CLOSING.findall(text)}
    is_url = _ADDRESS.search(text) is not None

    def unescaped(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "entity":
            return html.unescape(html.unescape(match[0]))
        if kind == "point":
            return chr(int(match["point"], 16)).encode("utf-8", "replace").decode()
        if kind == "break":
            return "\n"
        if kind == "tag":
            name = match["name"].casefold()
            is_markup = name in known or match["attribute"] is not None
            return ("\n" if name in _BLOCK_TAGS else "") if is_markup else match[0]
        if kind == "url":
            return unquote_plus(match[0]) if is_url else match[0]
        return match["quote"] if kind == "quote" else "" if kind == "emphasis" else match[0]

    return unescaped


def message_text(markdown: str) -> str:
    r"""Return a message as the product shows it, from the Markdown in which the article has it.

    "**Printer** \<name\> is&nbsp;offline" becomes "Printer <name> is offline"; what is no markup stays.
    """
    plain = _LINK.sub(r"\1", _BREAK.sub("\n", markdown))
    return html.unescape(_ESCAPE.sub(r"\1", _STRONG.sub(r"\1", plain)))
