"""Plain text becomes Markdown that is shown as the same text, with as few backslashes as possible."""

from __future__ import annotations

import re

_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash that would escape the next character
    r"|`"
    r"|\*(?=\S)|(?<=\S)\*"  # an asterisk that could open or close emphasis; "3 * 4" stays
    r"|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)"  # snake_case stays
    r"|\[(?=[^\[\]\n]{0,300}\]\()"  # "[x](y)" would be a link; "[name]" stays
    r"|&(?=#?\w{1,31};)"
    r"|\{(?=[:.#])"  # an id or other attributes
)
_LINE_START = re.compile(
    r"^( {0,3})(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|={3,}\s*$|-{3,}\s*$|~{3,}|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE
)


def escape_inline(text: str) -> str:
    """Escape what would be markup inside a line: emphasis, code, links, entities, attributes."""
    return _INLINE.sub(lambda match: f"\\{match[0]}", text)


def escape_lines(text: str) -> str:
    """Escape what would be a heading, a list, a quote or a rule at the start of a line."""
    return _LINE_START.sub(_escaped_start, text)


def fenced(text: str, language: str = "") -> str:
    """Return a text as a fenced code block; the fences are longer than any run of backticks in the text."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text) or [""]))
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped_start(match: re.Match[str]) -> str:
    return f"{match[1]}{match[2]}\\" if match[2].isdigit() else f"{match[1]}\\{match[2]}"
