"""HTML pages: boilerplate is removed, the main content becomes elements."""

from __future__ import annotations

import re

from lxml import html as lxml_html
from lxml.etree import LxmlError

from corpus.errors import ArticleError
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Excluded, ExcludedKind, size_of
from corpus.formats.html.blocks import page_elements
from corpus.formats.html.boilerplate import remove_boilerplate
from corpus.formats.html.confluence import html_of_storage
from corpus.formats.html.inline import Node, mark_bold, size_of_node
from corpus.formats.html.limits import check_blocks, check_tags
from corpus.formats.plain_text_blocks import promote_unmarked_headings
from corpus.labels import Labels

_MAIN = (
    "//main | //*[@role='main'] | //article | //*[@itemprop='articleBody'] | //*[@id='main-content' or @id='content' or"
    " @id='article' or contains(concat(' ', normalize-space(@class), ' '), ' article-body ')]"
)
_MIN_MAIN_SHARE = 0.5  # of the page's text that its main content has to have
_SITE_NAME = re.compile(r"\s+[|\u2013\u2014\u00b7:-]\s+[^|\u2013\u2014\u00b7]+\Z")  # "Sign-in fails | Acme Help"
_LONGEST_SITE_NAME = 200  # characters
_CHARSET = re.compile(rb"""<meta[^>]{0,100}charset=["']?([\w-]{2,20})""", re.IGNORECASE)
_CHARSET_PLACE = 4096  # bytes at the start of a page in which its encoding is looked for


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a page, in the encoding that it names or else in UTF-8.

    Raises:
        ArticleError: They are not text in that encoding, or not a page.
    """
    charset = _CHARSET.search(content[:_CHARSET_PLACE])
    if charset and charset[1].lower() not in {b"utf-8", b"utf8"} and not content.startswith(b"\xef\xbb\xbf"):
        name = charset[1].decode()
        try:
            content = content.decode(name).encode()
        except (LookupError, UnicodeDecodeError) as error:
            raise ArticleError(source, f"names the encoding {name}, but is not in it; save it as UTF-8", 1) from error
    return (read(decode_text(content, source), source, labels),)


def read(text: str, source: str, labels: Labels) -> Document:
    """Return a page, or a part of one, as a document.

    Args:
        text: The HTML.
        source: The path of its file under the corpus root, for messages.
        labels: The words that are labels.

    Raises:
        ArticleError: It cannot be parsed, or has no content.
    """
    text = html_of_storage(text)
    check_tags(text, source)
    parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = lxml_html.document_fromstring(text.encode(), parser=parser)
    except (LxmlError, ValueError, AssertionError) as error:
        raise ArticleError(source, "has no content; save the page of an article") from error
    body = page.find("body")
    if body is None:
        raise ArticleError(source, "has no content; save the page of an article")
    check_blocks(body, len(text), source)
    mark_bold(page)
    _drop(body, "script", "style", "template")
    size = size_of(body.text_content())
    _mark_title(body)
    headings = page.xpath("//h1")
    excluded = list(remove_boilerplate(body))
    metadata = _metadata(page, headings)
    main = _main_content(body)
    if main is not body and size_of_node(body) > size_of_node(main):
        outside = size_of_node(body) - size_of_node(main)
        excluded.append(Excluded(ExcludedKind.OUTSIDE_MAIN, None, None, outside))
    elements = tuple(page_elements(main, last_line=text.count("\n") + 1))
    elements = promote_unmarked_headings(elements, labels, has_title="title" in metadata)
    if any(element.level == 1 for element in elements):
        metadata.pop("title", None)
    return Document(metadata, elements, tuple(excluded), size)


def _metadata(page: Node, headings: list[Node]) -> dict[str, object]:
    """Return the title, the URL and the day of the last change that a page gives.

    Args:
        page: The page without its boilerplate.
        headings: The headings of level 1 before that was removed; the only one may have been part of it.
    """
    metadata: dict[str, object] = {}
    remaining = page.xpath("//h1")
    title = " ".join((page.findtext("head/title") or "").split())
    if len(remaining) == 1 or (len(headings) == 1 and not title):
        metadata["title"] = " ".join((remaining or headings)[0].text_content().split())
    elif title:
        metadata["title"] = _without_site_name(title)
    for link in page.xpath("//link[@rel='canonical'][@href]"):
        metadata["url"] = link.get("href")
    for modified in page.xpath("//meta[@property='article:modified_time'][@content]"):
        metadata["updated"] = modified.get("content").strip()[:10]
    return metadata


def _without_site_name(title: str) -> str:
    """Return a title without the name of the site at its end; only the last characters are looked at."""
    start = max(0, len(title) - _LONGEST_SITE_NAME)
    return title[:start] + _SITE_NAME.sub("", title[start:])


def _mark_title(body: Node) -> None:
    """Make a heading of the paragraph that a word processor gave the style of a title, if there is no heading."""
    if not body.xpath("//h1"):
        for paragraph in body.xpath("//p[@class]"):
            if {"title", "MsoTitle"} & set(paragraph.get("class").split()):
                paragraph.tag = "h1"
                return


def _drop(body: Node, *tags: str) -> None:
    for element in list(body.iter(*tags)):
        element.drop_tree()


def _main_content(body: Node) -> Node:
    """Return the largest node that is marked as the main content, or the body if none has most of the text."""
    whole = size_of_node(body)
    candidates = [(size_of_node(element), element) for element in body.xpath(_MAIN)]
    size, main = max(candidates, key=lambda candidate: candidate[0], default=(0, body))
    return main if size and size >= whole * _MIN_MAIN_SHARE else body
