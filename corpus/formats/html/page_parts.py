"""Parts of a page that are not its text: permalinks in headings, and the labels of tabs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from corpus.formats.html.inline import Node

_PERMALINK_CLASS = re.compile(
    r"head(?:er|ing)-?(?:link|anchor)|permalink|hash-link|anchor(?:js)?-?link|\banchor\b|editsection"
)
_PERMALINK_TEXT = re.compile(
    r"\A(?:[\u00b6#\u00a7\u2693\U0001f517\u200b\s]|\[?edit(?: this (?:page|section))?\]?)*\Z", re.IGNORECASE
)
_TITLE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:question|q|faq-?title|title|heading|accordion-?(?:title|header|button|heading)|toggle-?title|problem|issue"
    r"|error-?(?:title|name|message)|subject)(?:$|[\s_-])"
)
_MAX_TITLE = 200  # characters
_PANEL_CLASS = re.compile(
    r"(?:^|\s)(?:tabbed-block|tab-pane|tabs?-?panel|sd-tab-content|tab-content-item|sphinx-tabs-panel)(?:\s|$)"
)
_LIST_CLASS = re.compile(r"(?:^|\s)(?:tabbed-labels|nav-tabs|tab-labels|tabs?-list|tabs__list|tab-list)(?:\s|$)")


def remove_permalinks(heading: Node) -> None:
    """Remove what a heading shows for linking to it or editing it: a pilcrow, [edit]."""
    for node in list(heading.iter("a", "span", "button", "sup")):
        if node.getparent() is None or node is heading:
            continue
        text = node.text_content().strip()
        named = _PERMALINK_CLASS.search(node.get("class", "").casefold()) is not None
        hidden_link = node.tag == "a" and node.get("href", "").startswith("#") and _PERMALINK_TEXT.match(text)
        if hidden_link or (named and _PERMALINK_TEXT.match(text)):
            node.drop_tree()


def mark_titles(body: Node) -> None:
    """Make summaries of the titles that only a class names so, as in lists of questions: `<div class="question">`."""
    if len(body.xpath("descendant::h2 | descendant::h3 | descendant::h4 | descendant::summary")) > 1:
        return
    named: defaultdict[str, list[Node]] = defaultdict(list)
    for node in body.iter("div", "p", "span", "a", "button", "strong", "b", "li"):
        classes = node.get("class", "").casefold()
        in_menu = next(node.iterancestors("nav", "header", "footer"), None) is not None
        if not in_menu and _TITLE_CLASS.search(classes) and _is_short_text(node):
            named[classes].append(node)
    for nodes in named.values():
        if len(nodes) > 1:
            for node in nodes:
                node.tag = "summary"


def _is_short_text(node: Node) -> bool:
    text = node.text_content().strip()
    has_blocks = any(child.tag in {"div", "p", "ul", "ol", "table", "section"} for child in node.iterdescendants())
    return 2 < len(text) <= _MAX_TITLE and not has_blocks


def is_tab_list(node: Node) -> bool:
    """Whether a node is the row of labels of tabs."""
    return node.get("role") == "tablist" or _LIST_CLASS.search(node.get("class", "")) is not None


def is_tab_panel(node: Node) -> bool:
    """Whether a node is what one tab shows."""
    return node.get("role") == "tabpanel" or _PANEL_CLASS.search(node.get("class", "")) is not None


def tab_labels(row: Node) -> Iterator[str]:
    """Yield the labels of a row of tabs."""
    tabs = row.xpath("descendant::*[@role='tab']") or row.xpath(
        "descendant::label | descendant::a | descendant::button"
    )
    for tab in tabs or list(row):
        if isinstance(tab.tag, str) and (text := " ".join(tab.text_content().split())):
            yield text
