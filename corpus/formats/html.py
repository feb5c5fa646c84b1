"""HTML pages: the main content is found, what surrounds it is set aside, the rest becomes Markdown elements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html as lxml_html
from lxml.etree import LxmlError

from corpus.errors import ArticleError
from corpus.formats.decoding import text_of
from corpus.formats.document import Aside, Document, size_of
from corpus.formats.html_blocks import elements_of
from corpus.formats.html_inline import Node

_SURROUNDINGS = {
    "nav": "navigation",
    "header": "page header",
    "footer": "page footer",
    "aside": "beside the article",
    "form": "form",
    "button": "button",
    "select": "form",
    "textarea": "form",
    "dialog": "dialog",
    "noscript": "shown without scripts only",
    "iframe": "frame",
    "svg": "drawing",
}
_ROLES = {"navigation": "navigation", "banner": "page header", "contentinfo": "page footer", "search": "form"}
_CLASSES = re.compile(
    r"\b(?:breadcrumbs?|sidebar|cookie|site-header|site-footer|article-votes|article-share|skip-link)\b"
)
_MAIN = (
    "//main | //*[@role='main'] | //article | //*[@itemprop='articleBody'] | //*[@id='main-content' or @id='content' or"
    " @id='article' or contains(concat(' ', normalize-space(@class), ' '), ' article-body ')]"
)
_LEAST_SHARE = 0.5  # of the page's text that has to be in its main content
_SITE = re.compile(r"\s+[|\u2013\u2014\u00b7-]\s+[^|\u2013\u2014\u00b7]+\Z")


def documents(content: bytes, source: str) -> tuple[Document, ...]:
    """Read the bytes of a page; an encoding that the page names is believed.

    Raises:
        ArticleError: They are no text, or no page.
    """
    named = re.search(rb"""<meta[^>]{0,100}charset=["']?([\w-]{2,20})""", content[:4096], re.IGNORECASE)
    if named and named[1].lower() not in {b"utf-8", b"utf8"} and not content.startswith(b"\xef\xbb\xbf"):
        try:
            content = content.decode(named[1].decode()).encode()
        except (LookupError, UnicodeDecodeError) as error:
            problem = f"says it is {named[1].decode()}, which it is not; save it as UTF-8"
            raise ArticleError(source, problem, 1) from error
    return (read(text_of(content, source), source),)


def read(text: str, source: str) -> Document:
    """Read a page, or a part of one.

    Raises:
        ArticleError: It cannot be read, or has no text.
    """
    try:
        page = lxml_html.document_fromstring(
            text.encode(), parser=lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        )
    except (LxmlError, ValueError, AssertionError) as error:
        raise ArticleError(source, "has no content; save the page of an article") from error
    metadata = _metadata(page)
    body = page.find("body")
    if body is None:
        raise ArticleError(source, "has no content; save the page of an article")
    _drop(body, "script", "style", "template")
    size = size_of(body.text_content())
    asides = list(_set_surroundings_aside(body))
    main = _main(body)
    if main is not body and _size(body) > _size(main):
        asides.append(Aside("outside the main content", None, None, _size(body) - _size(main)))
    elements = tuple(elements_of(main, last_line=text.count("\n") + 1))
    if any(element.level == 1 for element in elements):
        metadata.pop("title", None)
    return Document(metadata, elements, tuple(asides), size)


def _metadata(page: Node) -> dict[str, object]:
    found: dict[str, object] = {}
    heading = page.xpath("//h1")
    title = page.findtext("head/title") or ""
    if len(heading) == 1:
        found["title"] = " ".join(heading[0].text_content().split())
    elif title.strip():
        found["title"] = _SITE.sub("", " ".join(title.split()))
    for link in page.xpath("//link[@rel='canonical'][@href]"):
        found["url"] = link.get("href")
    for changed in page.xpath("//meta[@property='article:modified_time'][@content]"):
        found["updated"] = changed.get("content").strip()[:10]
    return found


def _drop(body: Node, *tags: str) -> None:
    for element in list(body.iter(*tags)):
        element.drop_tree()


def _set_surroundings_aside(body: Node) -> Iterator[Aside]:
    for element in list(body.iter()):
        if not isinstance(element.tag, str) or element is body or not _is_inside(element, body):
            continue
        what = _surrounding(element)
        if what is not None:
            yield Aside(what, element.sourceline, element.sourceline, _size(element))
            element.drop_tree()


def _is_inside(element: Node, body: Node) -> bool:
    """Whether it has not been dropped together with what it stood in."""
    top = element
    while (parent := top.getparent()) is not None:
        top = parent
    return top is body.getroottree().getroot()


def _surrounding(element: Node) -> str | None:
    classes = element.get("class", "")
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return "hidden"
    is_titled = element.tag == "header" and any(each.tag in {"main", "article"} for each in element.iterancestors())
    is_box = element.tag == "aside" and re.search(r"note|tip|warning|caution|important|admonition", classes)
    if is_titled or is_box or element.tag in {"body", "main", "article", "h1"}:
        return None  # an article's own header holds its title
    of_class = "navigation" if _CLASSES.search(classes) else None
    return _ROLES.get(element.get("role", "")) or of_class or _SURROUNDINGS.get(element.tag)


def _main(body: Node) -> Node:
    whole = _size(body)
    candidates = [(_size(element), element) for element in body.xpath(_MAIN)]
    size, main = max(candidates, key=lambda candidate: candidate[0], default=(0, body))
    return main if size and size >= whole * _LEAST_SHARE else body


def _size(element: Node) -> int:
    return size_of(element.text_content())
