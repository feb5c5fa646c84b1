"""The inline content of a page becomes Markdown: bold, italics, code, links, images."""

from __future__ import annotations

import re
from typing import Any

from corpus.formats.document import size_of
from corpus.formats.escaping import escape_inline

Node = Any  # an element of lxml, which has no types
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_STRONG = frozenset({"b", "strong"})
_EMPHASIS = frozenset({"i", "em", "cite", "dfn"})
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_BOLD_STYLE = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BOLD_CLASS = re.compile(r"\.([\w-]{1,40})\s*\{[^{}]{0,400}?font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_MAX_STYLES = 200_000  # characters
MAX_DEPTH = 60  # of nested nodes; what is deeper is read as plain text


def size_of_node(node: Node) -> int:
    """Count the characters in a node that are not white space."""
    return size_of(node.text_content())


def mark_bold(page: Node) -> None:
    """Turn spans that a style sheet shows in bold, as word processors write them, into `<b>`."""
    styles = " ".join(each.text_content() for each in page.iter("style"))[:_MAX_STYLES]
    bold = {match[1] for match in _BOLD_CLASS.finditer(styles)}
    for span in page.iter("span"):
        if _BOLD_STYLE.search(span.get("style", "")) or bold & set(span.get("class", "").split()):
            span.tag = "b"


def content_markdown(node: Node, depth: int = 0) -> str:
    """Return the content of a node as Markdown; `<br>` is a line break."""
    parts = [escaped(node.text)]
    for child in node:
        parts += [node_markdown(child, depth + 1), escaped(child.tail)]
    return "".join(parts)


def node_markdown(node: Node, depth: int = 0) -> str:
    """Return a node with its content as Markdown, without the text after it.

    Args:
        node: The node.
        depth: How many inline nodes it is nested in.
    """
    if not isinstance(node.tag, str):
        return ""
    if node.tag in {"br", "img"}:
        return _image(node) if node.tag == "img" else "\n"
    if node.tag in _CODE:
        return _code(_SPACES.sub(" ", node.text_content()))
    content = content_markdown(node, depth) if depth <= MAX_DEPTH else escaped(node.text_content())
    if node.tag in _STRONG or node.tag in _EMPHASIS:
        return _marked(content, "**" if node.tag in _STRONG else "*")
    return _link(node, content) if node.tag == "a" else content


def normalize_spaces(text: str) -> str:
    """Return a text with single spaces between words, none at the ends of lines, and no blank lines."""
    text = re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text))
    return re.sub(r"\n{2,}", "\n", text).strip()


def escaped(text: str | None) -> str:
    """Return text of a page as Markdown that is shown as the same text, with single spaces."""
    return escape_inline(_SPACES.sub(" ", text)) if text else ""


def _marked(content: str, mark: str) -> str:
    """Put marks around the words of each line, so that "<b>Cause: </b>a" becomes "**Cause:** a"."""
    lines = []
    for line in content.split("\n"):
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
    alt = _SPACES.sub(" ", node.get("alt", "")).strip().replace("[", "(").replace("]", ")")
    if source.startswith("data:"):
        source = ""
    return f"![{alt}]({_target(source)})" if alt or source else ""


def _link(node: Node, content: str) -> str:
    target = node.get("href", "").strip()
    core = content.strip()
    if not core or not target or re.match(r"(?:javascript|data|vbscript):", target, re.IGNORECASE):
        return content
    before, after = content[: len(content) - len(content.lstrip())], content[len(content.rstrip()) :]
    return f"{before}[{core}]({_target(target)}){after}"


def _target(address: str) -> str:
    return f"<{address}>" if re.search(r"[\s()]", address) else address
