"""A site that shows the widget: a page with a hostile style and script of its own, served from its own origin.

The address says how the tag is written: `/?lang=ar&key=ctrl%2Fj` gives it `data-lang` and `data-key`. `/strict` is the
same page under a Content-Security-Policy that allows no style, and scripts and requests of the help's server alone;
`/plain` is it without its style and script, and `/framed` shows the address in `?of=` in a frame.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

FILES = Path(__file__).parent.parent / "data" / "host_page"
_TYPES = {".css": "text/css", ".js": "text/javascript"}


class HostSite:
    """The site; `help` is the address of the server whose widget it shows, known only once that runs."""

    def __init__(self) -> None:
        self.help = ""
        routes = [
            Route("/framed", self._framed),
            Route("/strict", self._page),
            Route("/plain", self._page),
            Route("/", self._page),
            Route("/{name}", self._file),
        ]
        self.app = Starlette(routes=routes)

    def path(self, kind: str = "", **attributes: str) -> str:
        """Return the path of the page whose tag has these attributes."""
        return f"/{kind}?{urlencode(attributes)}"

    async def _page(self, request: Request) -> Response:
        attributes = " ".join(f'data-{name}="{escape(value)}"' for name, value in request.query_params.items())
        html = (
            (FILES / "index.html").read_text("utf-8").replace("{help}", self.help).replace("{attributes}", attributes)
        )
        if request.url.path == "/plain":
            html = html.replace('<link rel="stylesheet" href="/host.css">', "").replace('src="/host.js"', "")
        policy = f"default-src 'none'; script-src {self.help}; connect-src {self.help}; img-src {self.help}"
        headers = {"Content-Security-Policy": policy} if request.url.path == "/strict" else {}
        return HTMLResponse(html, headers=headers)

    async def _framed(self, request: Request) -> Response:
        sandbox = 'sandbox="allow-scripts"' if "sandbox" in request.query_params else ""
        address = escape(request.query_params["of"])
        return HTMLResponse(f'<!doctype html><title>A frame</title><iframe {sandbox} src="{address}"></iframe>')

    async def _file(self, request: Request) -> Response:
        path = FILES / request.path_params["name"]
        if path.suffix not in _TYPES:
            return Response(status_code=204)
        return Response(path.read_bytes(), media_type=_TYPES[path.suffix])
