"""Serve the search as a read-only tool over the Model Context Protocol (stdin and stdout).

Example:
  assistant mcp
"""

from __future__ import annotations

import argparse

from assistant.settings import Searches, Settings


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare no options."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until the client closes standard input."""
    from assistant.answering.factory import open_assistant
    from assistant.journal import Journal
    from assistant.mcp_server import serve
    from assistant.pictures.picture_reader import open_reader
    from assistant.search_notes import SearchNotes

    journal = Journal(settings.journal, days=settings.journal_days)
    keeps = journal.is_on and settings.journal_searches is Searches.ALL
    serve(open_assistant(settings), SearchNotes(journal) if keeps else None, open_reader(settings))
    return 0
