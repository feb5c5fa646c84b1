"""An export of a help centre in JSON: each object with a title and a body is an article.

{"articles": [{"id": 1, "title": "...", "body": "<p>...", "html_url": ...}], "sections": [...]}     Zendesk
{"data": [{"id": "1", "title": "...", "body": "<p>...", "url": ..., "state": "published"}]}         Intercom
[{"id": 1, "title": "...", "description": "<p>...", "status": 2}]                                   Freshdesk
{"results": [{"id": "1", "title": "...", "body": {"storage": {"value": "<p>..."}}}]}                Confluence
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from corpus.errors import ArticleError
from corpus.formats import markdown
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Problem
from corpus.formats.html import page as html
from corpus.labels import Labels

_EXPECTED = 'an export is {"articles": [{"id": 1, "title": "...", "body": "<p>..."}]}'
_LISTS = ("articles", "data", "results", "items", "pages", "posts", "documents")
_FOLDERS = ("categories", "category", "folders", "folder", "sections", "collections")
_BODIES = ("body", "body_html", "html", "content", "description", "text")
_VIEWS = ("export_view", "view", "storage", "rendered", "html")
_UPDATED = ("updated_at", "updatedAt", "modified_at", "last_updated", "modified", "updated")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_CODE_MACRO = re.compile(r"<ac:plain-text-body>\s*<!\[CDATA\[(.*?)\]\]>\s*</ac:plain-text-body>", re.DOTALL)
_DEEPEST = 8  # folders in folders
_DRAFT = 1  # Freshdesk's status of an article that is not published


def documents(content: bytes, source: str, labels: Labels) -> Iterator[Document]:
    """Yield the articles of an export; one that cannot be read is a document of problems only.

    Raises:
        ArticleError: It is no text, no JSON, or no export.
    """
    text = decode_text(content, source)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArticleError(source, f"is not JSON ({error.msg}); export it again", error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise ArticleError(source, f"is not an export; {_EXPECTED}") from error
    articles = list(_articles(found))
    if not articles:
        raise ArticleError(source, f"is not an export; {_EXPECTED}", 1)
    names = _section_names(found)
    for position, article in enumerate(articles, 1):
        yield _document(article, position, names, source, labels)


def _articles(found: object, depth: int = 0, *, is_folder: bool = False) -> Iterator[object]:
    """Yield the articles, in whatever lists and folders they are; what stands among them and is none, as it is.

    A folder has a name and a description as an article has; it is told by where it stands.
    """
    if depth > _DEEPEST:
        return
    if isinstance(found, list):
        for each in found:
            inside = list(_articles(each, depth + 1, is_folder=is_folder))
            yield from inside or ([] if is_folder else [each])
    elif isinstance(found, dict):
        lists = [found[name] for name in _LISTS if isinstance(found.get(name), list)]
        folders = (_articles(found.get(name), depth + 1, is_folder=True) for name in _FOLDERS)
        if lists:
            yield from _articles(lists[0], depth + 1)
        elif isinstance(found.get("article"), dict):
            yield found["article"]
        elif inside := [each for folder in folders for each in folder]:
            yield from inside
        elif not is_folder and _body(found) is not None and _title(found):
            yield found


def _section_names(found: object) -> dict[str, str]:
    sections = found.get("sections", []) if isinstance(found, dict) else []
    if not isinstance(sections, list):
        return {}
    named = (each for each in sections if isinstance(each, dict) and isinstance(each.get("name"), str))
    return {str(each.get("id")): each["name"] for each in named}


def _document(article: Any, position: int, names: Mapping[str, str], source: str, labels: Labels) -> Document:
    body = _body(article) if isinstance(article, dict) else None
    if body is None:
        return Document(problems=(Problem(None, f"article {position} of the export has no body; it is left out"),))
    name = str(article.get("id", position))
    try:
        body = _CODE_MACRO.sub(lambda found: f"<pre>{escape(found[1])}</pre>", body)
        is_html = _TAG.search(body) is not None
        page = html.read(f"<body>{body}</body>", source, labels) if is_html else markdown.read(body, source)
    except ArticleError as error:
        return Document(problems=(Problem(None, f"article {name} of the export {error.problem}"),), name=name)
    updated = _day(article)
    metadata: dict[str, object] = {
        "title": _title(article),
        "url": next((url for key in ("html_url", "url", "link") if (url := _text(article, key))), None),
        "updated": updated,
        "review_by": updated if article.get("outdated") is True else None,
        "tags": list(_tags(article, names)),
        "draft": _is_draft(article),
    }
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in page.elements)
    excluded = tuple(replace(each, first_line=None, last_line=None) for each in page.excluded)
    return Document(metadata, elements, excluded, page.size, name=name)


def _body(article: Mapping[str, Any]) -> str | None:
    """Return an article's text: the first of the known names that has one, or one of its views."""
    for value in map(article.get, _BODIES):
        views = [value, *map(value.get, _VIEWS)] if isinstance(value, dict) else [value]
        for view in views:
            text = view.get("value") if isinstance(view, dict) else view
            if isinstance(text, str) and text.strip():
                return text
    return None


def _title(article: Mapping[str, Any]) -> str | None:
    return next((text for name in ("title", "name", "subject") if (text := _text(article, name))), None)


def _tags(article: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    for labels in map(article.get, ("label_names", "tags", "labels")):
        yield from (each for each in labels if isinstance(each, str)) if isinstance(labels, list) else ()
    section = names.get(str(article.get("section_id")))
    yield from (each for each in (section, article.get("locale")) if isinstance(each, str) and each)


def _day(article: Mapping[str, Any]) -> str | None:
    """Return the day of the last change: a date and time, or seconds since 1970."""
    value = next((found for name in _UPDATED if (found := article.get(name))), None)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date().isoformat()
        return datetime.fromisoformat(str(value)).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _is_draft(article: Mapping[str, Any]) -> bool:
    states = {article.get("state"), article.get("status")} if _are_plain(article) else set()
    return article.get("draft") is True or bool(states & {"draft", "unpublished", "archived", _DRAFT})


def _are_plain(article: Mapping[str, Any]) -> bool:
    return all(isinstance(article.get(name), str | int | None) for name in ("state", "status"))


def _text(article: Mapping[str, Any], name: str) -> str | None:
    value = article.get(name)
    return value if isinstance(value, str) else None
