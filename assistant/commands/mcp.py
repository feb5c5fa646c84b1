"""Serve the search as a read-only tool over the Model Context Protocol (stdin and stdout).

Example:
  assistant mcp
"""

from __future__ import annotations

import argparse

from assistant.settings import Settings


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Declare no options."""


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until the client closes standard input."""
    from assistant.answering.factory import open_assistant
    from assistant.mcp_server import serve

    serve(open_assistant(settings))
    return 0
