"""List the generations (builds of the index) that are on disk, newest first.

Example:
  assistant generations
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each generation; the current one is marked."""
    from index.storage.store import ListedGeneration, Store

    def record(listed: ListedGeneration) -> dict[str, Any]:
        counts = listed.facts.get("counts", {})
        return {
            "id": listed.generation_id,
            "current": listed.is_current,
            "built_at": listed.built_at,
            **{name: counts.get(name) for name in ("articles", "entries", "passages")},
            "encoder": listed.facts.get("encoder", {}).get("name"),
            "by": listed.facts.get("by"),
            "changes": listed.facts.get("changes"),
            "problem": listed.problem,
        }

    generations = Store(settings.index).generations()
    if arguments.json:
        print(json.dumps([record(each) for each in generations], ensure_ascii=False, indent=2))
        return 0
    if not generations:
        print(f'no generation in {settings.index}; run "assistant build"')
    for each in map(record, generations):
        mark = "*" if each["current"] else " "
        text = each["problem"] or f"{each['built_at']}  {each['entries']} entries of {each['articles']} articles"
        print(f"{mark} {each['id']}  {text}")
    return 0
