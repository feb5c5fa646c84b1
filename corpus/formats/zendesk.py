"""An export of a Zendesk help centre: {"articles": [{"id", "title", "body", "html_url", ...}]}, an article each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from corpus.errors import ArticleError
from corpus.formats import html
from corpus.formats.decoding import text_of
from corpus.formats.document import Document

_EXPECTED = 'a Zendesk export is {"articles": [{"id": 1, "title": "...", "body": "<p>..."}]}'


def documents(content: bytes, source: str) -> Iterator[Document]:
    """Yield the articles of an export; one that cannot be read is a document of problems only.

    Raises:
        ArticleError: It is no text, no JSON, or no export.
    """
    text = text_of(content, source)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArticleError(source, f"is not JSON ({error.msg}); export it again", error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise ArticleError(source, f"is not an export; {_EXPECTED}") from error
    articles = found.get("articles") if isinstance(found, dict) else found
    if not isinstance(articles, list):
        raise ArticleError(source, f"is not an export; {_EXPECTED}", 1)
    names = _section_names(found)
    for position, article in enumerate(articles, 1):
        yield _document(article, position, names, source)


def _section_names(found: object) -> dict[str, str]:
    sections = found.get("sections", []) if isinstance(found, dict) else []
    if not isinstance(sections, list):
        return {}
    named = (each for each in sections if isinstance(each, dict) and isinstance(each.get("name"), str))
    return {str(each.get("id")): each["name"] for each in named}


def _document(article: Any, position: int, names: Mapping[str, str], source: str) -> Document:
    if not isinstance(article, dict) or not isinstance(article.get("body"), str) or not article["body"].strip():
        return Document(problems=((None, f"article {position} of the export has no body; it is left out"),))
    name = str(article.get("id", position))
    try:
        page = html.read(f"<body>{article['body']}</body>", source)
    except ArticleError as error:
        return Document(problems=((None, f"article {name} of the export {error.problem}"),), name=name)
    labels = article.get("label_names")
    tags = [each for each in labels if isinstance(each, str)] if isinstance(labels, list) else []
    section = names.get(str(article.get("section_id")))
    tags += [each for each in (section, article.get("locale")) if isinstance(each, str) and each]
    updated = str(article.get("updated_at") or "")[:10]
    metadata: dict[str, object] = {
        "title": _text(article, "title"),
        "url": _text(article, "html_url"),
        "updated": updated or None,
        "review_by": updated or None if article.get("outdated") is True else None,
        "tags": tags,
        "draft": article.get("draft") is True,
    }
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in page.elements)
    return Document(metadata, elements, page.asides, page.size, name=name)


def _text(article: Mapping[str, Any], name: str) -> str | None:
    value = article.get(name)
    return value if isinstance(value, str) else None
