"""Days, times and counts as people write them."""

from __future__ import annotations

from datetime import date, datetime


def day_in_words(moment: str) -> str:
    """Return an ISO date or time as people write the day: 3 May 2026."""
    try:
        day = datetime.fromisoformat(moment).date() if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day.day} {day:%B %Y}"


def moment_in_words(moment: str) -> str:
    """Return an ISO time in UTC as people write it: 3 May 2026 at 14:05 UTC."""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day_in_words(moment)} at {time:%H:%M} UTC"


def is_iso_day(text: str | None) -> bool:
    """Say whether a text is an ISO date: 2026-05-03."""
    try:
        return text is not None and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def counted(count: int, name: str) -> str:
    """Return a number of things: 1 problem, 2,000 problems."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
