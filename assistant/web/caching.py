"""What depends on the index alone may be kept by browsers and programs, and is asked for again by its tag.

`no-cache` allows to keep a response and has it checked before each use: after a build the next request sees the new
articles, and until then the answer is "304 Not Modified" without a body.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from fastapi import Request, Response

from assistant.answering.interface import AssistantInterface

KEPT = "private, no-cache"
NOT_KEPT = "no-store"
"""For answers to what somebody asked."""


class Freshness:
    """Answers a request from what the client has kept, while that is still right.

    Args:
        assistant: Says which generation answers.
        look: Changes with whatever else a response depends on, such as the settings.
    """

    def __init__(self, assistant: AssistantInterface, *, look: str = "") -> None:
        self._assistant = assistant
        self._look = f"{_version()} {look}"

    def response(self, request: Request, make: Callable[[], Response]) -> Response:
        """Return 304 where the client has the response already; else what `make` returns, with its tag.

        Raises:
            SearchIndexError: There is no index that can be used.
        """
        tag = self.tag()
        if _names(request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": KEPT})
        response = make()
        if response.status_code == 200 and tag == self.tag():  # no build has come between
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = KEPT
        return response

    def tag(self) -> str:
        """Return the tag of all responses that depend on the generation and the settings alone."""
        status = self._assistant.status()
        told = f"{self._look} {status.generation.id} {status.problem}"
        return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:20]}"'


def kept_response(request: Request, response: Response) -> Response:
    """Return a response whose tag is of its body, or 304 where the client has that already."""
    tag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:20]}"'
    if _names(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": KEPT})
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = KEPT
    return response


def _names(if_none_match: str, tag: str) -> bool:
    tags = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def _version() -> str:
    try:
        return version("troubleshooting-assistant")
    except PackageNotFoundError:
        return ""
