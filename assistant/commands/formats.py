"""List the formats that articles may have, and which of them can be read here.

Example:
  assistant formats
"""

from __future__ import annotations

import argparse
import json

from assistant.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print the formats as JSON")


def run(arguments: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001 - every command takes both
    """List the formats."""
    from corpus.formats.registry import FORMATS

    if arguments.json:
        formats = [{"name": each.name, "suffixes": each.suffixes, "installed": each.is_installed} for each in FORMATS]
        print(json.dumps(formats, indent=2))
        return 0
    for each in FORMATS:
        missing = "" if each.is_installed else f'  not installed: pip install "troubleshooting-assistant[{each.extra}]"'
        print(f"{each.name:28} {', '.join(each.suffixes)}{missing}")
    return 0
