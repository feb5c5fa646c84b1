"""The commands (`assistant build`, `assistant search`, ...), a module each.

A module's docstring is its help: the first line says what the command does, the rest gives an example. `add_arguments`
declares its options, `run` does the work and returns the exit code. Libraries that are slow to import are imported in
`run`, so that `assistant --help` imports none of them.
"""

import argparse
from collections.abc import Callable
from typing import Any

from assistant.settings import parse

COMMANDS = (
    *("build", "search", "serve", "check", "evaluate", "generations", "rollback", "watch", "journal", "mcp"),
    *("lint", "import", "formats", "adapt", "encode"),
)


def positive(text: str) -> int:
    """Return the value of an option that counts something: a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def setting(name: str) -> Callable[[str], Any]:
    """Return the `type` of a flag for a setting, which is checked as its environment variable is."""

    def value(text: str) -> Any:
        try:
            return parse(name, text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return value
