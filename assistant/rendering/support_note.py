"""What to send to the support desk where no article helps, ready to copy."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from importlib.metadata import PackageNotFoundError, version

from assistant.answering.answer import Answer
from assistant.rendering.page_parts import moment_in_words
from assistant.rendering.safe_markdown import is_web_address

_LONGEST = 2_000  # characters of the query; a ticket is no log file


def support_text(answer: Answer, *, now: datetime) -> str:
    """Return what was asked, of which version and when, as plain text."""
    query = answer.query.strip()
    asked = query if len(query) <= _LONGEST else f"{query[:_LONGEST]} ..."
    return (
        f"No help article covers this problem:\n\n{asked}\n\n"
        f"Searched on {now:%Y-%m-%d at %H:%M} UTC, articles as of {moment_in_words(answer.generation.built_at)}, "
        f"assistant {_version()}."
    )


def support_html(answer: Answer, url: str, text: str) -> str:
    """Return whom to ask, and the text for them with a button that copies it.

    Args:
        answer: The answer that found nothing.
        url: The support desk's address; not linked to unless it is of the web.
        text: What people are told.
    """
    ready = escape(support_text(answer, now=datetime.now(UTC)))
    lead = escape(text) if text else "Send this to your support desk:"
    link = f'<p><a href="{escape(url)}" rel="noopener noreferrer">{escape(url)}</a></p>' if is_web_address(url) else ""
    return (
        f'<section class="support"><h3>Still stuck?</h3><p>{lead}</p>{link}'
        f'<pre class="ticket" tabindex="0" aria-label="Text for the support desk">{ready}</pre>'
        '<p class="actions"><button type="button" data-copy="ticket">Copy this text</button></p></section>'
    )


def _version() -> str:
    try:
        return version("troubleshooting-assistant")
    except PackageNotFoundError:
        return "of unknown version"
