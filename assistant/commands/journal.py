"""Show what people asked, which queries had no answer and which entries did not help; queries are masked.

Example:
  assistant journal
  assistant journal --unanswered --since 2026-11-01
  assistant journal purge --before 2026-10-01
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from assistant.journal import Journal
    from assistant.notes import Count, Summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", nargs="?", choices=("purge",), help="delete notes instead of showing them")
    parser.add_argument("--before", type=_day, metavar="DATE", help="with purge: delete what is older than this day")
    parser.add_argument("--since", type=_day, metavar="DATE", help="leave out what was asked before this day")
    parser.add_argument(
        "--unanswered",
        action="store_true",
        help="like questions together that were asked in vain, each asked again of the index as it is now",
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Show or purge."""
    from assistant.journal import Journal

    journal = Journal(settings.journal, days=settings.journal_days)
    if arguments.action == "purge":
        if arguments.since is not None or arguments.unanswered:
            raise UsageError("--since and --unanswered show notes, purge deletes them; leave them out")
        _purge(journal, arguments)
    elif arguments.before is not None:
        raise UsageError('--before is for purge only; to delete notes, run "assistant journal purge --before DATE"')
    elif arguments.unanswered:
        _show_unanswered(journal, settings, arguments)
    else:
        _show(journal, settings.journal, since=arguments.since, as_json=arguments.json)
    return 0


def _purge(journal: Journal, arguments: argparse.Namespace) -> None:
    if arguments.before is None:
        raise UsageError("purge needs --before DATE, such as --before 2026-10-01")
    deleted = journal.purge(before=arguments.before)
    print(json.dumps({"deleted": deleted}) if arguments.json else f"notes deleted: {deleted}")


def _show_unanswered(journal: Journal, settings: Settings, arguments: argparse.Namespace) -> None:
    from assistant.answering.assistant import Assistant
    from assistant.answering.factory import open_encoder
    from assistant.editing.review import Reviewer
    from index.storage.store import Store

    store = Store(settings.index)
    store.current_id() or store.current()  # raises before the encoder is loaded
    encoder = open_encoder(settings)
    review = Reviewer(Assistant(store, encoder), encoder).review(journal, since=arguments.since)
    groups = review.groups
    if arguments.json:
        print(json.dumps([asdict(each.told()) for each in groups], ensure_ascii=False, indent=2))
        return
    for each in groups:
        print(f"{each.group.times:6}  {each.state}  {' '.join(each.group.text.split())[:100]}")
        for other in each.group.questions[1:]:
            print(f"                {' '.join(other.text.split())[:100]}")
        for near in each.nearest:
            print(f"          near: {near.entry_id} ({near.why})")
        for helped in each.group.added(lambda question: question.helped):
            print(f"          helped: {helped.text} ({helped.times})")
    if review.left_out:
        print(f"rarer questions that were not looked at: {review.left_out}", file=sys.stderr)
    if not groups:
        print("nothing was asked in vain", file=sys.stderr)


def _show(journal: Journal, path: Path, *, since: datetime | None, as_json: bool) -> None:
    from assistant.notes import EMPTY

    is_there = path.exists()
    if not is_there:
        print(f"nothing in {path} yet", file=sys.stderr)
    summary = journal.summary(since=since) if is_there else EMPTY
    if as_json:
        print(json.dumps(asdict(summary), ensure_ascii=False, indent=2))
    elif is_there:
        print("\n".join(_lines(summary)))


def _lines(summary: Summary) -> Iterator[str]:
    yield from _counts("asked most", summary.queries)
    yield from _counts("without an answer", summary.unanswered)
    yield from _counts("did not help", summary.unhelpful)
    if summary.clients:
        yield from _counts("asked by programs", summary.clients)
    yield "asked | what did not help | why"
    for refusal in summary.refusals:
        told = [refusal.query, refusal.entry or "none of the choices", refusal.reason]
        yield " | ".join(" ".join(each.split())[:100] for each in told if each)


def _counts(heading: str, rows: tuple[Count, ...]) -> Iterator[str]:
    yield heading
    for row in rows:
        yield f"{row.times:6}  {' '.join(row.text.split())[:100]}"
    yield "" if rows else "        (none)\n"


def _day(text: str) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2026-10-01") from None
