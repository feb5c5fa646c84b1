"""Rewrites the HTML document of Gradio's page: our title, icon, style and script, and a nonce on every script.

Gradio writes the document itself, with inline scripts and with tags for social networks. It is rewritten on its way
out, so that the Content-Security-Policy can forbid every script without this response's nonce.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.middleware.responses import route_path

_FOREIGN_TAGS = re.compile(r'[ \t]*<meta\s[^>]*(?:property="og:|name="twitter:)[^>]*>\s*|<link rel="manifest"[^>]*>\s*')
_BODY = re.compile(r"<body[^>]*>")
_SCRIPT = re.compile(r"<script(?=[\s>])")


def content_security_policy(nonce: str) -> str:
    """Return the Content-Security-Policy of the page.

    Gradio's HTML component fills its template with `eval`, and Gradio lays out with inline styles, so both are allowed.
    Scripts run only with the nonce: an inline handler or script that got through the sanitiser would do nothing.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        "manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )


def rewrite(document: str, *, nonce: str, head: str, waiting: str) -> str:
    """Return the document with our head and with the nonce.

    Args:
        document: The HTML as Gradio wrote it.
        nonce: Given to every script of this response.
        head: HTML for the end of the head: our title, style and script.
        waiting: HTML for the beginning of the body, shown until Gradio has drawn the page.
    """
    ours = _FOREIGN_TAGS.sub("", document).replace("</head>", f"{head}</head>", 1)
    ours = _BODY.sub(lambda match: match[0] + waiting, ours, count=1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', ours)


class GradioDocument:
    """Rewrites the document of the page and sets its Content-Security-Policy."""

    def __init__(self, app: ASGIApp, *, head: str, waiting: str, paths: frozenset[str]) -> None:
        self._app = app
        self._head = head
        self._waiting = waiting
        self._paths = paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or route_path(scope) not in self._paths:
            await self._app(scope, receive, send)
            return
        # a compressed document could not be rewritten
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        start: list[Message] = []
        body = bytearray()

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send(start[0], bytes(body), send)

        await self._app({**scope, "headers": headers}, receive, collect)

    async def _send(self, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            nonce = secrets.token_urlsafe(18)
            if body:  # a HEAD request has none
                body = rewrite(body.decode(), nonce=nonce, head=self._head, waiting=self._waiting).encode()
                headers["content-length"] = str(len(body))
            headers["content-security-policy"] = content_security_policy(nonce)
            headers["cache-control"] = "no-store"
        await send(start)
        await send({"type": "http.response.body", "body": body})
