"""The boilerplate of a page: menus, banners, forms, votes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.formats.document import Excluded, ExcludedKind
from corpus.formats.html.inline import Node, size_of_node
from corpus.formats.html.page_parts import is_tab_panel, mark_titles

_TAGS = {
    "nav": ExcludedKind.NAVIGATION,
    "header": ExcludedKind.PAGE_HEADER,
    "footer": ExcludedKind.PAGE_FOOTER,
    "aside": ExcludedKind.SIDEBAR,
    "form": ExcludedKind.FORM,
    "button": ExcludedKind.BUTTON,
    "select": ExcludedKind.FORM,
    "textarea": ExcludedKind.FORM,
    "dialog": ExcludedKind.DIALOG,
    "noscript": ExcludedKind.NO_SCRIPT,
    "iframe": ExcludedKind.FRAME,
    "svg": ExcludedKind.DRAWING,
}
_ROLES = {
    "navigation": ExcludedKind.NAVIGATION,
    "banner": ExcludedKind.PAGE_HEADER,
    "contentinfo": ExcludedKind.PAGE_FOOTER,
    "complementary": ExcludedKind.SIDEBAR,
    "search": ExcludedKind.FORM,
    "dialog": ExcludedKind.DIALOG,
    "alertdialog": ExcludedKind.DIALOG,
}
_CLASSES = re.compile(
    r"\b(?:breadcrumbs?|sidebar|sidenav|topnav|navbar|topbar|nav|navigation|menubar|pagination|skip (?:link|nav)"
    r"|cookies?|consent|gdpr|site (?:header|footer)|page metadata|toc|table of contents|newsletter|subscribe|modal"
    r"|popup|share|sharing|social|article (?:votes?|share|info|meta|author)|votes?|voting|rating|feedback|helpful"
    r"|comments?|(?:related|recent|recently|popular|recommended|suggested)"
    r" (?:articles?|posts?|topics?|links?|content|viewed))\b"
)
_BLOCKS = frozenset({"div", "section", "ul", "ol", "p", "table", "dl"})  # the class of a span only says how it looks
_ARTICLE = "descendant::main | descendant::article | descendant::*[@role='main'] | descendant::h1"
_MAX_SHARE = 0.5  # of the page's text; a node with more of it is not boilerplate


def remove_boilerplate(body: Node) -> Iterator[Excluded]:
    """Remove the boilerplate from a page, and yield what was removed."""
    _keep_accordions(body)
    _show_tabs(body)
    mark_titles(body)
    whole = size_of_node(body)
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or not _is_in_page(element, body):
            continue
        kind = _boilerplate_kind(element, whole)
        if kind is not None:
            yield Excluded(kind, element.sourceline, element.sourceline, size_of_node(element))
            element.drop_tree()


def _keep_accordions(body: Node) -> None:
    """Make the button that unfolds an answer a summary, or part of the heading it is in: it is the question."""
    for button in list(body.iter("button")):
        parent = button.getparent()
        if parent.tag in {"h2", "h3", "h4", "h5", "h6", "summary", "dt"}:
            button.tag = "span"
        elif (button.get("aria-controls") or "accordion" in button.get("class", "")) and size_of_node(button):
            button.tag = "summary"


def _show_tabs(body: Node) -> None:
    """Take away what hides the tabs that are not open, and the parts that a button unfolds."""
    controlled = {
        name for each in body.xpath("descendant::*[@aria-controls]") for name in each.get("aria-controls").split()
    }
    for node in body.xpath("descendant::*[@hidden or @aria-hidden='true']"):
        if is_tab_panel(node) or node.get("id") in controlled:
            node.attrib.pop("hidden", None)
            node.attrib.pop("aria-hidden", None)


def _is_in_page(element: Node, body: Node) -> bool:
    """Whether an element is still in the page, or was removed with one around it."""
    top = element
    while (parent := top.getparent()) is not None:
        top = parent
    return top is body.getroottree().getroot()


def _boilerplate_kind(element: Node, whole: int) -> ExcludedKind | None:
    """Return the kind of boilerplate that an element is, or None; `whole` is the size of the page."""
    name = f"{element.get('class', '')} {element.get('id', '')}".casefold()
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return ExcludedKind.HIDDEN
    has_title = element.tag == "header" and any(each.tag in {"main", "article"} for each in element.iterancestors())
    is_callout = element.tag == "aside" and re.search(r"note|tip|warning|caution|important|admonition|callout", name)
    if has_title or is_callout or element.tag in {"body", "main", "article", "h1"}:
        return None
    is_named_so = element.tag in _BLOCKS and _CLASSES.search(re.sub(r"[-_]+", " ", name))
    by_name = ExcludedKind.NAVIGATION if is_named_so else _TAGS.get(element.tag)
    kind = _ROLES.get(element.get("role", "")) or by_name
    return None if kind is None or _has_article(element, whole) else kind


def _has_article(element: Node, whole: int) -> bool:
    """Whether the article is inside: some pages are a form as a whole, or in a box of the class "with-sidebar"."""
    if element.tag in {"nav", "header", "footer", "button", "select", "svg"}:
        return bool(element.xpath("descendant::main | descendant::article"))
    return size_of_node(element) > whole * _MAX_SHARE or bool(element.xpath(_ARTICLE))
