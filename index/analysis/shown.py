"""A message as the product shows it, without the Markdown in which the article has it."""

from __future__ import annotations

import html
import re

_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_STRONG = re.compile(r"\*{1,3}(?=\S)([^*\n]{1,300}?)(?<=\S)\*{1,3}")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)")
_BREAK = re.compile(r"<br\s?/?>|\\\n", re.IGNORECASE)


def message_text(markdown: str) -> str:
    r"""Return a message as the product shows it, from the Markdown in which the article has it.

    "**Printer** \<name\> is&nbsp;offline" becomes "Printer <name> is offline"; what is no markup stays.
    """
    plain = _LINK.sub(r"\1", _BREAK.sub("\n", markdown))
    return html.unescape(_ESCAPE.sub(r"\1", _STRONG.sub(r"\1", plain)))
