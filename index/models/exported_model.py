"""A model that was exported is opened from a cache; at the first time it is exported first."""

from __future__ import annotations

import logging
from pathlib import Path

from index.errors import ExportError, first_line
from index.models.export_cache import UnusableError, folder_of, problem_of, read_exported
from index.models.export_process import export_in_own_process
from index.models.model_files import ModelFiles
from index.models.openvino_encoder import OpenVinoEncoder
from index.models.openvino_runtime import Runtime
from index.models.options import Precision, usable_threads

_FORMAT = 3
_log = logging.getLogger(__name__)


def open_exported(
    files: ModelFiles, cache: Path, *, precision: Precision = Precision.AUTO, threads: int | None = None
) -> OpenVinoEncoder:
    """Open an exported model; if there is none that can be used, export it first, which takes half a minute.

    Args:
        files: The model.
        cache: The folder where exported models are kept.
        precision: What is fastest on this processor, or float32, which agrees with the reference to 2e-6.
        threads: How many of the processor's threads to use; None for all that this process may use.

    Raises:
        ExportError: The model cannot be exported; the message says why.
        ModelError: A file of the model is not the expected one.
        ImportError: OpenVINO is not installed.
    """
    runtime = Runtime(threads or usable_threads())
    made_for, folder = _place(files, cache, precision, runtime)
    try:
        return _opened(files, folder, made_for, runtime)
    except UnusableError as error:
        _log.warning("%s; exporting it now", error)
    export_in_own_process(files, folder, made_for, precision=precision, threads=threads or usable_threads())
    try:
        return _opened(files, folder, made_for, runtime)
    except UnusableError as error:
        raise ExportError(str(error)) from error


def export_problem(files: ModelFiles, cache: Path, *, precision: Precision = Precision.AUTO) -> str | None:
    """Return why the exported model that is in the cache cannot be used, or None; none there is no problem."""
    made_for, folder = _place(files, cache, precision, Runtime(usable_threads()))
    return problem_of(folder, made_for, files)


def _place(files: ModelFiles, cache: Path, precision: Precision, runtime: Runtime) -> tuple[str, Path]:
    made_for = f"format {_FORMAT}, {runtime.description}"
    return made_for, folder_of(cache, files, precision, made_for)


def _opened(files: ModelFiles, folder: Path, made_for: str, runtime: Runtime) -> OpenVinoEncoder:
    exported = read_exported(folder, made_for, files)
    try:
        compiled = runtime.load(exported.model, exported.recipe.computed)
    except RuntimeError as error:
        raise UnusableError(folder, f"OpenVINO cannot read it ({first_line(error)})") from error
    return OpenVinoEncoder(files.name, files.fingerprint, exported, compiled)
