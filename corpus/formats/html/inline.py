"""What stands inside a line of a page becomes Markdown: bold, code, links, images."""

from __future__ import annotations

import re
from typing import Any

from corpus.formats.document import size_of
from corpus.formats.escaping import escape_inline

Node = Any  # an lxml element; the library carries no types
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_STRONG = frozenset({"b", "strong"})
_THIN = frozenset({"i", "em", "cite", "dfn"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_BOLD_STYLE = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BOLD_CLASS = re.compile(r"\.([\w-]{1,40})\s*\{[^{}]{0,400}?font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_MAX_STYLES = 200_000  # characters
MAX_DEPTH = 60


def size_of_node(node: Node) -> int:
    """Return how many characters are in a node, blanks not counted."""
    return size_of(node.text_content())


def mark_bold(page: Node) -> None:
    """Make bold what a page shows so by its style alone, as word processors write it."""
    styles = " ".join(each.text_content() for each in page.iter("style"))[:_MAX_STYLES]
    bold = {found[1] for found in _BOLD_CLASS.finditer(styles)}
    for span in page.iter("span"):
        if _BOLD_STYLE.search(span.get("style", "")) or bold & set(span.get("class", "").split()):
            span.tag = "b"


def inline_of(node: Node, depth: int = 0) -> str:
    """Return what is in a node as Markdown; a line break of the page is a line's end."""
    parts = [plain(node.text)]
    for child in node:
        parts += [inline_node(child, depth + 1), plain(child.tail)]
    return "".join(parts)


def inline_node(node: Node, depth: int = 0) -> str:
    """Return a node itself as Markdown, without what follows it."""
    if not isinstance(node.tag, str):
        return ""
    if node.tag in {"br", "img"}:
        return _image(node) if node.tag == "img" else "\n"
    if node.tag in _CODE:
        return _code(_BLANKS.sub(" ", node.text_content()))
    inside = inline_of(node, depth) if depth <= MAX_DEPTH else plain(node.text_content())
    if node.tag in _STRONG or node.tag in _THIN:
        return _marked(inside, "**" if node.tag in _STRONG else "*")
    return _link(node, inside) if node.tag == "a" else inside


def tidy(text: str) -> str:
    """Put single blanks between words, and none at the ends of lines."""
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
    return re.sub(r"\n{2,}", "\n", text).strip()


def plain(text: str | None) -> str:
    """Return words of a page as Markdown that shows them, with single blanks."""
    return escape_inline(_BLANKS.sub(" ", text)) if text else ""


def _marked(inside: str, mark: str) -> str:
    """Put marks around the words of each line: "<b>Cause: </b>a" is "**Cause:** a"."""
    lines = []
    for line in inside.split("\n"):
        core = line.strip()
        if not core or (mark == "**" and core.startswith("**") and core.endswith("**")):
            lines.append(line)
            continue
        before, after = line[: len(line) - len(line.lstrip())], line[len(line.rstrip()) :]
        lines.append(f"{before}{mark}{core}{mark}{after}")
    return "\n".join(lines)


def _code(text: str) -> str:
    core = text.strip()
    if not core:
        return text
    mark = "``" if "`" in core else "`"
    edge = " " if "`" in core else ""
    return f"{mark}{edge}{core}{edge}{mark}"


def _image(node: Node) -> str:
    source = node.get("src", "")
    alt = _BLANKS.sub(" ", node.get("alt", "")).strip().replace("[", "(").replace("]", ")")
    if source.startswith("data:"):
        source = ""
    return f"![{alt}]({_target(source)})" if alt or source else ""


def _link(node: Node, inside: str) -> str:
    target = node.get("href", "").strip()
    core = inside.strip()
    if not core or not target or re.match(r"(?:javascript|data|vbscript):", target, re.IGNORECASE):
        return inside
    before, after = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
    return f"{before}[{core}]({_target(target)}){after}"


def _target(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address
