"""A model is exported once, compared with the reference encoder, and from then on opened from a cache."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ExportError
from index.models.export_cache import (
    MODEL,
    TOKENIZER,
    Exported,
    Pooling,
    Recipe,
    UnusableError,
    folder_of,
    problem_of,
    read_exported,
    write_exported,
)
from index.models.export_process import export_in_own_process, passing
from index.models.model_files import ModelFiles, read_verified, verify
from index.models.openvino_encoder import OpenVinoEncoder
from index.models.openvino_runtime import Runtime
from index.models.options import Precision, usable_threads
from index.models.sentence_transformer import prefix_of

_FORMAT = 3
_LEAST_COSINE = 0.999  # to the reference encoder's vectors
_PROBES = (  # texts whose vectors are compared
    "Payment failed.",
    "Error 0x80070005: access to 'C:\\Données' was denied.",
    "The invoice could not be sent because the customer's address is missing. " * 40,  # longer than any model reads
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What of a sentence-transformers model is exported.

    Attributes:
        network: A torch module from (texts, width) token ids and mask to (texts, width, dimension) token vectors.
        example: Input to trace it with.
        tokenizer: JSON, as the `tokenizers` library writes it.
        recipe: How token vectors become a text's vector, prefixes, limits.
    """

    network: Any
    example: dict[str, Any]
    tokenizer: str
    recipe: Recipe


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
        raise UnusableError(folder, f"OpenVINO cannot read it ({_first_line(error)})") from error
    return OpenVinoEncoder(files.name, files.fingerprint, exported, compiled)


def export(files: ModelFiles, folder: Path, made_for: str, *, precision: Precision, threads: int) -> None:
    """Export a model here, or record why that is impossible, so that it is not tried again at every start.

    `export_in_own_process` says what the arguments are.

    Raises:
        ExportError: It failed for a reason that may pass, such as a full disk; nothing is recorded.
    """
    from index.models.sentence_transformer import SentenceTransformerEncoder

    try:
        with _quiet():
            reference = SentenceTransformerEncoder(files, device="cpu")
            recipe, content = _converted(_take_apart(files, made_for), reference, Runtime(threads), precision)
    except _CannotExportError as error:
        recipe, content = Recipe(made_for=made_for, refused=str(error)), {}
    try:
        write_exported(folder, recipe, content, files)
    except OSError as error:
        raise ExportError(passing(_first_line(error))) from error


class _CannotExportError(ExportError):
    """The model itself is why: the same would happen at every attempt."""


def _converted(
    parts: _Parts, reference: Any, runtime: Runtime, precision: Precision
) -> tuple[Recipe, Mapping[str, bytes]]:
    """Return the export in the precision asked for, or in float32 if the former's vectors differ too much."""
    expected = reference.encode(_PROBES)
    for computed in dict.fromkeys((precision, Precision.F32)):
        recipe = replace(parts.recipe, computed=computed.value)
        try:
            model = runtime.compile(parts.network, parts.example, computed)
        except Exception as error:
            raise ExportError(
                passing(_first_line(error))
            ) from error  # a full disk and a lack of memory look like any other
        exported = Exported(recipe, np.frombuffer(bytearray(model), dtype=np.uint8), parts.tokenizer)
        vectors = OpenVinoEncoder("", "", exported, runtime.load(exported.model, computed)).encode(_PROBES)
        least = float(np.sum(vectors * expected, axis=1).min())
        if least >= _LEAST_COSINE:
            return recipe, {MODEL: model}
    raise _CannotExportError(
        f"its export gives other vectors (the least cosine to the reference encoder's is {least:.4f})"
    )


def _take_apart(files: ModelFiles, made_for: str) -> _Parts:
    """Load a model and return what of it is exported.

    Raises:
        ExportError: It has parts that are not exported; the message names them.
    """
    from sentence_transformers import SentenceTransformer

    verify(files)
    model: Any = SentenceTransformer(str(files.folder), device="cpu", local_files_only=True)
    names = [type(module).__name__ for module in model]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise _CannotExportError(
            f"it has the modules {', '.join(names)}; only Transformer, Pooling, Normalize are exported"
        )
    pooling = model[1].pooling_mode
    if pooling not in tuple(Pooling):
        raise _CannotExportError(f"its pooling is {pooling}; only {' and '.join(Pooling)} are exported")
    if not getattr(model.tokenizer, "is_fast", False):
        raise _CannotExportError("its tokenizer is not one of the tokenizers library")
    recipe = Recipe(
        made_for=made_for,
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length) - 2,  # without the special tokens at both ends
        pooling=Pooling(pooling).value,
        query_prefix=prefix_of(model, as_query=True),
        passage_prefix=prefix_of(model, as_query=False),
        pad=int(model.tokenizer.pad_token_id or 0),
    )
    if not model[1].include_prompt and (recipe.query_prefix or recipe.passage_prefix):
        raise _CannotExportError("its pooling leaves the prompt out, which is not exported")
    tokenizer = _tokenizer(model.tokenizer.backend_tokenizer.to_str())
    if TOKENIZER not in dict(files.digests) or _tokenizer(read_verified(files, TOKENIZER).decode()) != tokenizer:
        raise _CannotExportError(f"its tokenizer is not the one in its {TOKENIZER}")
    return _Parts(_network(model[0].auto_model), _example(), tokenizer, recipe)


@contextmanager
def _quiet() -> Iterator[None]:
    """Show no progress bars and no warnings of the tracer, and compute no gradients, inside the block."""
    import torch
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]

    level = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(level)


def _tokenizer(written: str) -> str:
    """Return a tokenizer, as the `tokenizers` library writes it, without truncation and padding."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(written)
    copy.no_truncation()
    copy.no_padding()
    return str(copy.to_str())


def _example() -> dict[str, Any]:
    import torch

    ones = torch.ones(2, 5, dtype=torch.long)
    return {"input_ids": ones, "attention_mask": ones}


def _network(model: Any) -> Any:
    import torch

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.model(input_ids=input_ids, attention_mask=attention_mask)[0]

    return Network().eval()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
