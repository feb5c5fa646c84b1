"""The tags of MDX: imports, components and comments are removed, what they show is kept.

Only a tag that is surely a component counts: one with an attribute, one that ends in "/>", or one that a
line of its own closes. "Cannot find <File>" is a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_ATTRIBUTE = re.compile(
    r"(?P<name>[\w:-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|\{[\"'`](?P<braced>[^\"'`{}]*)[\"'`]\}"
    r"|(?P<bare>[^\s\"'{}<>]+))"
)
_IMPORT = re.compile(r"(?:import|export)\s.*")
_IMPORT_LINE = re.compile(
    r"import\s+(?:(?:\w+|\*\s+as\s+\w+|(?:\w+\s*,\s*)?\{[^{}]*\})\s+from\s+)?[\"'][^\"']+[\"'];?\s*\Z"
    r"|export\s+(?:const|let|var|default|function|class|async)\s.*[={(].*"
)
_IMPORT_START = re.compile(r"import\s+\{[^}]*\Z")
_TAG = re.compile(r"</?(?P<name>[A-Z][\w.]*)(?P<given>(?:\s(?:[^<>{}]|\{[^{}]*\})*)?)/?>")
_CLOSED = re.compile(r"\s*</(?P<name>[A-Z][\w.]*)\s*>\s*\Z")
_COMMENT = re.compile(r"\{/\*.*?\*/\}")
_SHOWN = ("title", "heading", "label", "header", "summary")


def attributes_of(text: str) -> dict[str, str]:
    """Return the attributes in a tag or a shortcode: `type="note" title='a'`."""
    return {
        match["name"]: next((value for value in match.groups()[1:] if value is not None), "")
        for match in _ATTRIBUTE.finditer(text)
    }


def closed_components(lines: Sequence[str]) -> frozenset[str]:
    """Return the names of the components that a line outside of code closes and does nothing else."""
    names: set[str] = set()
    in_code = False
    for line in lines:
        if line.lstrip().startswith(("```", "~~~")):
            in_code = not in_code
        elif not in_code and (match := _CLOSED.match(line)):
            names.add(match["name"])
    return frozenset(names)


def import_end(lines: Sequence[str], at: int) -> int:
    """Return the position after the import or export that begins at a position, or that position if none does."""
    if not _IMPORT.match(lines[at]):
        return at
    if _IMPORT_START.match(lines[at]):
        below = range(at, min(at + 100, len(lines)))
        return next((n + 1 for n in below if re.search(r"from\s+[\"']", lines[n])), at)
    if not _IMPORT_LINE.match(lines[at]):
        return at
    if lines[at].startswith("import"):
        return at + 1
    return next((n for n in range(at, len(lines)) if not lines[n].strip()), len(lines))


def without_components(line: str, closed: frozenset[str]) -> str:
    """Return a line without the tags of components; a title among their attributes is kept in bold."""

    def shown(match: re.Match[str]) -> str:
        attributes = attributes_of(match["given"] or "")
        is_sure = match["name"] in closed or match[0].endswith("/>") or attributes
        return _text_of(match["name"], attributes) if is_sure else match[0]

    return _TAG.sub(shown, _COMMENT.sub("", line))


def _text_of(name: str, attributes: Mapping[str, str]) -> str:
    kind = name.rpartition(".")[2].casefold()
    if kind in {"image", "img", "thumbnail", "screenshot"} and attributes.get("src"):
        return f"![{attributes.get('alt', '')}]({attributes['src']})"
    title = next((attributes[key] for key in _SHOWN if attributes.get(key)), "")
    target = attributes.get("href") or attributes.get("to")
    if title and target:
        return f"[{title}]({target})"
    return f"**{title}**" if title else ""
