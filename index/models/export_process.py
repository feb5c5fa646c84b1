"""A model is exported in a process of its own: PyTorch, which that takes, never gets into the memory of a server.

The process (`python -m index.models.export_process`) reads what to do from standard input, pickled, and writes why it
failed to standard output.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from index.errors import ExportError
from index.models.model_files import ModelFiles
from index.models.openvino_export import export, passing
from index.models.options import Precision


def export_in_own_process(
    files: ModelFiles, folder: Path, made_for: str, *, precision: Precision, threads: int
) -> None:
    """Export a model, or record why that is impossible.

    Args:
        files: The model.
        folder: Where in the cache the export is kept.
        made_for: What the export fits, as `Recipe.made_for` holds it.
        precision: In which precision it is computed.
        threads: How many of the processor's threads to use.

    Raises:
        ExportError: It failed for a reason that may pass; nothing is recorded.
    """
    done = subprocess.run(
        [sys.executable, "-m", "index.models.export_process"],
        input=pickle.dumps((files, folder, made_for, precision, threads)),
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode != 0:
        raise ExportError(done.stdout.decode() or passing(f"its process ended with {done.returncode}"))


def _main() -> int:
    files, folder, made_for, precision, threads = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
    try:
        export(files, folder, made_for, precision=precision, threads=threads)
    except ExportError as error:
        sys.stdout.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
