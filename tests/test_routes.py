"""The reachable routes are listed here; one that an upgrade of Gradio adds makes this fail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest
from starlette.routing import Mount

from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.middleware.security import AllowedRoutes
from tests.conftest import Serve
from tests.programs.stub_assistant import StubAssistant

OURS = {
    "GET /api/editor/articles",
    "GET /api/editor/entries",
    "GET /api/editor/overview",
    "GET /api/editor/questions",
    "GET /api/entries",
    "GET /api/entries/{entry_id:path}",
    "GET /api/products",
    "GET /api/search",
    "GET /api/status",
    "GET /api/tags",
    "GET /articles",
    "GET /articles/{article_id:path}",
    "GET /ask",
    "GET /docs",
    "GET /editor",
    "GET /entries/{entry_id:path}",
    "GET /favicon.ico",
    "GET /healthz",
    "GET /images/{name}",
    "GET /openapi.json",
    "GET /readyz",
    "GET /robots.txt",
    "GET /site/{name}",
    "GET /sitemap.xml",
    "GET /v{version:int}/widget.js",
    "GET /v{version:int}/widget/{name}",
    "GET /widget.js",
    "POST /api/editor/change/prepare",
    "POST /api/editor/change/publish",
    "POST /api/editor/change/try",
    "POST /api/editor/compare",
    "POST /api/editor/preview",
    "POST /api/editor/questions/mark",
    "POST /api/editor/rollback",
    "POST /api/feedback",
    "POST /api/picture",
    "POST /api/rebuild",
    "POST /api/search",
    "POST /api/search/picture",
    "POST /api/widget/v1",
}
GRADIOS = {
    "GET /",
    "GET /assets/{path:path}",
    "GET /gradio_api/app_id",
    "GET /static/{path:path}",
    "GET /theme.css",
    "POST /gradio_api/run/{api_name}",
}


def routes_of(routes: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and path, those of mounted applications and included routers too."""
    for route in routes:
        inner = getattr(getattr(route, "original_router", route), "routes", None)
        if getattr(route, "methods", None):
            yield from ((method, prefix + route.path) for method in route.methods)
        else:
            assert inner is not None, f"a kind of route that this test does not know: {route}"
            yield from routes_of(inner, prefix + getattr(route, "path", ""))


def can_be_reached(method: str, path: str) -> bool:
    sample = re.sub(
        r"\{[^}]*\}", "predict", path.replace("{version:int}", "1").replace("/widget/{name}", "/widget/de.json")
    )
    return AllowedRoutes(lambda *_: pytest.fail("called"))._allows({"method": method, "path": sample})


def test_the_reachable_routes_are_those_listed_here() -> None:
    settings = Settings(token="open sesame")
    application = create_app(StubAssistant(), settings, editor=EditorSession(settings, lambda: pytest.fail("encoded")))
    routes = list(routes_of(application.routes))
    assert len(routes) > 60, "Gradio's own routes are not seen any more"
    reachable = {f"{method} {path}" for method, path in routes if method != "HEAD" and can_be_reached(method, path)}
    assert reachable == OURS | GRADIOS


def test_gradio_keeps_a_hundred_sessions_at_most(serve: Serve) -> None:
    app = create_app(StubAssistant(), Settings(journal_days=0))
    page: Any = next(route.app for route in app.routes if isinstance(route, Mount))
    with serve(app) as address, httpx.Client(base_url=address) as client:
        for number in range(130):
            call = {"data": ["port", "", None], "fn_index": 0, "session_hash": f"s{number}"}
            response = client.post("/gradio_api/run/predict", json=call)
            assert (response.status_code, "Error 809" in response.text) == (200, True)
    assert list(page.state_holder.session_data) == [f"s{number}" for number in range(30, 130)]
