"""The text for the support desk where the articles do not help, ready to copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from assistant.answering.answer import Answer
from assistant.rendering.phrases import moment_in_words
from index.decision import Decision, Reason

_MENDED_AT_ONCE = {Reason.EMPTY_QUERY, Reason.TOO_LONG, Reason.UNKNOWN_FILTER}  # no case for the support desk
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


def support_note(answer: Answer, text: str, url: str, *, tried: Sequence[str] = ()) -> SupportNote | None:
    """Return whom to ask where an answer does not help; None where it does, or where other words do.

    Args:
        answer: The assistant's answer.
        text: The sentence above the note.
        url: The support desk's address.
        tried: The titles of entries that did not help.
    """
    if answer.decision is not Decision.NONE or (answer.reason in _MENDED_AT_ONCE and not tried):
        return None
    return SupportNote(text, url, ticket_text(answer, now=datetime.now(UTC), unhelpful=tried))


def ticket_text(answer: Answer, *, now: datetime, unhelpful: Sequence[str] = ()) -> str:
    """Return the query, what did not help, the time, the articles' age and our version as plain text.

    Args:
        answer: The assistant's answer.
        now: When it was given, in UTC.
        unhelpful: The titles of entries that were tried and did not help.
    """
    query = answer.query.strip()
    shown = query if len(query) <= _LONGEST else f"{query[:_LONGEST]} ..."
    tried = "\n".join(
        ["I tried this from the help articles, and it did not help:", *(f"- {each}" for each in unhelpful)]
    )
    searched = (
        f"Searched on {now:%Y-%m-%d at %H:%M} UTC, articles as of {moment_in_words(answer.generation.built_at)}, "
        f"assistant {_version()}."
    )
    problem = f"I need help with this problem:\n\n{shown}" if shown else ""
    return "\n\n".join(filter(None, [problem, tried if unhelpful else "", searched]))


def _version() -> str:
    try:
        return version("troubleshooting-assistant")
    except PackageNotFoundError:
        return "of unknown version"
