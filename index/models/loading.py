"""Which encoder runs a model on this machine."""

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
    """Return the encoder of a model; all of a model's encoders have one identity.

    Args:
        name: As in `model_files`.
        cache: The folder where exported models are kept.
        backend: "exported" runs it by OpenVINO, "reference" by sentence-transformers; "auto" is the reference where
            there is a CUDA device or where the model cannot be exported, which is said, and else the exported one.
        precision: Of the exported model: as is fastest on this processor, or "f32" as the reference.
        threads: How many of the processor's threads the exported model uses; None takes all.

    Raises:
        ModelError: The model is not to be found, or a file of it is not the expected one.
        ExportError: The exported model was asked for, and the model cannot be exported.
    """
    files = model_files(name)
    if backend is Backend.REFERENCE or (backend is Backend.AUTO and _has_cuda()):
        return _reference(files)
    try:
        return _exported(files, cache, precision, threads)
    except ExportError as error:
        if backend is Backend.EXPORTED:
            raise
        _log.warning("%s runs by sentence-transformers, which starts slowly: %s", name, error)
        return _reference(files)


def _reference(files: ModelFiles) -> Encoder:
    from index.models.sentence_transformer import SentenceTransformerEncoder

    return SentenceTransformerEncoder(files)


def _exported(files: ModelFiles, cache: Path, precision: Precision, threads: int | None) -> Encoder:
    from index.models.openvino_export import open_exported

    try:
        return open_exported(files, cache, precision=precision, threads=threads)
    except ImportError as error:
        raise ExportError(f"OpenVINO cannot be imported ({error})") from error


def _has_cuda() -> bool:
    """Ask the driver for CUDA devices, since importing torch to ask takes seconds."""
    count = ctypes.c_int(0)
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return False
    return bool(driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0)
