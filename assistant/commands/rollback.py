"""Search an earlier generation again: the newest before the current one that is intact, or the one named.

Example:
  assistant rollback
  assistant rollback 000012-3fa9c0d1e2b3
"""

from __future__ import annotations

import argparse

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("id", nargs="?", help='the generation to search, as "assistant generations" lists it')


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Point at another generation and print which."""
    from index.storage.store import Store

    with Store(settings.index).rollback(arguments.id) as generation:
        print(f"generation {generation.generation_id} of {generation.built_at} is searched now")
    return 0
