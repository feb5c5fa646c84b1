"""Show what people asked, what found no answer and what did not help; queries are kept masked.

Example:
  assistant journal
  assistant journal purge --before 2026-10-01
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime

from assistant.commands import Usage
from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", nargs="?", choices=("purge",), help="delete notes instead of showing them")
    parser.add_argument("--before", metavar="DATE", help="with purge: the first day that is kept, as 2026-10-01")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show or purge."""
    from assistant.journal import Counted, Journal

    journal = Journal(settings.journal, days=settings.journal_days)
    if arguments.action == "purge":
        print(f"{journal.purge(before=_day(arguments.before))} notes deleted")
        return 0
    if not settings.journal.exists():
        print(f"nothing in {settings.journal} yet", file=sys.stderr)
        return 0
    summary = journal.summary()
    if arguments.json:
        print(json.dumps(asdict(summary), ensure_ascii=False, indent=2))
        return 0

    def show(heading: str, counted: tuple[Counted, ...]) -> None:
        print(heading)
        for each in counted:
            print(f"{each.times:6}  {' '.join(each.text.split())[:100]}")
        print("        (none)\n" if not counted else "")

    show("asked most", summary.queries)
    show("without an answer", summary.unanswered)
    show("did not help", summary.unhelpful)
    for entry, reason in summary.reasons:
        print(f"{entry}: {' '.join(reason.split())}")
    return 0


def _day(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat(text or "").replace(tzinfo=UTC)
    except ValueError:
        raise Usage("purge needs --before DATE, such as 2026-10-01") from None
