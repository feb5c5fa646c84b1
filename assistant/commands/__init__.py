"""The verbs of the command line, a module each.

A module's docstring is its help: the first line says what it does, the rest gives an example. `add_arguments` declares
its options, `run` does the work and returns the exit code; libraries that are slow to import are imported in `run`.
"""

import argparse

COMMANDS = (
    *("build", "search", "serve", "check", "evaluate", "generations", "rollback", "watch", "journal", "mcp"),
    *("lint", "import", "formats"),
)


class Usage(Exception):  # noqa: N818 - what it says is how the command is used
    """A command was called in a way it does not understand; the message says what it expects."""


def at_least_one(text: str) -> int:
    """Return the number of an option that counts something, from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
