"""How many files one has to open to follow a query or an edit: calls from one file into another, seen in real runs.

`python -m tests.programs.files_entered` prints a table. A *step* is one function calling one function of another file,
library code between the two left out; a step that is taken again and again is one step and many calls. Another tree is
measured by putting it first on the path and naming the module that opens its assistant:

    PYTHONPATH=OTHER python tests/programs/files_entered.py --factory assistant.opening
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import inspect
import io
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import FrameType

import assistant
from assistant.answering.query import Query
from assistant.cli import main as command
from assistant.settings import Settings

TREE = Path(assistant.__file__).parents[1]
ROOMS = tuple(f"{TREE / room}{os.sep}" for room in ("corpus", "index", "assistant"))
DESCRIPTION = "client paid but xero says its more than whats outstanding"
PASTE = (
    "2026-11-03 10:22:41 ERROR Failed Posting Payment Xero: XERO API Exception Detected: #1: Payments can only be made "
    "against Authorised documents. #2: Payment amount exceeds the amount outstanding on this document."
)
Function = tuple[str, str]  # its file and its name
Steps = Counter[tuple[Function, Function]]  # how often one called the other


@contextmanager
def steps_counted() -> Iterator[Steps]:
    """Count the calls from one file into another until the end of the block, in threads that it starts as well."""
    counted: Steps = Counter()
    generators: set[FrameType] = set()

    def see(frame: FrameType, event: str, _argument: object) -> None:
        called = function(frame)
        if event != "call" or not called[0].startswith(ROOMS) or called[1] == "<module>":
            return
        if frame.f_code.co_flags & inspect.CO_GENERATOR:
            if frame in generators:  # asked for its next value, which is a "call" to Python
                return
            generators.add(frame)
        caller = frame.f_back
        while caller is not None and not caller.f_code.co_filename.startswith(ROOMS):
            caller = caller.f_back
        if caller is not None and caller.f_code.co_filename != called[0]:
            counted[function(caller), called] += 1

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield counted
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def function(frame: FrameType) -> Function:
    return frame.f_code.co_filename, frame.f_code.co_qualname


def steps_of(run: Callable[[], object]) -> Steps:
    """Run it once so that all is loaded, and once more to count."""
    run()
    with steps_counted() as counted:
        run()
    return counted


def table(measured: dict[str, Steps]) -> str:
    """Return a line for each thing that was run: its steps, how many places they lead to, and its calls."""
    lines = ["".join(f"{head:<26}" for head in ("", "steps into other files", "other folders", "other rooms")).rstrip()]
    for what, counted in measured.items():
        cells = [what]
        for depth in (None, -1, 1):
            taken = {
                step: times for step, times in counted.items() if len({place(each[0], depth) for each in step}) > 1
            }
            entered = {place(called[0], depth) for _, called in taken}
            cells.append(f"{len(taken)} into {len(entered)}, {sum(taken.values())} calls")
        lines.append("".join(f"{cell:<26}" for cell in cells).rstrip())
    return "\n".join(lines)


def place(file: str, depth: int | None = None) -> str:
    """Return a file's path in the tree, or its folder (-1), or its room (1)."""
    return "/".join(PurePosixPath(file).relative_to(TREE.as_posix()).parts[:depth])


def edit_and_build(corpus: Path, index: Path) -> None:
    """Add a sentence to an article and build the index again."""
    article = min(corpus.glob("*.md"))
    article.write_text(f"{article.read_text('utf-8')}\nTry again.\n", "utf-8")
    build(corpus, index)


def build(corpus: Path, index: Path) -> None:
    """Run `assistant build` in this process, without its output."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        status = command(["build", "--corpus", str(corpus), "--index", str(index)])
    assert not status, f"assistant build ended with {status}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--factory", default="assistant.answering.factory", help="module with open_assistant")
    parser.add_argument("--list", action="store_true", help="print every step as well")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = Path(folder, "articles"), Path(folder, "built")
        shutil.copytree(TREE / "corpus" / "articles", corpus)
        build(corpus, index)
        settings = Settings.from_environment(os.environ, corpus=corpus, index=index)
        answering = importlib.import_module(chosen.factory).open_assistant(settings)
        measured = {
            "a described problem": steps_of(lambda: answering.ask(Query(DESCRIPTION))),
            "a pasted message": steps_of(lambda: answering.ask(Query(PASTE))),
            "a build after an edit": steps_of(lambda: edit_and_build(corpus, index)),
        }
    print(table(measured))
    for what, counted in measured.items() if chosen.list else ():
        print(f"\n{what}")
        for ((caller, its_name), (called, name)), times in counted.most_common():
            print(f"{times:>7}  {place(caller)} {its_name} -> {place(called)} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
