"""The command `assistant`: parses the arguments and runs the command's module in `assistant.commands`.

Exit codes: 0 done, also when nothing is near the query; 1 an error that one line explains; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from assistant.commands import COMMANDS, setting
from assistant.errors import AssistantError, UsageError
from assistant.settings import NAMES, Settings
from assistant.terminal import controls_escaped
from corpus.errors import CorpusError
from index.errors import SearchIndexError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Numpy gets one thread: a query leaves little to share between several, and on a busy machine threads that wait for
    the slowest of them make the same query ten times as slow.
    """
    with controls_escaped():
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    parsed = parser().parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported
    try:
        settings = Settings.from_environment(os.environ, **_flags(parsed))
        module = importlib.import_module(f"assistant.commands.{parsed.command}")
        with sigterm_raises():
            code = int(module.run(parsed, settings))
        sys.stdout.flush()  # a reader that has gone is noticed here and not when Python exits
    except BrokenPipeError:  # as in `assistant search ... | head -1`, which has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except UsageError as error:
        print(f"assistant {parsed.command}: {error}", file=sys.stderr)
        return 2
    except (AssistantError, CorpusError, SearchIndexError) as error:
        print(f"assistant: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; making it imports no heavy library."""
    whole = argparse.ArgumentParser(
        prog="assistant", description="Finds the error entry in your help articles that fixes a problem."
    )
    whole.add_argument("--version", action=_ShowVersion, help="show the version and the encoder, and exit")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"assistant.commands.{name}")
        summary, _, example = (module.__doc__ or "").partition("\n\n")
        command = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=example,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for option, kept in (("corpus", "the articles (corpus/articles)"), ("index", "the index (index/built)")):
            command.add_argument(f"--{option}", type=setting(option), metavar="DIR", help=f"folder of {kept}")
        module.add_arguments(command)
    return whole


def _flags(parsed: argparse.Namespace) -> dict[str, Any]:
    """Return the options that are settings: those with a setting's name."""
    return {name: value for name, value in vars(parsed).items() if name in NAMES}


class _ShowVersion(argparse.Action):
    """Prints the version and the encoder's name; both are looked up only when the flag is given."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help, default=argparse.SUPPRESS)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print and exit."""
        from importlib.metadata import version

        try:
            model = Settings.from_environment(os.environ).model
        except UsageError as error:
            parser.error(str(error))
        print(f"assistant {version('troubleshooting-assistant')} (encoder {model})")
        parser.exit()


class Terminated(BaseException):
    """SIGTERM has arrived. No `except Exception` stops it, so every `finally` runs and the command ends."""


@contextmanager
def sigterm_raises() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that `finally` clauses remove what is unfinished.

    Afterwards the process ends by the same signal, which is what its parent expects.
    """
    if threading.current_thread() is not threading.main_thread():  # Python handles signals only there
        yield
        return
    before = signal.signal(signal.SIGTERM, _raise_terminated)
    try:
        yield
    except Terminated:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise_terminated(number: int, frame: object) -> None:
    del number, frame
    raise Terminated


if __name__ == "__main__":
    sys.exit(main())
