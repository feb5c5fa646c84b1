"""Which encoder is used on this machine."""

from __future__ import annotations

import ctypes
import logging
from pathlib import Path

from index.errors import ExportError
from index.models.encoder import Encoder
from index.models.model_files import ModelFiles, model_files
from index.models.options import Backend, Precision

_log = logging.getLogger(__name__)


def load_encoder(
    name: str,
    cache: Path,
    *,
    backend: Backend = Backend.AUTO,
    precision: Precision = Precision.AUTO,
    threads: int | None = None,
) -> Encoder:
    """Return an encoder for a model; all encoders of a model have the same identity.

    Args:
        name: The model, as `model_files` takes it.
        cache: The folder where exported models are kept.
        backend: What runs it. AUTO is sentence-transformers if there is a CUDA device or the model cannot be exported
            (with a warning in the log), and OpenVINO otherwise.
        precision: In which precision OpenVINO computes.
        threads: How many of the processor's threads OpenVINO uses; None for all that this process may use.

    Raises:
        ModelError: The model does not exist, or a file of it is not the expected one.
        ExportError: The backend is EXPORTED, and the model cannot be exported.
    """
    files = model_files(name)
    if backend is Backend.REFERENCE or (backend is Backend.AUTO and _has_cuda()):
        return _reference(files)
    try:
        return _exported(files, cache, precision, threads)
    except ExportError as error:
        if backend is Backend.EXPORTED:
            raise
        _log.warning("%s is run by sentence-transformers, which takes seconds to start: %s", name, error)
        return _reference(files)


def exported_model_problem(
    name: str, cache: Path, *, backend: Backend = Backend.AUTO, precision: Precision = Precision.AUTO
) -> str | None:
    """Return why the exported model in the cache is not used, or None; that there is none is no problem.

    Raises:
        ModelError: The model does not exist, or a file of it is not the expected one.
    """
    if backend is Backend.REFERENCE or not cache.exists():
        return None
    try:
        from index.models.exported_model import export_problem
    except ImportError:
        return None
    return export_problem(model_files(name), cache, precision=precision)


def _reference(files: ModelFiles) -> Encoder:
    from index.models.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(files)


def _exported(files: ModelFiles, cache: Path, precision: Precision, threads: int | None) -> Encoder:
    from index.models.exported_model import open_exported

    try:
        return open_exported(files, cache, precision=precision, threads=threads)
    except ImportError as error:
        raise ExportError(f"OpenVINO cannot be imported ({error})") from error


def _has_cuda() -> bool:
    """Return whether there is a CUDA device; the driver is asked, because importing torch takes seconds."""
    count = ctypes.c_int(0)
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return bool(driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0)
