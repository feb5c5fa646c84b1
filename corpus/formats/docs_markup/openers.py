"""The lines that open a box, a set of tabs, a tab, or a part that unfolds, in the notation of each tool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.formats.docs_markup.components import attributes_of

_NOTES = frozenset(
    "note notes tip tips hint info information abstract summary tldr success check done question help faq example quote"
    " cite seealso admonition todo callout aside notice alert primary secondary recommendation topic versionadded"
    " versionchanged new howto light-bulb idea".split()
)
_CAUTIONS = frozenset(
    "warning warn caution danger error important attention failure fail bug critical deprecated missing stop"
    " dangerous notice-danger".split()
)
_TYPE = re.compile(r"[a-zA-Z][\w-]*")
_TITLE_KEYS = ("title", "heading", "label", "summary", "name", "header", "value")
_QUOTED = re.compile(r"\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|\u201c(?P<curly>[^\u201c\u201d\n]*)\u201d")


class Role(StrEnum):
    """What a block is."""

    NOTE = "Note"
    CAUTION = "Caution"
    TABS = "tabs"
    TAB = "tab"
    FOLD = "fold"
    PLAIN = "plain"  # only its content counts


@dataclass(frozen=True, slots=True)
class Opener:
    """A line that opens a block.

    Attributes:
        role: What the block is.
        title: Its title; empty where it has none.
        closer: Matches the line that closes it; None where its content is indented by four spaces.
        rest: Text on the same line that is already content.
    """

    role: Role
    title: str = ""
    closer: re.Pattern[str] | None = None
    rest: str = ""


_PARTS = {
    **dict.fromkeys(
        "tab-set tabset tabs tabpane code-group codegroup codetabs code-tabs tabbed-set tabgroup".split(), Role.TABS
    ),
    **dict.fromkeys("tab-item tabitem tab codetab code-tab tabpanel".split(), Role.TAB),
    **dict.fromkeys(
        "details dropdown collapse collapsible expand expandable spoiler toggle accordion accordionitem".split(),
        Role.FOLD,
    ),
}
_UNTITLED = {Role.FOLD: "Details"}


def opener_of(line: str) -> Opener | None:
    """Return what a line opens, or None.

    Args:
        line: Without its indentation.
    """
    first = line[:1]
    if first in {"!", "?", "="}:
        return _mkdocs(line)
    if first in {":", "`", "/", "~"}:
        return _fenced(line)
    if first == "{":
        return _shortcode(line)
    return _component(line) if first == "<" else None


def role_of(name: str) -> Role | None:
    """Return the role of a box by the name of its type: "warning" is a caution; None if it is no box."""
    words = re.split(r"[\s_.-]+", name.casefold())
    if any(word in _CAUTIONS for word in words):
        return Role.CAUTION
    return Role.NOTE if any(word in _NOTES for word in words) else None


def box_title(name: str, title: str) -> str:
    """Return the title of a box, or "" if it only repeats the type."""
    plain = title.strip().strip("*_: ")
    is_type = plain.casefold() == name.casefold() or (role_of(plain) is not None and len(plain.split()) == 1)
    return "" if is_type else plain


def quoted(text: str) -> str:
    """Return the first quoted text in a text, or ""."""
    match = _QUOTED.search(text)
    return next(filter(None, match.groups()), "") if match else ""


def _mkdocs(line: str) -> Opener | None:
    """!!! warning "Ask first", ??? note, === "Windows"."""
    if tab := re.fullmatch(r"===[!+]{0,2} (?P<title>[\"'].*)", line):
        return Opener(Role.TAB, quoted(tab["title"]))
    box = re.fullmatch(r"(?:!!!|\?\?\?\+?) ?(?P<type>[a-zA-Z][\w -]*?)\s*(?P<title>[\"'].*[\"'])?\s*", line)
    if box is None:
        return None
    name = box["type"].split()[0]
    return Opener(role_of(name) or Role.NOTE, box_title(name, quoted(box["title"] or "")))


def _fenced(line: str) -> Opener | None:
    """:::warning[Ask first], ::: tip Ask first, :::{note}, ```{tab-item} Windows, /// tab | Windows."""
    match = re.fullmatch(r"(?P<fence>:{3,}|/{3,}|`{3,}(?=\{)|~{3,}(?=\{))\s*(?P<what>\S.*)", line)
    if match is None:
        return None
    fence, what = match["fence"], match["what"]
    closer = re.compile(rf"\s*{re.escape(fence)}\s*\Z")
    parts = re.fullmatch(r"\{?(?P<type>[a-zA-Z][\w-]*)\}?(?:\{[^}]*\})?\s*(?P<title>.*)", what)
    if parts is None:
        return Opener(Role.PLAIN, closer=closer) if fence[0] == ":" else None
    name, rest = parts["type"].casefold(), re.sub(r"\s*\{[^{}]*\}\s*\Z", "", parts["title"].strip())
    title = quoted(rest) or re.sub(r"\A[|\[]\s*|\]\Z", "", rest).strip()
    role = _PARTS.get(name) or role_of(name)
    if role is None:
        return Opener(Role.PLAIN, closer=closer) if fence[0] in ":/" else None
    is_box = role in {Role.NOTE, Role.CAUTION}
    return Opener(role, box_title(name, title) if is_box else title or _UNTITLED.get(role, ""), closer)


def _shortcode(line: str) -> Opener | None:
    """{{< alert type="note" >}}, {{% tab "Windows" %}}, {% hint style="warning" %}, {% tab title="Windows" %}."""
    match = re.fullmatch(
        r"(?P<open>\{\{[<%]|\{%-?)\s*(?P<name>[a-zA-Z][\w./-]*)(?P<given>[^{}]*?)\s*/?(?:[>%]\}\}|-?%\})(?P<rest>.*)",
        line,
    )
    if match is None:
        return None
    name, given = match["name"].casefold(), match["given"].strip()
    if match["open"].startswith("{%"):
        closer = re.compile(rf".*?\{{%-?\s*end{re.escape(name)}\s*-?%\}}\s*\Z", re.IGNORECASE)
    else:
        closer = re.compile(rf".*?\{{\{{[<%]\s*/\s*{re.escape(name)}\s*[>%]\}}\}}\s*\Z", re.IGNORECASE)
    attributes = attributes_of(given)
    title = next((attributes[key] for key in _TITLE_KEYS if attributes.get(key)), "") or quoted(given)
    if (part := _PARTS.get(name)) is not None:
        return Opener(part, title or given.strip("\"' ") or _UNTITLED.get(part, ""), closer, match["rest"])
    kind = " ".join([name, *(attributes.get(key, "") for key in ("style", "type", "color", "level", "class", "kind"))])
    if name in {"hint", "alert", "notice", "callout", "admonition", "block", "info-box", "box"} or role_of(name):
        word = next((each for each in given.split() if _TYPE.fullmatch(each)), "") if not attributes else ""
        role = role_of(" ".join([attributes.get("type", ""), attributes.get("style", ""), word])) or role_of(kind)
        shown = "" if role_of(title) and len(title.split()) == 1 else title
        return Opener(role or Role.NOTE, shown, closer, match["rest"])
    return None


def _component(line: str) -> Opener | None:
    """<Tip>, <Admonition type="warning">, <Tab title="Windows">, <Accordion title="On old quays">."""
    match = re.fullmatch(r"<(?P<name>[A-Z][\w.]*)(?P<given>(?:\s[^<>]*)?)(?<!/)>(?P<rest>.*)", line)
    if match is None:
        return None
    name = match["name"].rpartition(".")[2].casefold()
    closer = re.compile(rf".*?</{re.escape(match['name'])}\s*>\s*\Z")
    attributes = attributes_of(match["given"])
    title = next((attributes[key] for key in _TITLE_KEYS if attributes.get(key)), "")
    part = _PARTS.get(name)
    if part is Role.TAB:
        title = attributes.get("label") or title
    if part is not None and (title or part is not Role.FOLD):
        return Opener(part, title, closer, match["rest"])
    role = role_of(attributes.get("type") or attributes.get("variant") or attributes.get("kind") or "")
    if name in {"admonition", "callout", "alert", "aside", "banner", "infobox", "message", "note"} or role_of(name):
        own = role if role is not None else role_of(name)
        return Opener(own or Role.NOTE, box_title(name, title), closer, match["rest"])
    return None
