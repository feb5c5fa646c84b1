"""What programs can ask: `/openapi.json`, and the same as a page that people read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response

from assistant.rendering.plain.api_description import api_html
from assistant.rendering.plain.pages import Site
from assistant.web.caching import kept_response
from assistant.web.pages.page_routes import page_response

_ATTRIBUTES = "\n\nAttributes:\n"
_ATTRIBUTE = re.compile(r"^    (\w+): ", re.MULTILINE)


def add_description(app: FastAPI, site: Site) -> None:
    """Add both routes; every other route has to be there before the first request for one of them.

    The page is our own, for those that FastAPI knows load scripts of other sites.
    """

    def described() -> Mapping[str, Any]:
        if app.openapi_schema is None:
            if site.root and not app.servers:
                app.servers = [{"url": site.root}]
            for schema in app.openapi()["components"]["schemas"].values():
                _describe_fields(schema)
        return app.openapi()

    @app.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> Response:
        content = json.dumps(described(), ensure_ascii=False, separators=(",", ":"))
        return kept_response(request, Response(content, media_type="application/json"))

    @app.get("/docs", include_in_schema=False)
    def description(request: Request) -> Response:
        return kept_response(request, page_response(api_html(described(), site)))


def _describe_fields(schema: dict[str, Any]) -> None:
    """Move what a record's docstring says of its fields from the record's description to theirs."""
    description, _, attributes = str(schema.get("description", "")).partition(_ATTRIBUTES)
    if not attributes:
        return
    schema["description"] = description
    for name, text in _attributes(attributes):
        if (field := schema["properties"].get(name)) is not None:
            field.setdefault("description", text)


def _attributes(docstring: str) -> Iterator[tuple[str, str]]:
    """Yield the names in the part `Attributes:` of a docstring, each with its text on one line."""
    parts = _ATTRIBUTE.split(docstring)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        yield name, " ".join(text.split())
