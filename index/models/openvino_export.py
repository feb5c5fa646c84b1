"""A model is exported once, held against the reference encoder, and opened from the cache from then on."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ExportError
from index.models.export_cache import (
    MODEL,
    TOKENIZER,
    Exported,
    Recipe,
    UnusableError,
    folder_of,
    read_exported,
    write_exported,
)
from index.models.model_files import ModelFiles
from index.models.openvino_encoder import ExportedEncoder
from index.models.openvino_runtime import Runtime
from index.models.options import Precision, usable_threads

_FORMAT = 2
_LEAST_COSINE = 0.999  # to the reference encoder's vectors
_PROBES = (
    "Payment failed.",
    "Error 0x80070005: access to 'C:\\Données' was denied.",
    "The invoice could not be sent because the customer's address is missing. " * 40,  # longer than any model reads
)
_log = logging.getLogger(__name__)


def open_exported(
    files: ModelFiles, cache: Path, *, precision: Precision = Precision.AUTO, threads: int | None = None
) -> ExportedEncoder:
    """Open a model's exported form; where there is none that can be used, export it first, which takes half a minute.

    Args:
        files: The model.
        cache: The folder where exported models are kept.
        precision: What is fastest on this processor, or float32, which agrees with the reference to the last digits.
        threads: How many of the processor's threads to use; None takes all that this process may use.

    Raises:
        ExportError: The model cannot be exported; the message says why.
        ModelError: A file of the model is not the expected one.
        ImportError: OpenVINO is not installed.
    """
    runtime = Runtime(threads or usable_threads())
    made_for = f"format {_FORMAT}, {runtime.description}"
    folder = folder_of(cache, files, precision, made_for)
    try:
        return _opened(files, folder, made_for, runtime)
    except UnusableError as error:
        _log.warning("%s; exporting it now", error)
    _export(files, folder, made_for, runtime, precision)
    return _opened(files, folder, made_for, runtime)


def _opened(files: ModelFiles, folder: Path, made_for: str, runtime: Runtime) -> ExportedEncoder:
    exported = read_exported(folder, made_for)
    try:
        compiled = runtime.load(exported.model, exported.recipe.computed)
    except RuntimeError as error:
        raise UnusableError(folder, f"OpenVINO cannot read it ({_first_line(error)})") from error
    return ExportedEncoder(files.name, files.fingerprint, exported, compiled)


def _export(files: ModelFiles, folder: Path, made_for: str, runtime: Runtime, precision: Precision) -> None:
    """Export a model, or write down why that is impossible, so that it is not tried on every start."""
    from index.models.exportable import quiet, take_apart
    from index.models.sentence_transformer import SentenceTransformerEncoder

    try:
        with quiet():
            reference = SentenceTransformerEncoder(files, device="cpu")
            recipe, content = _converted(take_apart(files, made_for), reference, runtime, precision)
    except ExportError as error:
        recipe, content = Recipe(made_for=made_for, refused=str(error)), {}
    write_exported(folder, recipe, content)


def _converted(
    parts: Any, reference: Any, runtime: Runtime, precision: Precision
) -> tuple[Recipe, Mapping[str, bytes]]:
    """Return the export in the precision asked for, or in float32 where that one departs from the reference."""
    expected = reference.encode(_PROBES)
    for computed in dict.fromkeys((precision, Precision.F32)):
        recipe = replace(parts.recipe, computed=computed.value)
        try:
            model = runtime.compile(parts.network, parts.example, computed)
        except Exception as error:
            raise ExportError(f"OpenVINO cannot convert it ({_first_line(error)})") from error
        exported = Exported(recipe, np.frombuffer(bytearray(model), dtype=np.uint8), parts.tokenizer)
        found = ExportedEncoder("", "", exported, runtime.load(exported.model, computed)).encode(_PROBES)
        least = float(np.sum(found * expected, axis=1).min())
        if least >= _LEAST_COSINE:
            return recipe, {MODEL: model, TOKENIZER: parts.tokenizer.encode()}
    raise ExportError(f"its exported form gives other vectors (a cosine of {least:.4f} to the reference encoder's)")


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
