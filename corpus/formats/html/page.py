"""HTML pages: the main content is found, what surrounds it is set aside, the rest becomes Markdown elements."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from lxml.etree import LxmlError

from corpus.errors import ArticleError
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Excluded, ExcludedKind, size_of
from corpus.formats.html.blocks import elements_of
from corpus.formats.html.boilerplate import remove_boilerplate
from corpus.formats.html.inline import Node, mark_bold, size_of_node
from corpus.formats.plain_text_blocks import promote_unmarked_headings
from corpus.labels import Labels

_MAIN = (
    "//main | //*[@role='main'] | //article | //*[@itemprop='articleBody'] | //*[@id='main-content' or @id='content' or"
    " @id='article' or contains(concat(' ', normalize-space(@class), ' '), ' article-body ')]"
)
_MIN_SHARE = 0.5  # of the page's text that has to be in its main content
_SITE = re.compile(r"\s+[|\u2013\u2014\u00b7:-]\s+[^|\u2013\u2014\u00b7]+\Z")  # "Sign-in fails | Acme Help"


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
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
    return (read(decode_text(content, source), source, labels),)


def read(text: str, source: str, labels: Labels) -> Document:
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
    body = page.find("body")
    if body is None:
        raise ArticleError(source, "has no content; save the page of an article")
    mark_bold(page)
    _drop(body, "script", "style", "template")
    size = size_of(body.text_content())
    _name_title(body)
    headings = page.xpath("//h1")
    excluded = list(remove_boilerplate(body))
    metadata = _metadata(page, headings)
    main = _main(body)
    if main is not body and size_of_node(body) > size_of_node(main):
        excluded.append(Excluded(ExcludedKind.OUTSIDE_MAIN, None, None, size_of_node(body) - size_of_node(main)))
    found = tuple(elements_of(main, last_line=text.count("\n") + 1))
    elements = promote_unmarked_headings(found, labels, is_titled="title" in metadata)
    if any(element.level == 1 for element in elements):
        metadata.pop("title", None)
    return Document(metadata, elements, tuple(excluded), size)


def _metadata(page: Node, headings: list[Node]) -> dict[str, object]:
    """What a page says about itself; its heading is rather one beside the article than one of the whole site."""
    found: dict[str, object] = {}
    own = page.xpath("//h1")
    title = " ".join((page.findtext("head/title") or "").split())
    if len(own) == 1 or (len(headings) == 1 and not title):
        found["title"] = " ".join((own or headings)[0].text_content().split())
    elif title:
        found["title"] = _SITE.sub("", title)
    for link in page.xpath("//link[@rel='canonical'][@href]"):
        found["url"] = link.get("href")
    for changed in page.xpath("//meta[@property='article:modified_time'][@content]"):
        found["updated"] = changed.get("content").strip()[:10]
    return found


def _name_title(body: Node) -> None:
    """Word processors write the title as a paragraph of that style."""
    if not body.xpath("//h1"):
        for paragraph in body.xpath("//p[@class]"):
            if {"title", "MsoTitle"} & set(paragraph.get("class").split()):
                paragraph.tag = "h1"
                return


def _drop(body: Node, *tags: str) -> None:
    for element in list(body.iter(*tags)):
        element.drop_tree()


def _main(body: Node) -> Node:
    whole = size_of_node(body)
    candidates = [(size_of_node(element), element) for element in body.xpath(_MAIN)]
    size, main = max(candidates, key=lambda candidate: candidate[0], default=(0, body))
    return main if size and size >= whole * _MIN_SHARE else body
