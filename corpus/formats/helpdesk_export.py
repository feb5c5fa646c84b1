"""An export of a help centre in JSON: each object with a title and a body is an article.

{"articles": [{"id": 1, "title": "...", "body": "<p>...", "html_url": ...}], "sections": [...]}     Zendesk
{"data": [{"id": "1", "title": "...", "body": "<p>...", "url": ..., "state": "published"}]}         Intercom
[{"id": 1, "title": "...", "description": "<p>...", "status": 2}]                                   Freshdesk
{"results": [{"id": "1", "title": "...", "body": {"storage": {"value": "<p>..."}}}]}                Confluence
{"articles": {"items": [{"id": "1", "name": "...", "text": "<p>...", "publicUrl": ...}]}}           Help Scout
{"data": [{"id": "1", "title": "...", "html_content": "<p>..."}]}                                   Document360
{"result": [{"number": "KB1", "short_description": "...", "text": "<p>...", "workflow_state": ...}]} ServiceNow
{"results": [{"id": "1", "htmlTitle": "...", "postBody": "<p>...", "state": "PUBLISHED"}]}          HubSpot
{"records": [{"Id": "1", "Title": "...", "Cause__c": "<p>...", "Solution__c": "<p>..."}]}           Salesforce Knowledge

JSON that is no export may be a catalogue of errors or questions: see `corpus.formats.records`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from corpus.errors import ArticleError
from corpus.formats import markdown
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Problem
from corpus.formats.html import page as html
from corpus.formats.records.catalogue import catalogue_of
from corpus.formats.records.fields import label_of_field, texts_of
from corpus.labels import Label, Labels

_EXPECTED = 'an export is {"articles": [{"id": 1, "title": "...", "body": "<p>..."}]}'
_LISTS = (
    *("articles", "data", "results", "items", "pages", "posts", "documents"),
    *("result", "objects", "records", "Articles"),
)
_FOLDERS = ("categories", "category", "folders", "folder", "sections", "collections")
_TITLES = ("title", "name", "subject", "short_description", "htmlTitle", "Title", "ArticleTitle")
_BODIES = (
    *("body", "body_html", "html", "content", "html_content", "postBody", "post_body", "description", "text"),
    *("Content", "Body", "ArticleBody", "ArticleBody__c", "Body__c", "Content__c"),
)
_CUSTOM_FIELD = "__c"  # the end of the names of Salesforce's own fields
_IDS = ("id", "number", "Id", "ArticleNumber", "articleNumber", "sys_id")
_VIEWS = ("export_view", "view", "storage", "rendered", "html")
_URLS = ("html_url", "url", "link", "publicUrl", "absoluteUrl", "absolute_url")
_TAGS = ("label_names", "tags", "labels")
_UPDATED = (
    *("updated_at", "updatedAt", "modified_at", "last_updated", "modified", "updated", "sys_updated_on"),
    *("LastModifiedDate", "LastPublishedDate", "lastPublished", "modifiedOn", "updated_on"),
)
_UNPUBLISHED = frozenset(
    {"draft", "unpublished", "archived", "retired", "notpublished", "scheduled", 1}
)  # 1 is Freshdesk's status of a draft
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_MAX_DEPTH = 8  # of folders in folders


def documents(content: bytes, source: str, labels: Labels) -> Iterator[Document]:
    """Yield the articles of an export; one that cannot be read is a document with a problem and nothing else.

    Raises:
        ArticleError: It is not text, not JSON, or not an export.
    """
    text = decode_text(content, source)
    try:
        export = json.loads(text)
    except json.JSONDecodeError as error:
        raise ArticleError(source, f"is not JSON ({error.msg}); export it again", error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise ArticleError(source, f"is not an export; {_EXPECTED}") from error
    articles = list(_articles(export))
    is_export = any(isinstance(each, dict) and _is_article(each, labels) for each in articles)
    if not is_export and (catalogue := catalogue_of(export, labels)) is not None:
        yield catalogue
        return
    if not articles:
        raise ArticleError(source, f"is not an export; {_EXPECTED}", 1)
    section_names = _section_names(export)
    for position, article in enumerate(articles, 1):
        yield _document(article, position, section_names, source, labels)


def _articles(value: object, depth: int = 0, *, is_folder: bool = False) -> Iterator[object]:
    """Yield the articles in nested lists and folders, and everything else that is in a list with articles.

    A folder has a name and a description as an article has; only its place in the export distinguishes it.
    """
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            inside = list(_articles(each, depth + 1, is_folder=is_folder))
            yield from inside or ([] if is_folder else [each])
    elif isinstance(value, dict):
        lists = [value[name] for name in _LISTS if isinstance(value.get(name), list)]
        folders = (_articles(value.get(name), depth + 1, is_folder=True) for name in _FOLDERS)
        if lists:
            yield from _articles(lists[0], depth + 1)
        elif nested := [each for name in _LISTS if isinstance(each := value.get(name), dict) and _has_list(each)]:
            yield from _articles(nested[0], depth + 1)
        elif isinstance(value.get("article"), dict):
            yield value["article"]
        elif inside := [each for folder in folders for each in folder]:
            yield from inside
        elif not is_folder and _body(value) is not None and _first_text(value, _TITLES):
            yield value


def _is_article(value: Mapping[str, Any], labels: Labels) -> bool:
    """Whether an object is an article rather than a record with a field for what to do."""
    own = {name: each for name, each in value.items() if not name.endswith(_CUSTOM_FIELD)}
    has_solution = any(label_of_field(name, labels) is Label.SOLUTION and texts_of(each) for name, each in own.items())
    return not has_solution and _body(value) is not None and _first_text(value, _TITLES) is not None


def _has_list(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(name), list) for name in _LISTS)


def _section_names(export: object) -> dict[str, str]:
    """Return the names of the sections by id."""
    sections = export.get("sections", []) if isinstance(export, dict) else []
    if not isinstance(sections, list):
        return {}
    named = (each for each in sections if isinstance(each, dict) and isinstance(each.get("name"), str))
    return {str(each.get("id")): each["name"] for each in named}


def _document(article: Any, position: int, section_names: Mapping[str, str], source: str, labels: Labels) -> Document:
    body = _body(article) if isinstance(article, dict) else None
    if body is None:
        return Document(problems=(Problem(None, f"article {position} of the export has no body; it is left out"),))
    name = str(next((article[each] for each in _IDS if article.get(each) not in (None, "")), position))
    try:
        page = _parsed_body(body, source, labels)
    except ArticleError as error:
        return Document(problems=(Problem(None, f"article {name} of the export {error.problem}"),), name=name)
    updated = _day_of_update(article)
    metadata: dict[str, object] = {
        "title": _first_text(article, _TITLES),
        "url": _first_text(article, _URLS),
        "updated": updated,
        "review_by": updated if article.get("outdated") is True else None,
        "tags": list(_tags(article, section_names)),
        "draft": _is_draft(article),
        "locale": article.get("locale"),
    }
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in page.elements)
    excluded = tuple(replace(each, first_line=None, last_line=None) for each in page.excluded)
    return Document(metadata, elements, excluded, page.size, name=name)


def _parsed_body(body: str, source: str, labels: Labels) -> Document:
    """Return an article's body, HTML or Markdown, as a document.

    Raises:
        ArticleError: It cannot be read.
    """
    if _HTML_TAG.search(body):
        return html.read(f"<body>{body}</body>", source, labels)
    return markdown.read(body, source)


def _body(article: Mapping[str, Any]) -> str | None:
    """Return the first of an article's bodies, or of the views of one, that has text; None if none has."""
    for value in map(article.get, _BODIES):
        views = [value, *map(value.get, _VIEWS)] if isinstance(value, dict) else [value]
        for view in views:
            text = view.get("value") if isinstance(view, dict) else view
            if isinstance(text, str) and text.strip():
                return text
    return _custom_body(article) or None


