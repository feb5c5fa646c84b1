"""Plain words become Markdown that shows the same words, with as few backslashes as that takes."""

from __future__ import annotations

import re

_INLINE = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash that would escape something
    r"|`"
    r"|\*(?=\S)|(?<=\S)\*"  # an asterisk that could open or close emphasis; "3 * 4" stays
    r"|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)"  # snake_case stays
    r"|\[(?=[^\[\]\n]{0,300}\]\()"  # "[x](y)" would be a link; "[name]" stays
    r"|&(?=#?\w{1,31};)"
)
_LINE_START = re.compile(
    r"^( {0,3})(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|={3,}\s*$|-{3,}\s*$|~{3,}|\d{1,9}(?=[.)](?:\s|$)))", re.MULTILINE
)


def escape_inline(text: str) -> str:
    """Escape what would be read as markup inside a line."""
    return _INLINE.sub(lambda found: f"\\{found[0]}", text)


def escape_lines(text: str) -> str:
    """Escape what would be read as a heading, list, quote or rule at the start of a line."""
    return _LINE_START.sub(_escaped_start, text)


def fenced(text: str, language: str = "") -> str:
    """Put a text between fences that are longer than any in it."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text) or [""]))
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"
