"""Search an earlier generation again: the newest sound one before the current, or the one named.

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
    """Move the pointer and say where it points now."""
    from index.storage.store import Store

    with Store(settings.index).rollback(arguments.id) as found:
        print(f"generation {found.generation_id} of {found.built_at} is searched now")
    return 0
