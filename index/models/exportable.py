"""What of a sentence-transformers model is exported: the network up to its token vectors, and how they are used."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from index.errors import ExportError
from index.models.export_cache import Pooling, Recipe
from index.models.model_files import ModelFiles, verify

_QUERY, _PASSAGE = ("query",), ("document", "passage", "corpus")  # the names sentence-transformers looks for, in order


@dataclass(frozen=True, slots=True)
class Exportable:
    """A model taken apart.

    Attributes:
        network: A torch module from (texts, width) token ids and mask to (texts, width, dimension) token vectors.
        example: Input to trace it with.
        tokenizer: As the `tokenizers` library writes it.
    """

    network: Any
    example: dict[str, Any]
    tokenizer: str
    recipe: Recipe


def take_apart(files: ModelFiles, made_for: str) -> Exportable:
    """Load a model and take it apart for export.

    Raises:
        ExportError: It has parts that are not exported; the message names them.
    """
    from sentence_transformers import SentenceTransformer

    verify(files)
    model: Any = SentenceTransformer(str(files.folder), device="cpu", local_files_only=True)
    names = [type(module).__name__ for module in model]
    if names not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        raise ExportError(f"it has the modules {', '.join(names)}; only Transformer, Pooling, Normalize are exported")
    pooling = model[1].pooling_mode
    if pooling not in tuple(Pooling):
        raise ExportError(f"its pooling is {pooling}; only {' and '.join(Pooling)} are exported")
    if not getattr(model.tokenizer, "is_fast", False):
        raise ExportError("its tokenizer is not one of the tokenizers library")
    recipe = Recipe(
        made_for=made_for,
        dimension=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length) - 2,  # the two that open and close every text
        pooling=Pooling(pooling).value,
        query_prefix=_prompt(model, _QUERY),
        passage_prefix=_prompt(model, _PASSAGE),
        pad=int(model.tokenizer.pad_token_id or 0),
    )
    if not model[1].include_prompt and (recipe.query_prefix or recipe.passage_prefix):
        raise ExportError("its pooling leaves the prompt out, which is not exported")
    return Exportable(_network(model[0].auto_model), _example(), _tokenizer(model.tokenizer), recipe)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep progress bars and the tracer's remarks from the reader, and gradients from being computed."""
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


def _prompt(model: Any, names: tuple[str, ...]) -> str:
    name = next((each for each in names if each in model.prompts), model.default_prompt_name)
    return str(model.prompts.get(name) or "")


def _tokenizer(tokenizer: Any) -> str:
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
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