def _custom_body(article: Mapping[str, Any]) -> str:
    """Return the fields that a knowledge base was given in Salesforce, each under its name as a heading."""
    named = {name: value for name, value in article.items() if name.endswith(_CUSTOM_FIELD) and isinstance(value, str)}
    return "".join(
        f"<h2>{name.removesuffix(_CUSTOM_FIELD).replace('_', ' ')}</h2><div>{value}</div>"
        for name, value in named.items()
        if value.strip()
    )


def _tags(article: Mapping[str, Any], section_names: Mapping[str, str]) -> Iterator[str]:
    """Yield an article's labels, the name of its section, and its language."""
    for tags in map(article.get, _TAGS):
        yield from (each for each in tags if isinstance(each, str)) if isinstance(tags, list) else ()
    section = section_names.get(str(article.get("section_id")))
    yield from (each for each in (section, article.get("locale")) if isinstance(each, str) and each)


def _day_of_update(article: Mapping[str, Any]) -> str | None:
    """Return the ISO date of the last change, from an ISO time or from seconds since 1970."""
    value = next((value for name in _UPDATED if (value := article.get(name))), None)
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date().isoformat()
        return datetime.fromisoformat(str(value)).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _is_draft(article: Mapping[str, Any]) -> bool:
    names = ("state", "status", "workflow_state", "PublishStatus", "currentState")
    states = [each.casefold() if isinstance(each, str) else each for each in map(article.get, names)]
    return article.get("draft") is True or any(isinstance(each, str | int) and each in _UNPUBLISHED for each in states)


def _first_text(article: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    """Return the first of some fields that is a text and not empty."""
    return next((value for name in names if isinstance(value := article.get(name), str) and value), None)
