"""The callouts of a page: boxes whose class, role or name says that they are a note or a caution."""

from __future__ import annotations

import re

from corpus.formats.html.inline import Node

CONFLUENCE_MACRO = "ac:structured-macro"  # a callout, as Confluence stores it
CALLOUT_TAGS = frozenset({"div", "aside", "p", "blockquote", "section", "figure", CONFLUENCE_MACRO})
_CLASS = re.compile(r"admonition|alert|callout|panel|notice|note|warning|caution|important|tip")
_NOTE = re.compile(r"\b(?:note|tip|info|hint|notice|callout|admonition)\b")
_CAUTION = re.compile(r"\b(?:warning|caution|danger|important|attention)\b")
_TITLE = re.compile(
    r"\A(?:\*\*)?(?:note|tip|info|hint|notice|warning|caution|danger|important|attention)\b\s*[:.!]?\s*(?:\*\*)?[:.!]?\s*",
    re.IGNORECASE,
)
_ICON = re.compile(r"\A\W+\n\n(?=\S)")


def callout_label(node: Node) -> str | None:
    """Return "Note" or "Caution" for a callout, or None."""
    if node.tag not in CALLOUT_TAGS:
        return None
    name = f"{node.get('class', '')} {node.get('role', '')} {node.get('ac:name', '')}".casefold()
    name = re.sub(r"[-_]", " ", name)
    if not _CLASS.search(name):
        return "Note" if node.tag == "aside" else None
    if _CAUTION.search(name):
        return "Caution"
    return "Note" if _NOTE.search(name) else None


def labelled_callout(label: str, text: str) -> str:
    """Return the Markdown of a callout with the label in bold in place of its own title and icon."""
    return f"**{label}:** {_TITLE.sub('', _ICON.sub('', text))}"
