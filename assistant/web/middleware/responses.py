"""What every middleware needs of a request and a response: its path and method, and the body of an error."""

from __future__ import annotations

import json
import uuid

from starlette.types import Scope, Send

METHODS_THAT_READ = frozenset({"GET", "HEAD"})


def error_body(code: str, message: str, error_id: str | None = None) -> dict[str, dict[str, str]]:
    """Return the body of every error response; the log has the details under its id."""
    return {"error": {"code": code, "message": message, "id": error_id or new_error_id()}}


def new_error_id() -> str:
    """Return an id short enough to be read out over the telephone."""
    return uuid.uuid4().hex[:12]


async def send_error(
    send: Send, status: int, code: str, message: str, error_id: str | None = None, *, retry_after_s: int | None = None
) -> None:
    """Send a whole error response; a program waits `retry_after_s` before it asks again."""
    body = json.dumps(error_body(code, message, error_id)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if retry_after_s is not None:
        headers.append((b"retry-after", str(retry_after_s).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix (root path) that the application is served under."""
    path, root = str(scope["path"]), str(scope.get("root_path", "")).rstrip("/")
    if root and (path == root or path.startswith(f"{root}/")):
        return path[len(root) :] or "/"
    return path
