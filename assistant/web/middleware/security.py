"""Middleware that protects every route.

Gradio brings some sixty routes of its own; only those in `ROUTES` can be reached. Requests that another site makes a
browser send are refused, and every response carries security headers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import METHODS_THAT_READ, route_path, send_error
from assistant.web.middleware.sites import may_read

ROUTES: tuple[tuple[str, str], ...] = (
    ("GET", r"/"),
    ("GET", r"/site/[\w.-]+"),
    ("GET", r"/favicon\.ico"),
    ("GET", r"/images/[\w.]+"),
    ("GET", r"/(openapi\.json|docs|healthz|readyz)"),
    ("GET", r"/(articles(/.+)?|entries/.+|ask|robots\.txt|sitemap\.xml)"),
    ("GET", r"/api/(search|status|products|tags)"),
    ("GET", r"/api/entries(/.+)?"),
    ("GET", r"/widget\.js"),
    ("GET", r"/v\d{1,4}/widget(\.js|/[a-z]{2}\.json)"),
    ("POST", r"/api/widget/v1"),
    ("GET", r"/editor"),
    ("GET", r"/api/editor/(articles|overview|questions|entries)"),
    ("POST", r"/api/editor/(preview|compare|rollback|questions/mark|change/(prepare|try|publish))"),
    ("POST", r"/api/(search|feedback|rebuild)"),
    ("POST", r"/api/(picture|search/picture)"),
    # of Gradio, what its page requests
    ("GET", r"/(theme\.css|assets/[\w./-]+|static/[\w./-]+)"),
    ("GET", r"/gradio_api/app_id"),
    ("POST", r"/gradio_api/run/predict"),
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_DEFAULT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_WITHOUT_TOKEN = frozenset({"/api/feedback"})  # routes that keep something and need no token
_HOST_HEADERS = frozenset({b"x-forwarded-host", b"x-gradio-server"})


class SecurityHeaders:
    """Gives every response the headers that restrict what a browser does with it, unless a route has set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", _DEFAULT_POLICY)
                del headers["server"]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class ForwardedHost:
    """Drops the headers in which a client names the server's address: Gradio would let the page send queries there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http":
            scope = {**scope, "headers": [each for each in scope["headers"] if each[0] not in _HOST_HEADERS]}
        await self._app(scope, receive, send)


class AllowedRoutes:
    """Lets only listed routes through; all others are answered with status 404."""

    def __init__(self, app: ASGIApp, routes: Iterable[tuple[str, str]] = ROUTES) -> None:
        self._app = app
        self._routes = tuple((method, re.compile(pattern)) for method, pattern in routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and self._allows(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await send_error(send, 404, "not_found", "There is nothing at this address.")
        else:
            await send({"type": "websocket.close", "code": 1000})

    def _allows(self, scope: Scope) -> bool:
        path = route_path(scope)
        method = "GET" if scope["method"] in METHODS_THAT_READ else scope["method"]
        return ".." not in path and any(
            method == allowed and pattern.fullmatch(path) for allowed, pattern in self._routes
        )


class SameSite:
    """Refuses a request that may change something and that another site made the browser send.

    Feedback needs no token, so a browser has to name the server by an address or by a name of its own there: a page of
    another site whose name was made to lead here (DNS rebinding) is of the same site for the browser.

    Args:
        app: The next application.
        hosts: The names that the server is reached by, without port, besides addresses and "localhost".
        sites: The origins that may send a request which only reads.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = (), sites: Collection[str] = ()) -> None:
        self._app = app
        self._sites = sites
        self._hosts = frozenset(host.casefold() for host in hosts if host) | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] in METHODS_THAT_READ:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if _is_foreign(headers) and not may_read(self._sites, scope):
            await send_error(send, 403, "cross_site", "Requests that another site sends are refused.")
        elif route_path(scope) in _WITHOUT_TOKEN and _is_by_browser(headers) and not self._is_ours(headers):
            message = "The server does not know itself by this name; ASSISTANT_HOSTS names it."
            await send_error(send, 403, "unknown_host", message)
        else:
            await self._app(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        try:
            host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        except ValueError:
            return False
        return host in self._hosts or _is_address(host)


def _is_address(host: str) -> bool:
    """Whether a host is an address, which no other site's name can be made to lead to."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_by_browser(headers: Headers) -> bool:
    return "sec-fetch-site" in headers or "origin" in headers


def _is_foreign(headers: Headers) -> bool:
    """Return whether another site sent it. Only browsers send these headers; other programs act for no user anyway."""
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in {"same-origin", "none"}
    if (origin := headers.get("origin")) is None:
        return False
    try:
        return urlsplit(origin).netloc != headers.get("host")
    except ValueError:  # no browser writes such an address
        return True
