"""What stands around the article on a page: menus, banners, forms, votes. It is taken out and said to be so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.formats.document import Excluded, ExcludedKind
from corpus.formats.html.inline import Node, size_of_node

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
_BLOCKS = frozenset({"div", "section", "ul", "ol", "p", "table", "dl"})  # a class of a span is a matter of looks
_WHOLE = "descendant::main | descendant::article | descendant::*[@role='main'] | descendant::h1"
_MAX = 0.5  # of the page's text: what holds more is the page itself


def remove_boilerplate(body: Node) -> Iterator[Excluded]:
    """Take out of a page what is not the article, and yield what it was."""
    _keep_unfolding(body)
    whole = size_of_node(body)
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or not _is_inside(element, body):
            continue
        what = _surrounding(element, whole)
        if what is not None:
            yield Excluded(what, element.sourceline, element.sourceline, size_of_node(element))
            element.drop_tree()


def _keep_unfolding(body: Node) -> None:
    """A button that unfolds an answer is the question: what it says is a heading, or stands in one."""
    for button in list(body.iter("button")):
        above = button.getparent()
        if above.tag in {"h2", "h3", "h4", "h5", "h6", "summary", "dt"}:
            button.tag = "span"
        elif (button.get("aria-controls") or "accordion" in button.get("class", "")) and size_of_node(button):
            button.tag = "summary"


def _is_inside(element: Node, body: Node) -> bool:
    """Whether it has not been dropped together with what it stood in."""
    top = element
    while (parent := top.getparent()) is not None:
        top = parent
    return top is body.getroottree().getroot()


def _surrounding(element: Node, whole: int) -> ExcludedKind | None:
    name = f"{element.get('class', '')} {element.get('id', '')}".casefold()
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return ExcludedKind.HIDDEN
    is_titled = element.tag == "header" and any(each.tag in {"main", "article"} for each in element.iterancestors())
    is_box = element.tag == "aside" and re.search(r"note|tip|warning|caution|important|admonition|callout", name)
    if is_titled or is_box or element.tag in {"body", "main", "article", "h1"}:
        return None  # an article's own header holds its title
    named = element.tag in _BLOCKS and _CLASSES.search(re.sub(r"[-_]+", " ", name))
    what = _ROLES.get(element.get("role", "")) or (ExcludedKind.NAVIGATION if named else _TAGS.get(element.tag))
    return None if what is None or _holds_article(element, whole) else what


def _holds_article(element: Node, whole: int) -> bool:
    """Some pages stand in a form as a whole, or in a box that is called "with-sidebar"."""
    if element.tag in {"nav", "header", "footer", "button", "select", "svg"}:
        return bool(element.xpath("descendant::main | descendant::article"))
    return size_of_node(element) > whole * _MAX or bool(element.xpath(_WHOLE))
