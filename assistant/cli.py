"""The command `assistant`: a verb, parsed and handed to its module in `assistant.commands`.

Exit codes: 0 done, also when no article covers the query; 1 our error, told in one line; 2 wrong usage.
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
from pathlib import Path

from assistant.commands import COMMANDS, Usage
from assistant.errors import JournalError
from assistant.settings import SettingError, Settings
from corpus.errors import CorpusError
from index.errors import SearchIndexError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Numpy is given one thread: a query has next to nothing to share between several, and on a busy machine a team of
    them that waits for its last one makes the same query ten times as dear.
    """
    parsed = parser().parse_args(arguments)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read when numpy is imported
    try:
        settings = Settings.from_environment(os.environ, corpus=parsed.corpus, index=parsed.index)
        module = importlib.import_module(f"assistant.commands.{parsed.command}")
        with sigterm_raises():
            code = int(module.run(parsed, settings))
        sys.stdout.flush()  # a reader that has gone away is noticed here and not after the end
    except BrokenPipeError:  # as `assistant search ... | head -1` does; what it wanted it has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CorpusError, SearchIndexError, SettingError, JournalError) as error:
        print(f"assistant: {error}", file=sys.stderr)
        return 1
    except Usage as error:
        print(f"assistant {parsed.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; reading it imports no heavy library."""
    whole = argparse.ArgumentParser(
        prog="assistant", description="Finds the error entry in your help articles that fixes a problem."
    )
    verbs = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"assistant.commands.{name}")
        summary, _, example = (module.__doc__ or "").partition("\n\n")
        verb = verbs.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=example,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        verb.add_argument("--corpus", type=Path, metavar="DIR", help="folder of the articles (corpus/articles)")
        verb.add_argument("--index", type=Path, metavar="DIR", help="folder of the index (index/built)")
        module.add_arguments(verb)
    return whole


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
