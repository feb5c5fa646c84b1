"""The HTML document that Gradio's page lives in, made ours: its name, style and icon, and scripts only by a nonce.

Gradio writes the document itself, with inline scripts and with social tags of its own. It is rewritten on its way out,
so that the Content-Security-Policy can forbid every script that does not carry this response's nonce.
"""

from __future__ import annotations

import re
import secrets
from html import escape

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import route_path

_FOREIGN_TAGS = re.compile(r'[ \t]*<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>\s*|<link rel="manifest"[^>]*>\s*')
_SCRIPT = re.compile(r"<script(?=[\s>])")
_WAITING = (
    '<div id="waiting"><h1>{name}</h1><p>One moment, the page is loading.</p>'
    "<noscript><p>This page needs JavaScript. Switch it on, or ask with the command line.</p></noscript></div>"
)


def content_security_policy(nonce: str) -> str:
    """Return the policy of the page.

    'unsafe-eval' is what Gradio's HTML component needs to fill its template; inline styles are Gradio's way of laying
    out. Scripts run only with the nonce, so that an inline handler or script that slipped through would do nothing.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def rewrite(document: str, *, nonce: str, name: str, version: str) -> str:
    """Return Gradio's document as ours.

    Args:
        document: The HTML as Gradio wrote it.
        nonce: What the scripts of this response carry.
        name: The product's name, the page's title while it loads.
        version: Changes with the style and the script, so that browsers fetch them anew.
    """
    ours = (
        f"<title>{escape(name)}</title>"
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f'<link rel="icon" type="image/svg+xml" href="./site/favicon.svg?{version}">'
        f'<link rel="stylesheet" href="./site/page.css?{version}">'
        f'<script defer src="./site/page.js?{version}"></script>'
    )
    own_tags = _FOREIGN_TAGS.sub("", document).replace("</head>", f"{ours}</head>", 1)
    waiting = re.sub(r"(<body[^>]*>)", lambda found: found[1] + _WAITING.format(name=escape(name)), own_tags, count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', waiting)


class PageShell:
    """Rewrites the document of the page and gives it its Content-Security-Policy."""

    def __init__(self, app: ASGIApp, *, name: str, version: str, paths: frozenset[str]) -> None:
        self._app = app
        self._name = name
        self._version = version
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) not in self._paths:
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send(start[0], bytes(body), send)

        await self._app({**scope, "headers": plain}, receive, collect)

    async def _send(self, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            nonce = secrets.token_urlsafe(18)
            if body:  # a HEAD request has none
                body = rewrite(body.decode(), nonce=nonce, name=self._name, version=self._version).encode()
                headers["content-length"] = str(len(body))
            headers["content-security-policy"] = content_security_policy(nonce)
            headers["cache-control"] = "no-store"
        await send(start)
        await send({"type": "http.response.body", "body": body})
