"""The text for the support desk where no article helps, ready to copy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from assistant.answering.answer import Answer
from assistant.rendering.phrases import moment_in_words

_LONGEST = 2_000  # characters of the query; a ticket is no log file


@dataclass(frozen=True, slots=True)
class SupportNote:
    """Where to ask, and what to send.

    Attributes:
        text: The sentence above it; empty for a general one.
        url: The support desk's address; not linked to unless it is of the web.
        ticket: The text to send.
    """

    text: str
    url: str
    ticket: str


def ticket_text(answer: Answer, *, now: datetime) -> str:
    """Return the query, the time, the articles' age and our version as plain text."""
    query = answer.query.strip()
    shown = query if len(query) <= _LONGEST else f"{query[:_LONGEST]} ..."
    return (
        f"No help article covers this problem:\n\n{shown}\n\n"
        f"Searched on {now:%Y-%m-%d at %H:%M} UTC, articles as of {moment_in_words(answer.generation.built_at)}, "
        f"assistant {_version()}."
    )


def _version() -> str:
    try:
        return version("troubleshooting-assistant")
    except PackageNotFoundError:
        return "of unknown version"
