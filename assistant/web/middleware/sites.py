"""Other sites that may show answers on their own pages: which ones, and what of this server they may read.

A page of a listed site may read answers and entries from a script of its own (CORS), and may show our pages in a frame.
It may change nothing: whatever keeps or writes something is refused to it as to every other site. Without a list
nothing here changes any response.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import METHODS_THAT_READ, route_path, send_error

_READ = tuple(  # what a listed site's script may read
    (method, re.compile(pattern))
    for method, pattern in (
        ("POST", r"/api/(search|widget/v1)"),
        ("GET", r"/api/search"),
        ("GET", r"/api/entries(/.+)?"),
        ("GET", r"/images/[\w.]+"),
        ("GET", r"/widget\.js"),
        ("GET", r"/v\d{1,4}/widget(\.js|/[a-z]{2}\.json)"),
    )
)
PREFLIGHTS = (("OPTIONS", r"/api/(search|widget/v1|entries(/.+)?)"),)
"""Where a browser may ask whether it may send a request; all of it is under the rate limit."""
_REMEMBERED_S = 7200  # the most that Chromium takes: the browser asks once, not before each query
_NO_FRAMES = "frame-ancestors 'none'"


def listed(sites: str) -> frozenset[str]:
    """Return the origins in the text of the setting."""
    return frozenset(filter(None, sites.split(",")))


def may_read(sites: Collection[str], scope: Scope, *, method: str | None = None) -> bool:
    """Return whether a request is a listed site's for something that it may read.

    Args:
        sites: The origins that are listed.
        scope: The request.
        method: What it is to be done with, where that is not the request's own method.
    """
    return Headers(scope=scope).get("origin") in sites and is_readable(route_path(scope), method or scope["method"])


def is_readable(path: str, method: str) -> bool:
    """Return whether a route is one of those that other sites may be allowed to read."""
    wanted = "GET" if method in METHODS_THAT_READ else method
    return any(wanted == each and pattern.fullmatch(path) for each, pattern in _READ)


class SiteHeaders:
    """Says in a response which site's page may read it, and in an HTML page which sites may frame it.

    Args:
        app: The next application.
        sites: The origins that are listed.
    """

    def __init__(self, app: ASGIApp, *, sites: Collection[str]) -> None:
        self._app = app
        self._sites = sites
        self._frames = f"frame-ancestors {' '.join(sorted(sites))}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or not self._sites:
            await self._app(scope, receive, send)
            return
        path = route_path(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if is_readable(path, scope["method"]) or scope["method"] == "OPTIONS":
                    self._allow_reading(headers, scope)
                if headers.get("content-type", "").startswith("text/html") and not path.startswith("/editor"):
                    self._allow_frames(headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _allow_reading(self, headers: MutableHeaders, scope: Scope) -> None:
        headers.add_vary_header("Origin")  # for every site, or a cache would give one site's response to another
        if (origin := Headers(scope=scope).get("origin", "")) in self._sites:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = "Retry-After"

    def _allow_frames(self, headers: MutableHeaders) -> None:
        policy = headers.get("content-security-policy", "")
        if _NO_FRAMES in policy:
            headers["Content-Security-Policy"] = policy.replace(_NO_FRAMES, self._frames)
            del headers["X-Frame-Options"]  # it cannot name a site


class Preflights:
    """Answers a browser that asks, before it sends a request for a page of another site, whether it may.

    Args:
        app: The next application.
        sites: The origins that are listed.
    """

    def __init__(self, app: ASGIApp, *, sites: Collection[str]) -> None:
        self._app = app
        self._sites = sites

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "OPTIONS":
            await self._app(scope, receive, send)
            return
        wanted = Headers(scope=scope).get("access-control-request-method", "")
        if not may_read(self._sites, scope, method=wanted):
            await send_error(
                send, 403, "cross_site", "This site may not send such a request; ASSISTANT_SITES names those that may."
            )
            return
        allowed = {
            "Access-Control-Allow-Methods": wanted,
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": str(_REMEMBERED_S),
        }
        headers = [(name.lower().encode(), value.encode()) for name, value in allowed.items()]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
