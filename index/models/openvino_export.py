"""A model is exported from the reference encoder and compared with it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import ExportError, first_line
from index.models.export_cache import (
    MODEL,
    TOKENIZER,
    Exported,
    Pooling,
    Recipe,
    write_exported,
)
from index.models.model_files import ModelFiles, read_verified
from index.models.openvino_encoder import OpenVinoEncoder
from index.models.openvino_runtime import Runtime
from index.models.options import Precision
from index.models.sentence_transformer import open_model, prefix_of

_LEAST_COSINE = 0.999  # to the reference encoder's vectors
_PROBES = (  # texts whose vectors are compared
    "Payment failed.",
    "Error 0x80070005: access to 'C:\\Données' was denied.",
    "The invoice could not be sent because the customer's address is missing. " * 40,  # longer than any model reads
)


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
        raise ExportError(passing(first_line(error))) from error


class _CannotExportError(ExportError):
    """The model itself is why: the same would happen at every attempt."""


def passing(reason: str) -> str:
    """Return what is said of a failure that may not be there the next time."""
    return f"its export failed ({reason}), which may pass; it is tried again at the next start"


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
                passing(first_line(error))
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
    model = open_model(files, device="cpu")
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
    """Show no warnings of the tracer, and compute no gradients, inside the block."""
    import torch

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
